import type { Diagnostic } from '../../graph/errors.ts';
import type { AskedRequirement, AskingRoot, RequirementSet } from '../../graph/requirements.ts';
import { parseBuildSystem } from '../../standards/build-system.ts';
import { nearest } from '../../standards/nearest.ts';
import { quoted } from '../../standards/quoted.ts';
import { checkShape } from '../../standards/shape.ts';
import { errorAt, locationOf, type Place, readAt } from '../../standards/toml-document.ts';
import { requiresPythonOf } from '../poetry/environment-marker.ts';
import { type Manifest, type RootWanted, readManifestDependencies } from '../poetry/manifest.ts';
import { identityOf, metadataOf, readAnyManifest, scriptsOf } from '../poetry/manifest-root.ts';
import { readRequiresPython } from '../setuptools/convert.ts';
import { readSetupFiles, type SetupFiles, type SetupText } from '../setuptools/facts.ts';
import { setupRequiresPython, setupRoot } from '../setuptools/root.ts';
import { askRequirement } from '../shared/asked.ts';
import { unnamedRoot } from '../shared/root.ts';
import type { ConvertedRequirements, ConverterInput } from '../types.ts';
import { askDependency } from './dependencies.ts';
import { dynamicDependencies, dynamicExtras } from './dynamic.ts';
import { type Indexes, readIndexes } from './indexes.ts';
import { projectKeys, type ToolTables, toolShape } from './schema.ts';
import { type ApplySources, readUvSources } from './sources.ts';

interface Context {
  readonly input: ConverterInput;
  readonly manifest: Manifest;
  readonly tools: ToolTables;
  readonly indexes: Indexes;
  readonly apply: ApplySources;
  readonly setup: SetupFiles | undefined;
}

const beside = ({ file, read }: ConverterInput, name: string): SetupText | undefined => {
  const text = read(name);
  return text === undefined ? undefined : { file: file.replace(/[^/\\]*$/, name), text };
};

const openContext = (input: ConverterInput): Context => {
  const manifest = readAnyManifest(input.file, input.text);
  const { document } = manifest;
  const tools = checkShape(document, toolShape, {
    code: 'MANIFEST_SHAPE',
    describe: () => ({ subject: 'pyproject.toml', skip: 0 }),
  });
  const indexes = readIndexes(document, tools);
  return {
    input,
    manifest,
    tools,
    indexes,
    apply: readUvSources(document, tools.tool?.uv ?? {}, indexes.byName),
    setup: readSetupFiles(
      { py: beside(input, 'setup.py'), cfg: beside(input, 'setup.cfg') },
      input.read,
    ),
  };
};

const ask = (
  { manifest: { document }, indexes, apply }: Context,
  wanted: readonly RootWanted[],
  group: string,
): readonly AskedRequirement[] =>
  wanted.flatMap((one) => {
    const whereabouts = {
      ...(group === 'main' ? {} : { group }),
      ...(one.extra === undefined ? {} : { extra: one.extra }),
    };
    return apply(askDependency(one, document, indexes.byName), whereabouts);
  });

const askTexts = (
  { manifest: { document }, apply }: Context,
  texts: readonly string[] | undefined,
  key: string,
): readonly AskedRequirement[] =>
  (texts ?? []).flatMap((text, index) => {
    const place: Place = { document, path: ['tool', 'uv', key, index], subject: quoted(text) };
    return apply(
      readAt(place, () => askRequirement(text, `${document.file} [tool.uv]`)),
      {},
    );
  });

const readPython = ({ manifest: { document, data }, setup }: Context): string | undefined => {
  const stated = data.project?.['requires-python'];
  const place = (path: Place['path']): Place => ({ document, path, subject: 'pyproject.toml' });
  if (stated !== undefined) {
    return readAt(place(['project', 'requires-python']), () =>
      readRequiresPython(stated, document.file),
    );
  }
  const python = data.tool?.poetry?.dependencies?.['python'];
  if (typeof python === 'string') {
    return readAt(place(['tool', 'poetry', 'dependencies', 'python']), () =>
      requiresPythonOf(python),
    );
  }
  const ofSetup = setup === undefined ? undefined : setupRequiresPython(setup);
  if (ofSetup === undefined || setup === undefined || data.project !== undefined) return undefined;
  return readRequiresPython(ofSetup, setup.fileOf('pythonRequires'));
};

/** As in uv, a project without `[build-system]` is one that is not built, unless setuptools' files are there. */
const isBuilt = ({ manifest: { document, data }, tools, setup }: Context): boolean => {
  const isPackage = tools.tool?.uv?.package;
  if (isPackage !== undefined) return isPackage;
  return (
    document.data['build-system'] !== undefined ||
    data.tool?.poetry !== undefined ||
    setup !== undefined
  );
};

const readRoot = (context: Context): AskingRoot => {
  const { manifest, tools, input, setup } = context;
  const { document, data } = manifest;
  const place: Place = { document, path: ['build-system'], subject: 'pyproject.toml' };
  const buildSystem = readAt(place, () => parseBuildSystem(document.data));
  const { groups, optionalGroups, extras } = readManifestDependencies(manifest);
  const asked: Record<string, readonly AskedRequirement[]> = {};
  for (const [group, wanted] of groups) {
    asked[group] = ask(
      context,
      wanted.filter(({ extra }) => extra === undefined),
      group,
    );
  }
  const development = askTexts(context, tools.tool?.uv?.['dev-dependencies'], 'dev-dependencies');
  if (development.length > 0) asked['dev'] = [...(asked['dev'] ?? []), ...development];
  if (data.project === undefined && data.tool?.poetry === undefined && setup !== undefined) {
    return setupRoot(setup, { buildSystem, groups: asked });
  }
  const dynamic = { manifest, tools, input, setup };
  const main = [...(asked['main'] ?? []), ...dynamicDependencies(dynamic)];
  const ofExtras = extras.map((extra) => {
    const wanted = (groups.get('main') ?? []).filter((one) => one.extra === extra);
    return [extra, ask(context, wanted, 'main')] as const;
  });
  const { path, ...identity } = identityOf(manifest);
  return {
    ...identity,
    ...(path !== undefined && isBuilt(context) ? { path } : {}),
    groups: { ...asked, main },
    ...(optionalGroups.length === 0 ? {} : { optionalGroups }),
    extras: { ...Object.fromEntries(ofExtras), ...dynamicExtras(dynamic) },
    ...(buildSystem === undefined ? {} : { buildSystem }),
    scripts: scriptsOf(manifest),
    metadata: metadataOf(manifest),
  };
};

/** Keys of `[project]` that no standard knows: most likely misspelt. */
const unknownKeys = ({ document, data }: Manifest): readonly Diagnostic[] =>
  Object.keys(data.project ?? {})
    .filter((key) => !projectKeys.includes(key))
    .map((key): Diagnostic => {
      const near = nearest(key, projectKeys);
      return {
        severity: 'warning',
        code: 'project-key-unknown',
        message: `[project] has no key ${quoted(key)}, and it is left out`,
        ...(near === undefined ? {} : { hint: `did you mean \`${near}\`?` }),
        location: locationOf(document, ['project', key]),
      };
    });

/** uv replaces requirements by these; rules in overrides.toml do that here. */
const overrideNotes = ({ manifest: { document }, tools }: Context): readonly Diagnostic[] =>
  (tools.tool?.uv?.['override-dependencies'] ?? []).map((text, index) => ({
    severity: 'warning',
    code: 'override-ignored',
    message: `the override ${quoted(text)} of [tool.uv] is left out`,
    hint: 'write a [[constraint]] with `of`, `on` and `use` in overrides.toml',
    location: locationOf(document, ['tool', 'uv', 'override-dependencies', index]),
  }));

const notBuilt = ({ manifest: { document } }: Context, root: AskingRoot): readonly Diagnostic[] =>
  root.path === undefined && root.name !== unnamedRoot && document.data['project'] !== undefined
    ? [
        {
          severity: 'note',
          code: 'project-not-built',
          message: 'the project has no [build-system], so only its dependencies are converted',
          hint: 'add a [build-system] to have the project itself in the recipe',
          location: { file: document.file },
        },
      ]
    : [];

const refuseEmpty = ({ manifest, setup }: Context): void => {
  const { document, data } = manifest;
  const { project, tool } = data;
  const hasGroups = data['dependency-groups'] !== undefined;
  if (project !== undefined || tool?.poetry !== undefined || hasGroups || setup !== undefined)
    return;
  const tools: unknown = document.data['tool'];
  const isFlit = typeof tools === 'object' && tools !== null && 'flit' in tools;
  throw errorAt({ document, path: [], subject: 'pyproject.toml' }, 'MANIFEST_SHAPE', {
    text: isFlit
      ? 'it has `[tool.flit.metadata]`, which is not supported, and no [project]'
      : 'it has neither [project] nor [tool.poetry], and no setup.cfg or setup.py is beside it',
    hint: 'add a [project] with `name` and `dependencies`',
  });
};

/**
 * Converts a pyproject.toml: `[project]` (PEP 621), `[dependency-groups]` (PEP 735), Poetry's tables,
 * uv's sources and indexes, setuptools' dynamic dependencies; with neither of the first, the
 * setup.cfg and setup.py beside it. Throws MANIFEST_SYNTAX, MANIFEST_SHAPE, INPUT_MISSING and what
 * reading requirements throws, with the line.
 */
export const convert = (input: ConverterInput): ConvertedRequirements => {
  const context = openContext(input);
  refuseEmpty(context);
  const { tools, indexes, manifest } = context;
  const root = readRoot(context);
  const requiresPython = readPython(context);
  const uv = tools.tool?.uv;
  const set: RequirementSet = {
    ecosystem: 'pypi',
    format: { name: 'pyproject', file: input.file },
    ...(requiresPython === undefined ? {} : { requiresPython }),
    roots: [root],
    constraints: askTexts(context, uv?.['constraint-dependencies'], 'constraint-dependencies'),
    indexes: indexes.choice,
    diagnostics: [...unknownKeys(manifest), ...overrideNotes(context), ...notBuilt(context, root)],
  };
  return { kind: 'requirements', set };
};
