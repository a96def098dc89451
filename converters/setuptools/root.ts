import type { AskedRequirement, AskingRoot } from '../../graph/requirements.ts';
import type { BuildSystem, PackageMetadata } from '../../graph/types.ts';
import { isName, normaliseName } from '../../standards/name.ts';
import { type Stated, scriptNamesOf } from '../../standards/setup-facts.ts';
import { formatVersion, tryParseVersion } from '../../standards/version.ts';
import { unnamedRoot } from '../shared/root.ts';
import { type SetupFiles, setupRequirements } from './facts.ts';

const known = (stated: Stated<string>): string | undefined =>
  stated.kind === 'literal' && stated.value.trim() !== '' ? stated.value.trim() : undefined;

const metadataOf = ({ facts }: SetupFiles): PackageMetadata => {
  const description = known(facts.description)?.split('\n')[0];
  const homepage = known(facts.url);
  const licence = known(facts.license);
  return {
    ...(description === undefined ? {} : { description }),
    ...(homepage === undefined ? {} : { homepage }),
    ...(licence === undefined ? {} : { licence }),
  };
};

/** The Python that the files allow, as they state it. */
export const setupRequiresPython = ({ facts }: SetupFiles): string | undefined =>
  known(facts.pythonRequires);

/** The project in a folder with these files; its own source is that folder. Throws as `setupRequirements`. */
export const setupRoot = (
  files: SetupFiles,
  {
    buildSystem,
    groups = {},
  }: {
    readonly buildSystem?: BuildSystem | undefined;
    readonly groups?: Readonly<Record<string, readonly AskedRequirement[]>>;
  } = {},
): AskingRoot => {
  const { facts } = files;
  const { main, extras } = setupRequirements(files);
  const name = known(facts.name);
  const version = tryParseVersion(known(facts.version) ?? '');
  return {
    name: name !== undefined && isName(name) ? normaliseName(name) : unnamedRoot,
    ...(version === undefined ? {} : { version: formatVersion(version) }),
    path: '.',
    groups: { ...groups, main },
    extras,
    ...(buildSystem === undefined ? {} : { buildSystem }),
    scripts: scriptNamesOf(facts).filter((script) =>
      /^[A-Za-z0-9_][A-Za-z0-9._+ -]*$/.test(script),
    ),
    metadata: metadataOf(files),
  };
};
