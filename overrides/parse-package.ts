/** `[[package]]` rules. */
import { systems } from '../graph/platform.ts';
import type { BuildChanges } from '../graph/types.ts';
import { quoted } from '../standards/quoted.ts';
import { formatRequirement, parseRequirement } from '../standards/requirement.ts';
import { formatSpecifierSet, parseSpecifierSet } from '../standards/specifier.ts';
import type { TomlDocument } from '../standards/toml-document.ts';
import type { TomlPath } from '../standards/toml-location.ts';
import { readHash, readSource, readUrl } from './parse-source.ts';
import { isInside, nameAt, placeOf, readPart, refuseAt } from './place.ts';
import { hookNames, type PackageTable } from './schema.ts';
import type { Origin, PackageRule, RuleEdit, RulePatch, When } from './types.ts';

/** A table of the file, and the path to it. */
interface Part {
  readonly document: TomlDocument;
  readonly path: TomlPath;
}

const at = ({ path }: Part, ...steps: TomlPath): TomlPath => [...path, ...steps];

const readSpecifier = (part: Part, key: string, text: string): string =>
  readPart(part.document, at(part, 'when', key), () => formatSpecifierSet(parseSpecifierSet(text)));

const readWhen = (part: Part, when: NonNullable<PackageTable['when']>): When => {
  const { version, python, source, systems: names, with: other } = when;
  const needed =
    other === undefined
      ? undefined
      : readPart(part.document, at(part, 'when', 'with'), () => parseRequirement(other));
  if (needed !== undefined && (needed.url ?? needed.marker) !== undefined) {
    throw refuseAt(part.document, at(part, 'when', 'with'), {
      text: `\`when.with\` is ${quoted(other ?? '')}, which is more than a name and a specifier`,
      hint: 'write it as in `with = "gevent>=1"`',
    });
  }
  return {
    ...(version === undefined ? {} : { version: readSpecifier(part, 'version', version) }),
    ...(python === undefined ? {} : { python: readSpecifier(part, 'python', python) }),
    ...(source === undefined ? {} : { source }),
    ...(names === undefined ? {} : { systems: systems.filter((system) => names.includes(system)) }),
    ...(needed === undefined
      ? {}
      : {
          with: {
            name: needed.name,
            ...(needed.specifier === undefined ? {} : { specifier: needed.specifier }),
          },
        }),
  };
};

const readRequirement = (part: Part, path: TomlPath, text: string): string =>
  readPart(part.document, path, () => formatRequirement(parseRequirement(text)));

const readRequirements = (
  part: Part,
  path: TomlPath,
  list: readonly string[] = [],
): readonly string[] => list.map((text, index) => readRequirement(part, [...path, index], text));

const readNames = (part: Part, path: TomlPath, list: readonly string[] = []): readonly string[] =>
  list.map((text, index) => nameAt(part.document, [...path, index], text));

/** Short names of backends; each is told in full as well. */
const backends: Readonly<Record<string, string>> = {
  'flit-core': 'flit_core.buildapi',
  hatchling: 'hatchling.build',
  'pdm-backend': 'pdm.backend',
  'poetry-core': 'poetry.core.masonry.api',
  setuptools: 'setuptools.build_meta:__legacy__',
};

const backendPattern = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)?$/;

const readBackend = (part: Part, text: string): string => {
  const known = Object.hasOwn(backends, text) ? backends[text] : undefined;
  if (known !== undefined) return known;
  if (backendPattern.test(text) && /[.:]/.test(text)) return text;
  throw refuseAt(part.document, at(part, 'build', 'backend'), {
    text: `\`build.backend\` is ${quoted(text)}, which is no backend`,
    hint: `write one of ${Object.keys(backends).join(', ')}, or \`module:object\``,
  });
};

const readBuild = (part: Part, build: NonNullable<PackageTable['build']>): BuildChanges => {
  const { requires, remove, backend } = build;
  return {
    ...(requires === undefined
      ? {}
      : { requires: readRequirements(part, at(part, 'build', 'requires'), requires) }),
    ...(remove === undefined
      ? {}
      : { remove: readNames(part, at(part, 'build', 'remove'), remove) }),
    ...(backend === undefined ? {} : { backend: readBackend(part, backend) }),
  };
};

const buildOf = (part: Part, build: PackageTable['build']): Pick<PackageRule, 'build'> => {
  const read = build === undefined ? {} : readBuild(part, build);
  return Object.keys(read).length === 0 ? {} : { build: read };
};

const readDependencies = (
  part: Part,
  { add, remove, replace = {} }: NonNullable<PackageTable['dependencies']>,
) => ({
  add: readRequirements(part, at(part, 'dependencies', 'add'), add),
  remove: readNames(part, at(part, 'dependencies', 'remove'), remove),
  replace: Object.fromEntries(
    Object.entries(replace).map(([name, text]) => {
      const path = at(part, 'dependencies', 'replace', name);
      return [nameAt(part.document, path, name), readRequirement(part, path, text)];
    }),
  ),
});

const checkInside = (part: Part, path: TomlPath, text: string): string => {
  if (isInside(text)) return text;
  throw refuseAt(part.document, path, {
    text: `${quoted(text)} is not a path inside the package`,
    hint: 'write it relative, with `/` between folders, as in `name/module.py`',
  });
};

const readPatch = (
  part: Part,
  patch: NonNullable<PackageTable['patches']>[number],
  index: number,
): RulePatch => {
  const path = at(part, 'patches', index);
  const table = typeof patch === 'string' ? { path: patch } : patch;
  const { phase, url, hash, path: file } = table as Exclude<typeof patch, string>;
  const late = phase === undefined ? {} : { phase };
  if ((url === undefined) === (file === undefined)) {
    throw refuseAt(part.document, path, {
      text: 'a patch needs either `path` or `url`',
      hint: 'write it as in `patches = ["patches/name.patch"]`',
    });
  }
  if (url !== undefined) {
    const [integrity] = readHash(part.document, [...path, 'hash'], hash, 'file');
    if (integrity === undefined) {
      throw refuseAt(part.document, path, {
        text: '`hash` is missing beside `url`',
        hint: `print it: nix store prefetch-file ${quoted(url).replaceAll('`', '')}`,
      });
    }
    return { url: readUrl(part.document, [...path, 'url'], url), integrity, ...late };
  }
  if (hash !== undefined) {
    throw refuseAt(part.document, [...path, 'hash'], {
      text: '`hash` does not go with `path`',
      hint: 'the recipe holds the file itself',
    });
  }
  const text = file ?? '';
  if (/^[/~]|[\p{Cc}\\]/u.test(text)) {
    throw refuseAt(part.document, path, {
      text: `the patch ${quoted(text)} is not relative to the file of its rule`,
      hint: 'write it as in `patches = ["patches/name.patch"]`',
    });
  }
  return { path: text, place: placeOf(part.document, path), ...late };
};

const readEdit = (
  part: Part,
  edit: NonNullable<PackageTable['edit']>[number],
  index: number,
): RuleEdit => {
  if (edit.find === '') {
    throw refuseAt(part.document, at(part, 'edit', index, 'find'), {
      text: '`find` is empty',
      hint: 'name a text of the file; `files.create` makes a new one',
    });
  }
  return { ...edit, file: checkInside(part, at(part, 'edit', index, 'file'), edit.file) };
};

const readFiles = (
  part: Part,
  { remove = [], create = {}, phase }: NonNullable<PackageTable['files']>,
) => ({
  remove: remove.map((path, index) => checkInside(part, at(part, 'files', 'remove', index), path)),
  create: Object.fromEntries(
    Object.entries(create).map(([path, text]) => [
      checkInside(part, at(part, 'files', 'create', path), path),
      text,
    ]),
  ),
  ...(phase === undefined ? {} : { phase }),
});

const readEnv = (part: Part, env: Readonly<Record<string, string>>) => {
  for (const name of Object.keys(env)) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
    throw refuseAt(part.document, at(part, 'env', name), {
      text: `\`env\` has ${quoted(name)}, which is no name of a variable`,
      hint: 'a name has letters, digits and `_`',
    });
  }
  return env;
};

/** What decides before a file of the package is chosen, or its version is known. */
const checkTiming = (part: Part, { when = {}, source, dependencies, drop }: PackageTable): void => {
  const early = [
    ...(source === undefined ? [] : ['source']),
    ...(dependencies === undefined ? [] : ['dependencies']),
  ];
  if (early[0] !== undefined && when.source !== undefined) {
    throw refuseAt(part.document, at(part, 'when', 'source'), {
      text: `\`when.source\` does not go with \`${early[0]}\`, which acts before a file is chosen`,
      hint: 'make it a rule of its own, without `when.source`',
    });
  }
  const late = (['version', 'source', 'with'] as const).find((key) => when[key] !== undefined);
  if (drop === true && late !== undefined) {
    throw refuseAt(part.document, at(part, 'when', late), {
      text: `\`when.${late}\` does not go with \`drop\`, which acts before anything is known of the package`,
      hint: '`when` of a dropped package has python and systems only',
    });
  }
};

const readNative = (native: NonNullable<PackageTable['native']>) => ({
  tools: native.tools ?? [],
  libraries: native.libraries ?? [],
  hardeningDisable: native['hardening-disable'] ?? [],
});

/** Where the rules of a file come from, and how recipes name it. */
export interface RuleOrigin {
  readonly origin: Origin;
  readonly file: string;
}

/** Reads a rule. Throws as `parseOverrides` does. */
export const readPackage = (
  document: TomlDocument,
  table: PackageTable,
  { index, ...from }: RuleOrigin & { readonly index: number },
): PackageRule => {
  const part: Part = { document, path: ['package', index] };
  checkTiming(part, table);
  const { when, why, shown, source, build, dependencies, native, env, patches, edit, files } =
    table;
  const { hooks, imports, drop } = table;
  const settings = build?.['config-settings'];
  return {
    name: nameAt(document, at(part, 'name'), table.name),
    ...(when === undefined ? {} : { when: readWhen(part, when) }),
    ...(why === undefined ? {} : { why }),
    ...(shown === undefined ? {} : { shown }),
    ...(source === undefined ? {} : readSource(document, source, at(part, 'source'))),
    ...buildOf(part, build),
    ...(settings === undefined ? {} : { configSettings: settings }),
    ...(dependencies === undefined ? {} : { dependencies: readDependencies(part, dependencies) }),
    ...(native === undefined ? {} : { native: readNative(native) }),
    ...(env === undefined ? {} : { env: readEnv(part, env) }),
    ...(patches === undefined
      ? {}
      : { patches: patches.map((patch, number) => readPatch(part, patch, number)) }),
    ...(edit === undefined
      ? {}
      : { edits: edit.map((each, number) => readEdit(part, each, number)) }),
    ...(files === undefined ? {} : { files: readFiles(part, files) }),
    ...(hooks === undefined
      ? {}
      : {
          hooks: Object.fromEntries(
            Object.entries(hooks).map(([name, text]) => [
              hookNames[name as keyof typeof hookNames],
              text,
            ]),
          ),
        }),
    ...(imports === undefined ? {} : { imports }),
    ...(drop === undefined ? {} : { drop }),
    ...from,
    place: placeOf(document, ['package', index]),
  };
};
