/** What setuptools is told of a project, in the literals of `setup.py` or in `setup.cfg`. */

/**
 * What is known of an argument of `setup()`. `computed`: it may be there, but only running the
 * project's code would tell its value; `line` (1-based) is where.
 */
export type Stated<Value> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'literal'; readonly value: Value; readonly line: number }
  | { readonly kind: 'computed'; readonly line: number };

/** Lists by name, as in `extras_require`. */
export type NamedLists = ReadonlyMap<string, readonly string[]>;

/** The arguments of `setup()` that count here; nothing in them is parsed or normalised. */
export interface SetupFacts {
  readonly name: Stated<string>;
  readonly version: Stated<string>;
  readonly description: Stated<string>;
  readonly url: Stated<string>;
  readonly license: Stated<string>;
  readonly pythonRequires: Stated<string>;
  /** Requirements (PEP 508), as are those of the other lists. */
  readonly installRequires: Stated<readonly string[]>;
  readonly setupRequires: Stated<readonly string[]>;
  readonly testsRequire: Stated<readonly string[]>;
  /** By extra, also `extra:marker` and `:marker`. */
  readonly extrasRequire: Stated<NamedLists>;
  /** By group: `console_scripts` → `name = module:function`. */
  readonly entryPoints: Stated<NamedLists>;
  /** Paths of script files. */
  readonly scripts: Stated<readonly string[]>;
}

const isEmpty = (value: unknown): boolean =>
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (value instanceof Map && value.size === 0);

/** setuptools takes an option of `setup.cfg` only where `setup.py` gave nothing or nothing in it. */
const prefer = <Value>(py: Stated<Value>, cfg: Stated<Value>): Stated<Value> => {
  if (py.kind === 'computed') return py;
  if (py.kind === 'absent') return cfg;
  return isEmpty(py.value) && cfg.kind !== 'absent' ? cfg : py;
};

/** What holds for a project that has both files. */
export const mergeSetupFacts = (setupPy: SetupFacts, setupCfg: SetupFacts): SetupFacts => ({
  name: prefer(setupPy.name, setupCfg.name),
  version: prefer(setupPy.version, setupCfg.version),
  description: prefer(setupPy.description, setupCfg.description),
  url: prefer(setupPy.url, setupCfg.url),
  license: prefer(setupPy.license, setupCfg.license),
  pythonRequires: prefer(setupPy.pythonRequires, setupCfg.pythonRequires),
  installRequires: prefer(setupPy.installRequires, setupCfg.installRequires),
  setupRequires: prefer(setupPy.setupRequires, setupCfg.setupRequires),
  testsRequire: prefer(setupPy.testsRequire, setupCfg.testsRequire),
  extrasRequire: prefer(setupPy.extrasRequire, setupCfg.extrasRequire),
  entryPoints: prefer(setupPy.entryPoints, setupCfg.entryPoints),
  scripts: prefer(setupPy.scripts, setupCfg.scripts),
});

/** The names of the commands that entry points and script files install; sorted. */
export const scriptNamesOf = ({ entryPoints, scripts }: SetupFacts): readonly string[] => {
  const groups = entryPoints.kind === 'literal' ? entryPoints.value : new Map<string, string[]>();
  const commands = ['console_scripts', 'gui_scripts']
    .flatMap((group) => groups.get(group) ?? [])
    .map((line) => line.split('=')[0]?.trim() ?? '');
  const paths = scripts.kind === 'literal' ? scripts.value : [];
  const files = paths.map((path) => path.split('/').at(-1) ?? '');
  return [...new Set([...commands, ...files])].filter((name) => name !== '').sort();
};

/** Text with a requirement, or an item of another kind, on each line; comments and empty lines are left out. */
export const linesOf = (text: string): readonly string[] =>
  text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

/** Entry points in the form of `entry_points.txt`; undefined for other text. */
export const parseEntryPoints = (text: string): NamedLists | undefined => {
  const groups = new Map<string, string[]>();
  let group: string[] | undefined;
  for (const line of linesOf(text)) {
    const header = /^\[(.+)\]$/.exec(line)?.[1]?.trim();
    if (header !== undefined) {
      group = groups.get(header) ?? [];
      groups.set(header, group);
    } else if (group === undefined) return undefined;
    else group.push(line);
  }
  return groups;
};
