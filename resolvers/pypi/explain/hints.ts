/** What to do about versions that cannot be used, by the reason. */
import { type Platform, platformName, tryParsePlatform } from '../../../graph/platform.ts';
import type { PythonTarget } from '../../../graph/types.ts';
import { wheelRank } from '../../../standards/artifact-choice.ts';
import { nearest } from '../../../standards/nearest.ts';
import { tryParseSpecifierSet } from '../../../standards/specifier.ts';
import { allowsPython, pythonVersions } from '../target.ts';
import type { Fact } from './askings.ts';
import { isIn, type Published } from './version-words.ts';

export interface HintContext {
  readonly python: PythonTarget;
  readonly platforms: readonly Platform[];
  /** What is published of a distribution, oldest first. */
  readonly published: (name: string) => readonly Published[];
  /** Names that were met or are recorded, of which one may be meant. */
  readonly seen: () => readonly string[];
}

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

/** The next newer one, else the newest that is older. */
const nearestPython = (able: readonly string[], target: PythonTarget): string | undefined => {
  const order: readonly string[] = pythonVersions;
  const own = order.indexOf(target.version);
  return able.find((each) => order.indexOf(each) > own) ?? able.at(-1);
};

const nearName = ({ name }: Fact, { seen }: HintContext): string => {
  const near = nearest(
    name,
    seen().filter((each) => each !== name),
  );
  return near === undefined
    ? `check how \`${name}\` is spelt, or name the index that has it: \`--extra-index-url URL\``
    : `did you mean \`${near}\`?`;
};

const publishedIn = ({ name, set }: Fact, { published }: HintContext): readonly Published[] =>
  published(name).filter((each) => isIn(set, each));

const isPython = (specifier: string, version: string): boolean =>
  tryParseSpecifierSet(specifier) !== undefined &&
  allowsPython(specifier, { implementation: 'cpython', version });

/** What the index says of files, or else what the message says of metadata. */
const otherPython = (fact: Fact, context: HintContext): string | undefined => {
  const stated = publishedIn(fact, context).flatMap(({ files = [] }) =>
    files.flatMap(({ requiresPython }) => requiresPython ?? []),
  );
  const said = /^needs Python (.+)$/s.exec(fact.message ?? '')?.[1];
  const specifiers = [...new Set([...stated, ...(said === undefined ? [] : [said])])];
  const { python } = context;
  const able = pythonVersions.filter(
    (version) => version !== python.version && specifiers.some((each) => isPython(each, version)),
  );
  const other = nearestPython(able, python);
  return other === undefined ? undefined : `for ${fact.name}, write \`--python ${other}\``;
};

const commonPlatforms = [
  'x86_64-linux',
  'aarch64-linux',
  'x86_64-darwin',
  'aarch64-darwin',
].flatMap((name) => tryParsePlatform(name) ?? []);

/** Where else the files of the newest version run. */
const otherPlace = (fact: Fact, context: HintContext): string | undefined => {
  const wheels = (publishedIn(fact, context).at(-1)?.files ?? [])
    .map(({ fileName }) => fileName)
    .filter((name) => name.endsWith('.whl'));
  const { python, platforms } = context;
  const runs = (version: string, platform: Platform): boolean =>
    wheels.some(
      (file) => wheelRank(file, { implementation: 'cpython', version }, platform) !== undefined,
    );
  if (wheels.length === 0) return undefined;
  const pythons = pythonVersions.filter((version) =>
    platforms.every((platform) => runs(version, platform)),
  );
  const able = nearestPython(pythons, python);
  if (able !== undefined)
    return `${fact.name} has wheels for Python ${list(pythons)}: write \`--python ${able}\``;
  const others = commonPlatforms.filter((platform) => runs(python.version, platform));
  return others.length > 0
    ? `${fact.name} has wheels for ${list(others.map(platformName))} only`
    : `the wheels of ${fact.name} are for other systems, and it has no source distribution`;
};

const yankedPin = (fact: Fact, context: HintContext): string | undefined => {
  const newest = publishedIn(fact, context).at(-1);
  return newest === undefined
    ? undefined
    : `pin \`${fact.name}==${newest.text}\` to take a yanked version all the same`;
};

const otherVersion = ({ name, set }: Fact, { published }: HintContext): string | undefined =>
  published(name).every((each) => isIn(set, each))
    ? undefined
    : `ask for another version of ${name}`;

/** The next thing to do about a fact; what its cause says when nothing better is known. */
export const hintFor = (fact: Fact, context: HintContext): string | undefined => {
  switch (fact.reason) {
    case 'no-such-package':
      return nearName(fact, context);
    case 'python':
      return otherPython(fact, context) ?? fact.hint;
    case 'no-file':
      return otherPlace(fact, context) ?? fact.hint;
    case 'metadata':
      return otherVersion(fact, context) ?? fact.hint;
    case 'yanked':
      return yankedPin(fact, context) ?? fact.hint;
    default:
      return fact.hint;
  }
};
