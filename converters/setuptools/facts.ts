/** `setup.py` and `setup.cfg` of a folder, read as setuptools puts them together. */
import { Lock2nixError } from '../../graph/errors.ts';
import type { AskedRequirement } from '../../graph/requirements.ts';
import { combineMarkers, parseMarker } from '../../standards/marker.ts';
import { parseName } from '../../standards/name.ts';
import { readSetupCfg } from '../../standards/setup-cfg.ts';
import {
  mergeSetupFacts,
  type NamedLists,
  type SetupFacts,
  type Stated,
} from '../../standards/setup-facts.ts';
import { readSetupPy } from '../../standards/setup-py.ts';
import { askRequirement } from '../shared/asked.ts';

/** The facts, and the file that each is from, as messages show it. */
export interface SetupFiles {
  readonly facts: SetupFacts;
  /** Where a value stands. */
  readonly fileOf: (key: keyof SetupFacts) => string;
}

/** A file of the project as messages show it, and its text. */
export interface SetupText {
  readonly file: string;
  readonly text: string;
}

/** Reads what there is of the two files; undefined when there is neither. Throws MANIFEST_SYNTAX. */
export const readSetupFiles = (
  { py, cfg }: { readonly py: SetupText | undefined; readonly cfg: SetupText | undefined },
  read: (path: string) => string | undefined,
): SetupFiles | undefined => {
  const pyFacts = py === undefined ? undefined : readSetupPy(py.text);
  const cfgFacts = cfg === undefined ? undefined : readSetupCfg(cfg.file, cfg.text, read);
  const facts =
    pyFacts !== undefined && cfgFacts !== undefined
      ? mergeSetupFacts(pyFacts, cfgFacts)
      : (pyFacts ?? cfgFacts);
  if (facts === undefined) return undefined;
  return {
    facts,
    fileOf: (key) => (facts[key] === cfgFacts?.[key] ? cfg?.file : py?.file) ?? 'setup.py',
  };
};

/** A value that must not be missed. Throws MANIFEST_SHAPE when only running the project would tell. */
export const literalOf = <Key extends keyof SetupFacts>(
  { facts, fileOf }: SetupFiles,
  key: Key,
  argument: string,
): Extract<SetupFacts[Key], { readonly kind: 'literal' }>['value'] | undefined => {
  const stated: Stated<unknown> = facts[key];
  if (stated.kind === 'absent') return undefined;
  if (stated.kind === 'literal') {
    return stated.value as Extract<SetupFacts[Key], { readonly kind: 'literal' }>['value'];
  }
  throw new Lock2nixError(
    'MANIFEST_SHAPE',
    `\`${argument}\` is computed when the file runs, and nothing of a project is run to read it`,
    {
      hint: `write \`${argument}\` as a literal list, in setup.cfg or in [project] of pyproject.toml; or convert a requirements file that \`pip-compile\` wrote`,
      location: { file: fileOf(key), line: stated.line },
    },
  );
};

const at = <Value>(
  { facts, fileOf }: SetupFiles,
  key: 'installRequires' | 'extrasRequire',
  read: () => Value,
): Value => {
  try {
    return read();
  } catch (error) {
    if (!(typeof error === 'object' && error !== null && 'code' in error && 'message' in error)) {
      throw error;
    }
    const { code, message } = error as Lock2nixError;
    const stated = facts[key];
    throw new Lock2nixError(code, message, {
      cause: error,
      location: {
        file: fileOf(key),
        ...(stated.kind === 'absent' ? {} : { line: stated.line }),
      },
    });
  }
};

export interface SetupRequirements {
  readonly main: readonly AskedRequirement[];
  readonly extras: Readonly<Record<string, readonly AskedRequirement[]>>;
}

/** `extra:marker` and `:marker` (setuptools' form of before PEP 508) as extra and marker. */
const splitKey = (key: string): readonly [extra: string, marker: string] => {
  const colon = key.indexOf(':');
  return colon < 0 ? [key.trim(), ''] : [key.slice(0, colon).trim(), key.slice(colon + 1).trim()];
};

const withMarker = (asked: AskedRequirement, text: string): AskedRequirement => {
  const marker = combineMarkers('and', [asked.marker, text === '' ? undefined : parseMarker(text)]);
  return marker === undefined ? asked : { ...asked, marker };
};

/**
 * The requirements that the files state. Throws MANIFEST_SHAPE for those that are computed,
 * REQUIREMENT_INVALID, MARKER_INVALID and NAME_INVALID with file and line.
 */
export const setupRequirements = (files: SetupFiles): SetupRequirements => {
  const install = literalOf(files, 'installRequires', 'install_requires') ?? [];
  const stated: NamedLists = literalOf(files, 'extrasRequire', 'extras_require') ?? new Map();
  const main = at(files, 'installRequires', () =>
    install.map((text) => askRequirement(text, files.fileOf('installRequires'))),
  );
  const extras = new Map<string, AskedRequirement[]>();
  const conditional: AskedRequirement[] = [];
  at(files, 'extrasRequire', () => {
    for (const [key, texts] of stated) {
      const [extra, marker] = splitKey(key);
      const asked = texts.map((text) =>
        withMarker(askRequirement(text, files.fileOf('extrasRequire')), marker),
      );
      if (extra === '') conditional.push(...asked);
      else {
        const name = parseName(extra);
        extras.set(name, [...(extras.get(name) ?? []), ...asked]);
      }
    }
  });
  const sorted = [...extras].sort(([a], [b]) => (a < b ? -1 : 1));
  return { main: [...main, ...conditional], extras: Object.fromEntries(sorted) };
};
