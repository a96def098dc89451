import { systems } from '../graph/platform.ts';

/** What of a build a hook runs at, as the file and as nixpkgs call it (nixpkgs manual, "Phases"). */
export const hookNames = {
  'post-unpack': 'postUnpack',
  'pre-patch': 'prePatch',
  'post-patch': 'postPatch',
  'pre-build': 'preBuild',
  'post-build': 'postBuild',
  'pre-install': 'preInstall',
  'post-install': 'postInstall',
} as const;

export type HookName = keyof typeof hookNames;

/** Where a change is made: in the source before it is built, or in what is installed. */
export type Phase = 'source' | 'installed';

export interface PackageTable {
  readonly name: string;
  readonly when?: {
    readonly version?: string;
    readonly python?: string;
    readonly source?: 'sdist' | 'wheel';
    readonly systems?: readonly string[];
    readonly with?: string;
  };
  readonly why?: string;
  readonly shown?: 'built' | 'evaluated';
  readonly source?: {
    readonly prefer?: 'wheel' | 'sdist';
    readonly url?: string;
    readonly git?: string;
    readonly rev?: string;
    readonly submodules?: boolean;
    readonly path?: string;
    readonly subdirectory?: string;
    readonly hash?: string;
    readonly version?: string;
    readonly nixpkgs?: string;
  };
  readonly build?: {
    readonly requires?: readonly string[];
    readonly remove?: readonly string[];
    readonly backend?: string;
    readonly 'config-settings'?: Readonly<Record<string, string | readonly string[]>>;
  };
  readonly dependencies?: {
    readonly add?: readonly string[];
    readonly remove?: readonly string[];
    readonly replace?: Readonly<Record<string, string>>;
  };
  readonly native?: {
    readonly tools?: readonly string[];
    readonly libraries?: readonly string[];
    readonly 'hardening-disable'?: readonly string[];
  };
  readonly env?: Readonly<Record<string, string>>;
  readonly patches?: readonly (
    | string
    | {
        readonly path?: string;
        readonly url?: string;
        readonly hash?: string;
        readonly phase?: Phase;
      }
  )[];
  readonly edit?: readonly {
    readonly file: string;
    readonly find: string;
    readonly replace: string;
    readonly required?: boolean;
    readonly phase?: Phase;
  }[];
  readonly files?: {
    readonly remove?: readonly string[];
    readonly create?: Readonly<Record<string, string>>;
    readonly phase?: Phase;
  };
  readonly hooks?: Readonly<Partial<Record<HookName, string>>>;
  readonly imports?: readonly string[];
  readonly drop?: boolean;
}

/** `overrides.toml` as its text has it. */
export interface OverridesFile {
  readonly package?: readonly PackageTable[];
  readonly collision?: readonly {
    readonly path: string;
    readonly keep?: string;
    readonly 'drop-from'?: readonly string[];
    readonly why?: string;
  }[];
  readonly constraint?: readonly {
    readonly of: string;
    readonly on: string;
    readonly use?: string;
    readonly ignore?: boolean;
    readonly why?: string;
  }[];
}

/** The hardening flags of nixpkgs (nixpkgs manual, "Hardening in Nixpkgs"). */
const hardeningFlags = [
  'all',
  'bindnow',
  'fortify',
  'fortify3',
  'format',
  'nostrictaliasing',
  'pacret',
  'pic',
  'pie',
  'relro',
  'shadowstack',
  'stackclashprotection',
  'stackprotector',
  'strictflexarrays1',
  'strictflexarrays3',
  'strictoverflow',
  'trivialautovarinit',
  'zerocallusedregs',
] as const;

type Properties = Readonly<Record<string, object>>;

const object = (
  description: string,
  properties: Properties,
  required: readonly string[] = [],
): object => ({
  description,
  type: 'object',
  additionalProperties: false,
  ...(required.length === 0 ? {} : { required }),
  properties,
});
const text = (description: string) => ({ description, type: 'string', minLength: 1 });
const texts = (description: string) => ({
  description,
  type: 'array',
  items: { type: 'string', minLength: 1 },
});
const flag = (description: string) => ({ description, type: 'boolean' });
const choice = (description: string, ...values: readonly string[]) => ({
  description,
  type: 'string',
  enum: values,
});
const table = (description: string, values: object) => ({
  description,
  type: 'object',
  additionalProperties: values,
});

const attributePath = {
  type: 'string',
  // `pkgs.` is where they are looked up: `libpq`, `gst_all_1.gstreamer`.
  pattern: "^[A-Za-z_][A-Za-z0-9_'-]*(?:\\.[A-Za-z_][A-Za-z0-9_'-]*)*$",
};
const attributePaths = (description: string) => ({
  description,
  type: 'array',
  items: attributePath,
});

const why = text('The reason; printed into the recipe.');
const phase = choice(
  'Whether the source is changed or what is installed; without it the source, and of a wheel what is installed.',
  'source',
  'installed',
);

const when = object('Where the rule holds; without it, always. All of it must be so.', {
  version: text('Specifier (PEP 440) of the package: `<=1.6.3`.'),
  python: text('Specifier of the Python: `<3`.'),
  source: choice('What is installed of the package.', 'sdist', 'wheel'),
  systems: {
    description: 'Nix systems.',
    type: 'array',
    minItems: 1,
    items: { type: 'string', enum: systems },
  },
  with: text('Another package of the recipe, with a specifier if need be: `gevent>=1`.'),
});

const source = object('Which file the package is taken from.', {
  prefer: choice('What to take where there are both.', 'wheel', 'sdist'),
  url: text('A file of the web, taken instead; with `hash`.'),
  git: text('URL of a repository; with `rev`.'),
  rev: text('The full commit.'),
  submodules: flag('Whether submodules are checked out; they are unless it is false.'),
  path: text('A folder or file below the project.'),
  subdirectory: text('The folder of the package in the archive or repository.'),
  hash: text('SRI hash (`sha256-…`) of the file, or of what is in it where it is unpacked.'),
  version: text('Another version; beside `url`, `git`, `path` and `nixpkgs` the one that it is.'),
  nixpkgs: { ...attributePath, description: 'Attribute path below `python.pkgs`.' },
});

const build = object('How the source is built.', {
  requires: texts(
    'Build requirements (PEP 508), instead of what the source states of their names.',
  ),
  remove: texts('Names of build requirements to leave out.'),
  backend: text('Backend (PEP 517): `setuptools`, or `module:object`.'),
  'config-settings': table('What the backend is told (PEP 517).', {
    type: ['string', 'array'],
    items: { type: 'string' },
  }),
});

const dependencies = object('What the package requires at run time.', {
  add: texts('Requirements (PEP 508) that it does not declare.'),
  remove: texts('Names of requirements that it does not need.'),
  replace: table('Requirements by the name that they take the place of.', {
    type: 'string',
    minLength: 1,
  }),
});

const native = object('What the build needs of nixpkgs.', {
  tools: attributePaths('Attribute paths, for `nativeBuildInputs`.'),
  libraries: attributePaths('Attribute paths, for `buildInputs`.'),
  'hardening-disable': {
    description: 'Hardening flags to leave out.',
    type: 'array',
    items: { type: 'string', enum: hardeningFlags },
  },
});

const patches = {
  description: 'Patches (`patch -p1`): paths beside this file, or tables.',
  type: 'array',
  items: {
    type: ['string', 'object'],
    minLength: 1,
    additionalProperties: false,
    properties: {
      path: text('A file beside this one.'),
      url: text('A file of the web; with `hash`.'),
      hash: text('SRI hash of the file.'),
      phase,
    },
  },
};

const edit = {
  description: 'Texts to replace in files.',
  type: 'array',
  items: object(
    'One text, everywhere in a file.',
    {
      file: text('The file.'),
      find: text('What stands there.'),
      replace: { description: 'What is to stand there.', type: 'string' },
      required: flag('Whether the build fails when it is not found; it does unless this is false.'),
      phase,
    },
    ['file', 'find', 'replace'],
  ),
};

const files = object('Files to take away and to add.', {
  remove: texts('Paths of files and folders; `*` is part of a name.'),
  create: table('Texts by path.', { type: 'string' }),
  phase,
});

const hooks = object(
  'Shell, where nothing else will do.',
  Object.fromEntries(
    Object.entries(hookNames).map(([name, hook]) => [name, text(`Run as \`${hook}\`.`)]),
  ),
);

const packageRule = object(
  'A rule about a distribution.',
  {
    name: text('The distribution.'),
    when,
    why,
    shown: choice('How the rule is known to be right.', 'built', 'evaluated'),
    source,
    build,
    dependencies,
    native,
    env: table('Variables of the build.', { type: 'string' }),
    patches,
    edit,
    files,
    hooks,
    imports: {
      description: 'Modules that the check imports, instead of what the files tell.',
      type: 'array',
      items: { type: 'string', pattern: '^[A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*$' },
    },
    drop: flag('Leaves the package out, before its metadata is asked for.'),
  },
  ['name'],
);

/** What `overrides.toml` may hold, as JSON Schema. */
export const overridesSchema = object('Rules for what no metadata tells.', {
  package: { description: 'Rules about distributions.', type: 'array', items: packageRule },
  collision: {
    description: 'Which file is taken where packages bring different ones.',
    type: 'array',
    items: object(
      'Decides a collision.',
      {
        path: text('Pattern relative to the environment.'),
        keep: text('The package whose file is taken.'),
        'drop-from': texts('Packages whose files are left out.'),
        why,
      },
      ['path'],
    ),
  },
  constraint: {
    description: 'What is asked for instead of what packages declare.',
    type: 'array',
    items: object(
      'Changes a requirement.',
      {
        of: text('The distribution or project that requires; `*` for all.'),
        on: text('What it requires.'),
        use: text('What it requires instead; with `of = "*"` a bound for everyone.'),
        ignore: flag('Leaves the requirement out.'),
        why,
      },
      ['of', 'on'],
    ),
  },
});

/** The same for editors: `#:schema ./overrides.schema.json` at the top of the file. */
export const overridesJsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:lock2nix:overrides:1',
  title: 'overrides.toml of lock2nix',
  ...overridesSchema,
};
