import { systems } from './platform.ts';

type Schema = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Schema>>;

/** An object with these properties and no others. */
const object = (description: string, required: Properties, optional: Properties = {}): Schema => ({
  description,
  type: 'object',
  additionalProperties: false,
  required: Object.keys(required),
  properties: { ...required, ...optional },
});
const map = (description: string, value: string): Schema => ({
  description,
  type: 'object',
  propertyNames: { $ref: '#/$defs/text' },
  additionalProperties: { $ref: `#/$defs/${value}` },
});
const list = (description: string, items: string): Schema => ({
  description,
  type: 'array',
  items: { $ref: `#/$defs/${items}` },
});
const choice = (description: string, ...values: readonly string[]): Schema => ({
  description,
  type: 'string',
  enum: values,
});
const text = (description: string): Schema => ({ description, $ref: '#/$defs/text' });
const prose = (description: string): Schema => ({ description, type: 'string' });
const version = (description: string): Schema => ({ description, $ref: '#/$defs/version' });
const flag = (description: string): Schema => ({ description, type: 'boolean' });
const part = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const kindIs = (kind: string): Schema => ({
  type: 'object',
  required: ['kind'],
  properties: { kind: { const: kind } },
});
const systemEndsWith = (ending: string): Schema => ({
  properties: { system: { type: 'string', pattern: `-${ending}$` } },
});

const subdirectory = text('Folder of the package inside of the source.');
const platforms = part('platforms');

const texts = (description: string): Schema => map(description, 'prose');
const ruled = text('The rule whose change it is.');

/** What is changed in a package when it is built. */
const changes: Properties = {
  native: object('What its build needs of nixpkgs.', {
    tools: list('Attribute paths, for `nativeBuildInputs`.', 'text'),
    libraries: list('Attribute paths, for `buildInputs`.', 'text'),
    hardeningDisable: list('Hardening flags to leave out.', 'text'),
  }),
  env: texts('Variables of the build.'),
  configSettings: map('What the backend is told.', 'setting'),
  sourceFiles: part('fileChanges'),
  installedFiles: part('fileChanges'),
  hooks: texts('Shell by the name of the hook.'),
  requirements: object(
    'Changes of what its metadata requires.',
    {},
    {
      add: list('Requirements.', 'text'),
      remove: list('Names.', 'text'),
      replace: map('Requirements by name.', 'text'),
      specifiers: map('Specifiers by name.', 'text'),
    },
  ),
  imports: list('Modules that a check imports.', 'text'),
};

const definitions = {
  prose: { description: 'Any text.', type: 'string' },
  setting: {
    description: 'One text or several.',
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
  },
  patch: object(
    'A patch: a text with its name, or a file of the web.',
    {},
    {
      name: {
        description: 'Its name below `patches/`.',
        type: 'string',
        pattern: '^[A-Za-z0-9_+][A-Za-z0-9_.+-]*$',
      },
      text: prose('Its text.'),
      url: text('Its URL.'),
      integrity: part('integrity'),
    },
  ),
  fileChanges: object(
    'Changes of files.',
    {},
    {
      patches: list('Patches.', 'patch'),
      edits: list('Texts that are replaced.', 'edit'),
      remove: list('Paths that are removed.', 'removal'),
      create: list('Files that are added.', 'creation'),
    },
  ),
  edit: object(
    'A text that is replaced.',
    {
      file: text('The file.'),
      find: prose('What stands there.'),
      replace: prose('What is to stand there.'),
      rule: ruled,
    },
    { required: flag('Whether it must be found.') },
  ),
  removal: object('A path that is removed.', { path: text('The path.'), rule: ruled }),
  creation: object('A file that is added.', {
    path: text('The path.'),
    text: prose('Its text.'),
    rule: ruled,
  }),
  changes: object('What is changed in a package on a platform.', {}, changes),
  rule: object(
    'A rule that acts on a package.',
    {
      origin: choice('Whose rule it is.', 'collection', 'project', 'command line'),
      file: text('Where it stands.'),
      fields: list('What of it acts.', 'text'),
    },
    {
      why: prose('Its reason.'),
      shown: choice('How it is known to be right.', 'built', 'evaluated'),
      platforms,
    },
  ),
  dropped: object('A package that is left out.', {
    name: text('Normalised name.'),
    rules: list('Rules that leave it out.', 'rule'),
  }),
  text: {
    description: 'Text of one line without characters that a terminal would act on.',
    type: 'string',
    pattern: '^[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+$',
  },
  version: { description: 'Numbers with dots.', type: 'string', pattern: '^\\d+(\\.\\d+)*$' },
  platformName: choice(
    'A Nix system, with `-musl` behind it for musl.',
    ...systems.flatMap((system) =>
      system.endsWith('-linux') ? [system, `${system}-musl`] : [system],
    ),
  ),
  platforms: {
    ...list('Where this holds; absent: wherever what it belongs to does.', 'platformName'),
    minItems: 1,
    uniqueItems: true,
  },
  platform: {
    ...object(
      'A platform that recipes are made for.',
      { system: choice('Nix system.', ...systems) },
      {
        libc: choice('C library, on Linux.', 'glibc', 'musl'),
        libcVersion: version('Oldest C library that the recipe must run on.'),
        macosMinimum: version('Oldest macOS that the recipe must run on.'),
      },
    ),
    dependentRequired: { libcVersion: ['libc'] },
    dependentSchemas: { libc: systemEndsWith('linux'), macosMinimum: systemEndsWith('darwin') },
  },
  target: object(
    'What the graph was pinned for.',
    { platforms: { ...list('Platforms, each once.', 'platform'), minItems: 1 } },
    {
      python: object(
        'Python interpreter.',
        { implementation: choice('Implementation.', 'cpython'), version: version('`3.12`.') },
        {
          fullVersion: text('Patch release, when one was asked for.'),
          patchRange: object(
            'Patch releases for which the graph holds, inclusive.',
            {},
            { from: text('First of them.'), to: text('Last of them.') },
          ),
        },
      ),
      node: object('Node.js.', { version: text('Version.') }),
    },
  ),
  integrity: object('A hash.', {
    sri: text('Subresource Integrity: `sha256-BASE64`.'),
    of: choice('Hashed: bytes of the file, or the NAR of what is unpacked.', 'file', 'tree'),
  }),
  remoteSource: object(
    'A file by its URL.',
    { kind: choice('Kind of source.', 'registry', 'url'), url: text('URL.') },
    { subdirectory },
  ),
  gitSource: object(
    'A commit.',
    { kind: choice('Kind of source.', 'git'), url: text('URL.'), rev: text('Commit.') },
    {
      ref: text('Branch or tag that the commit was found by.'),
      subdirectory,
      submodules: flag('Whether submodules are checked out; absent: they are.'),
    },
  ),
  pathSource: object(
    'A live file or folder: it has no integrity.',
    { kind: choice('Kind of source.', 'path'), path: text("Relative to the input's folder.") },
    { editable: flag('Whether the lock asks for an editable installation.') },
  ),
  source: {
    description: 'Where an artifact comes from.',
    type: 'object',
    // The kind goes first, so that a message is about the kind that is meant.
    allOf: [
      {
        required: ['kind'],
        properties: { kind: choice('Kind of source.', 'registry', 'url', 'git', 'path') },
      },
      {
        if: kindIs('git'),
        // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
        then: part('gitSource'),
        else: {
          if: kindIs('path'),
          // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
          then: part('pathSource'),
          else: part('remoteSource'),
        },
      },
    ],
  },
  artifact: object(
    'A file that the recipe uses.',
    {
      kind: choice('What the file is.', 'wheel', 'sdist', 'tarball', 'tree'),
      fileName: text('Its name.'),
      source: part('source'),
    },
    { integrity: part('integrity'), platforms },
  ),
  edge: object(
    'A dependency.',
    {
      to: text('Id of the package that is needed.'),
      extras: list('Extras of it that are asked for.', 'text'),
      kind: choice('Kind of dependency.', 'runtime', 'optional', 'peer', 'dev'),
    },
    {
      marker: prose('Marker (PEP 508) that the lock had.'),
      extra: text('Extra of the requirer that asks for it.'),
      platforms,
    },
  ),
  package: object(
    'A package.',
    {
      id: text('`NAME@VERSION`, with `#SOURCE` behind it where that is not enough.'),
      name: text('Normalised name.'),
      version: text('Version.'),
      artifacts: list('Files.', 'artifact'),
      dependencies: list('Dependencies.', 'edge'),
      metadata: object(
        'Printed as `meta`.',
        {},
        {
          description: prose('Summary.'),
          homepage: prose('URL of the homepage.'),
          licence: prose('Licence.'),
        },
      ),
    },
    {
      build: object(
        'How it is built from source.',
        { backend: text('Backend (PEP 517).'), environment: text('Name of a build environment.') },
        { backendPath: list('Folders that the backend is imported from.', 'text') },
      ),
      ...changes,
      nixpkgs: text('Attribute path below `python.pkgs`.'),
      on: map('Changes by platform.', 'changes'),
      rules: list('Override rules that act on it.', 'rule'),
      overrides: list('Override rules that changed it, with their reasons.', 'text'),
    },
  ),
  environment: object('Packages that are installed together.', {
    kind: choice('What it is for.', 'runtime', 'build'),
    members: list('Packages.', 'member'),
  }),
  collision: object(
    'Decides a collision of files in environments.',
    { path: text('Pattern relative to the environment.') },
    {
      keep: text('Package whose file is taken.'),
      dropFrom: list('Packages whose files are left out.', 'text'),
    },
  ),
  member: object('A package of an environment.', { id: text('Id.') }, { platforms }),
  root: object(
    'What was converted.',
    { name: text('Name.'), scripts: list('Names of its programs.', 'text') },
    {
      package: text('Id of its own package, when it has something to build.'),
      apps: list('Ids of the packages whose programs are its own, when it is only names.', 'text'),
    },
  ),
} satisfies Properties;

/** JSON Schema (2020-12) of a `PinnedGraph` as `graphToJson` writes it. */
export const pinnedGraphSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:lock2nix:pinned-graph:1',
  title: 'Pinned graph of lock2nix',
  ...object(
    'All that a recipe is printed from.',
    {
      ecosystem: choice('Whose packages these are.', 'pypi', 'npm'),
      target: part('target'),
      roots: list('Where the graph starts.', 'root'),
      packages: map('Packages by id.', 'package'),
      environments: map('Environments by name.', 'environment'),
    },
    {
      collisions: list('Rules of colliding files, in their order.', 'collision'),
      dropped: list('Packages that rules leave out.', 'dropped'),
    },
  ),
  $defs: definitions,
};
