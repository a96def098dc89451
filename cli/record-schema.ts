const text = {
  description: 'Text of one line without characters that a terminal would act on.',
  type: 'string',
  pattern: '^[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+$',
};
const texts = { type: 'array', items: text };
const digest = { type: 'string', pattern: '^sha256-[A-Za-z0-9+/]{43}=$' };

const object = (
  description: string,
  required: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
): object => ({
  description,
  type: 'object',
  required: Object.keys(required),
  properties: { ...required, ...optional },
});

/**
 * JSON Schema (2020-12) of `lock2nix.json` around its graph, which has a schema of its own. What it
 * does not know is tolerated (`check` finds it by printing the record again), and whether paths stay
 * in their folders it cannot say.
 */
export const recordSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:lock2nix:record:1',
  title: 'Record of lock2nix',
  ...object('What a recipe was made from, and what it is.', {
    lock2nix: { ...text, description: 'Version of lock2nix that wrote it.' },
    record: { description: 'Form of the record.', const: 1 },
    input: {
      description: 'File name of the lock or manifest, or the specs.',
      anyOf: [text, { ...texts, minItems: 1 }],
    },
    inputs: {
      description: 'Files that were read, by path relative to the project; null: not there.',
      type: 'object',
      additionalProperties: { ...digest, nullable: true },
    },
    options: object(
      'Options of the conversion.',
      {
        extras: { ...texts, description: 'Extras, or `:all:`.' },
        groups: { ...texts, description: 'Groups, or `:all:`.' },
        prefer: { description: 'What to take of both.', enum: ['wheel', 'sdist'] },
        strict: { description: 'Whether gaps are errors.', type: 'boolean' },
      },
      {
        noCollection: { description: 'The bundled rules were left out.', const: true },
        python: { ...text, description: 'Python that was asked for.' },
        systems: { ...texts, description: 'Systems that were asked for.' },
        preferWheels: { ...texts, description: 'Taken in the newest version with a wheel.' },
        onlyBinary: { ...texts, description: 'Never built from source, or `:all:`.' },
        noBinary: { ...texts, description: 'Never taken as wheels, or `:all:`.' },
        pre: { description: 'Whether pre-releases are as good as any.', type: 'boolean' },
        resolution: { description: 'Which version is taken.', enum: ['lowest', 'first-wins'] },
        excludeNewer: { ...text, description: 'Day or moment after which nothing counts.' },
        indexUrl: { ...text, description: 'The index, without credentials.' },
        extraIndexUrl: { ...texts, description: 'Indexes before it, without credentials.' },
        indexStrategy: { description: 'Which index has a name.', const: 'best-match' },
        constraints: { ...texts, description: 'Constraints files, relative to the project.' },
      },
    ),
    place: object(
      'How recipe and project see each other.',
      { exclude: { ...texts, description: 'The output folder seen from the project.' } },
      {
        project: {
          description: 'The project seen from the output folder, which lies below it.',
          type: 'string',
          pattern: '^\\.\\.(?:/\\.\\.)*$',
        },
      },
    ),
    graph: object('The pinned graph.', {
      target: object(
        'What it was pinned for.',
        {
          platforms: {
            type: 'array',
            items: object('A platform.', { system: text }, { libc: text }),
          },
        },
        { python: object('Interpreter.', { version: text }, { fullVersion: text }) },
      ),
    }),
    files: {
      description: 'The other files, by path relative to the output folder.',
      type: 'object',
      additionalProperties: digest,
    },
  }),
};
