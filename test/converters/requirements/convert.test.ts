import { expect, test } from '@jest/globals';
import { convert, readConstraints } from '../../../converters/requirements/convert.ts';
import { requirements as format } from '../../../converters/requirements/format.ts';
import { isLock2nixError } from '../../../graph/errors.ts';

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly file?: string;
}

const inputOf = (text: string, { files = {}, env, file = 'requirements.txt' }: Given = {}) => ({
  file,
  text,
  read: (path: string) => files[path],
  ...(env === undefined ? {} : { env }),
});

const setOf = (text: string, given?: Given) => convert(inputOf(text, given)).set;

const mainOf = (text: string, given?: Given) => setOf(text, given).roots[0]?.groups['main'] ?? [];

const failureOf = (text: string, given?: Given) => {
  try {
    setOf(text, given);
  } catch (error) {
    if (isLock2nixError(error)) {
      const { code, message, hint, location } = error;
      return { code, message, hint, line: location?.line, file: location?.file };
    }
    throw error;
  }
  throw new Error('it was taken');
};

const a = 'a'.repeat(64);

test('a requirement, its text and where it stands', () => {
  expect(mainOf('# first\nFlask[Async] >=2,<4 ; python_version >= "3.9"  # why\n')).toEqual([
    {
      name: 'flask',
      extras: ['async'],
      specifier: '<4,>=2',
      marker: expect.objectContaining({ kind: 'compare' }),
      text: 'Flask[Async] >=2,<4 ; python_version >= "3.9"',
      origin: 'requirements.txt:2',
      integrities: [],
    },
  ]);
});

test('the root is nothing of its own', () => {
  expect(setOf('a')).toMatchObject({
    format: { name: 'requirements', file: 'requirements.txt' },
    roots: [{ name: 'project', extras: {}, scripts: [] }],
    indexes: { extra: [] },
  });
  expect(setOf('a').roots[0]).not.toHaveProperty('path');
});

test('nested files are relative to the one that names them, and shown so', () => {
  const set = setOf('-r sub/base.txt\n-c constraints.txt\n', {
    file: 'app/requirements.txt',
    files: {
      'sub/base.txt': '-r ../more.txt\n-c limits.txt\na\n',
      'more.txt': 'b\n',
      'sub/limits.txt': 'c<3\n',
      'constraints.txt': 'd==1\n',
    },
  });
  expect(set.roots[0]?.groups['main']?.map(({ name, origin }) => [name, origin])).toEqual([
    ['b', 'app/more.txt:1'],
    ['a', 'app/sub/base.txt:3'],
  ]);
  expect(set.constraints.map(({ text, origin }) => [text, origin])).toEqual([
    ['c<3', 'app/sub/limits.txt:1'],
    ['d==1', 'app/constraints.txt:1'],
  ]);
});

test('a file that is named twice counts once', () => {
  const files = { 'a.txt': '-r c.txt\n', 'b.txt': '-r c.txt\n', 'c.txt': 'x\n' };
  expect(mainOf('-r a.txt\n-r b.txt\n', { files })).toHaveLength(1);
});

test('the options of the file', () => {
  expect(
    setOf(
      [
        '--extra-index-url https://u:p@x.test/simple',
        '-i https://y.test/simple',
        '--no-binary Foo,bar',
        '--only-binary :all:',
        '--no-binary b.a_z',
        '--pre',
        'a',
      ].join('\n'),
    ),
  ).toMatchObject({
    indexes: { index: 'https://y.test/simple', extra: ['https://u:p@x.test/simple'] },
    onlyBinary: ':all:',
    noBinary: ['b-a-z'],
    prereleases: true,
    diagnostics: [],
  });
  expect(setOf('-i https://y.test/\n--no-index\na').indexes).toEqual({ index: false, extra: [] });
});

test.each([
  ['--only-binary a,b\n--no-binary b', ['a'], ['b']],
  ['--only-binary a\n--only-binary :none:', undefined, undefined],
  ['--only-binary :all:\n--no-binary :all:', undefined, ':all:'],
  ['--no-binary :all:,a', undefined, ':all:'],
])('%j', (text, onlyBinary, noBinary) => {
  const set = setOf(text);
  expect([set.onlyBinary, set.noBinary]).toEqual([onlyBinary, noBinary]);
});

test('hashes, which turn on the checking for all', () => {
  const set = setOf(`a==1 --hash=sha256:${a} \\\n  --hash=sha512:${'b'.repeat(128)}\n`);
  expect(set.requireHashes).toBe(true);
  expect(set.roots[0]?.groups['main']?.[0]).toMatchObject({
    text: 'a==1',
    integrities: [
      { sri: expect.stringMatching(/^sha256-/), of: 'file' },
      { sri: expect.stringMatching(/^sha512-/), of: 'file' },
    ],
  });
});

test.each([
  ['a==1', 'has no hash'],
  [`a>=1 --hash=sha256:${a}`, 'is not pinned with `==`'],
  [`a==1.* --hash=sha256:${a}`, 'is not pinned with `==`'],
  ['-e ./a', 'comes from a folder or a repository, which has no hash'],
  ['a @ https://x.test/a-1.zip', 'has no hash'],
])('with a hash elsewhere, %s is refused', (line, why) => {
  expect(failureOf(`z==1 --hash=sha256:${a}\n${line}\n`)).toMatchObject({
    code: 'REQUIREMENT_INVALID',
    message: expect.stringContaining(`${why}, but all requirements must have hashes`),
    line: 2,
  });
});

test('a hash in a URL is one', () => {
  const [asked] = mainOf(`--require-hashes\na @ https://x.test/a-1.zip#sha256=${a}`);
  expect(asked?.integrities).toHaveLength(1);
  expect(asked?.source).toEqual({ kind: 'url', url: 'https://x.test/a-1.zip' });
});

test.each([
  [
    'git+https://x.test/a/b.git',
    { kind: 'git', url: 'https://x.test/a/b.git', rev: 'HEAD' },
    undefined,
  ],
  [
    'git+https://x.test/a/b@feature/x#egg=c&subdirectory=d',
    { kind: 'git', url: 'https://x.test/a/b', rev: 'feature/x', subdirectory: 'd' },
    'c',
  ],
  [
    'git+https://x.test/a/b@v1#subdirectory=d',
    { kind: 'git', url: 'https://x.test/a/b', rev: 'v1', subdirectory: 'd' },
    undefined,
  ],
  [
    'git+ssh://git@x.test:22/a/b@v1',
    { kind: 'git', url: 'ssh://git@x.test:22/a/b', rev: 'v1' },
    undefined,
  ],
  ['git://x.test/a@v1#egg=a', { kind: 'git', url: 'git://x.test/a', rev: 'v1' }, 'a'],
  [
    'https://x.test/zope.interface-4.7.2.tar.gz',
    { kind: 'url', url: 'https://x.test/zope.interface-4.7.2.tar.gz' },
    'zope-interface',
  ],
  [
    'https://x.test/archive/main.zip',
    { kind: 'url', url: 'https://x.test/archive/main.zip' },
    undefined,
  ],
  [
    './wheels/Foo_Bar-1.0-py3-none-any.whl',
    { kind: 'path', path: 'wheels/Foo_Bar-1.0-py3-none-any.whl' },
    'foo-bar',
  ],
  ['file:./pkg', { kind: 'path', path: 'pkg' }, 'the-pkg'],
  ['file:pkg#egg=other', { kind: 'path', path: 'pkg' }, 'other'],
  ['../lib', { kind: 'path', path: '../lib' }, undefined],
  ['-e .', { kind: 'path', path: '.', editable: true }, 'own'],
  ['-e ./legacy', { kind: 'path', path: 'legacy', editable: true }, 'old'],
  ['x @ file:pkg', { kind: 'path', path: 'pkg' }, 'x'],
])('%s', (text, source, name) => {
  const files = {
    'pkg/pyproject.toml': '[project]\nname = "The.Pkg"\n',
    'setup.cfg': '[metadata]\nname = own\n',
    'legacy/setup.py': 'from setuptools import setup\nsetup(name="old")\n',
  };
  const [asked] = mainOf(text, { files });
  expect(asked?.source).toEqual(source);
  expect(asked?.name).toBe(name);
});

test('what variables hold is in URLs and nowhere else', () => {
  const set = setOf(
    `-i https://\${USER_1}:\${TOKEN}@x.test/simple\na @ https://u:\${TOKEN}@x.test/a.zip?token=\${TOKEN}\n`,
    { env: { USER_1: 'me', TOKEN: 's3cret' } },
  );
  const [asked] = set.roots[0]?.groups['main'] ?? [];
  expect(set.indexes.index).toBe('https://me:s3cret@x.test/simple');
  expect(asked?.source).toMatchObject({ url: 'https://u:s3cret@x.test/a.zip?token=s3cret' });
  expect(asked?.text).toBe('a @ https://x.test/a.zip');
});

test.each([
  [`a @ git+https://\${TOKEN}@x.test/a/b@`, 'URL'],
  [`a @ https://u:\${TOKEN}@/b.zip`, 'no host'],
  [`a \${TOKEN} b`, 'end'],
  [`--\${TOKEN}`, 'option'],
])('a message about %s does not show them', (text) => {
  const { message, hint = '' } = failureOf(text, { env: { TOKEN: 's3cret' } });
  expect(message + hint).not.toContain('s3cret');
});

test('a variable that is not set is named', () => {
  expect(failureOf(`a\n-i https://\${TOKEN}@x.test/\n`)).toEqual({
    code: 'REQUIREMENT_INVALID',
    message: 'the variable `TOKEN` is not set',
    hint: 'set it where you run the command: export TOKEN=…',
    line: 2,
    file: 'requirements.txt',
  });
});

test.each([
  ['-r missing.txt', 'INPUT_MISSING', 'there is no file `missing.txt` beside this one'],
  [
    '-r https://u:p@x.test/r.txt',
    'REQUIREMENT_INVALID',
    'the file `https://x.test/r.txt` is not beside this one, and files elsewhere are not read',
  ],
  [
    '-r /etc/passwd',
    'FILE_NAME_INVALID',
    'the path `/etc/passwd` is not relative, with `/` between folders',
  ],
  [
    '-f https://x.test/links',
    'REQUIREMENT_INVALID',
    '`--find-links` is not supported: what it lists would be looked for on the index instead',
  ],
  [
    'hg+https://x.test/a#egg=a',
    'URL_INVALID',
    '`hg+https://x.test/a#egg=a` cannot be fetched: hg is not supported',
  ],
  [
    'file:///home/me/a',
    'URL_INVALID',
    '`file:///home/me/a` is an absolute path, which other machines do not have',
  ],
  [
    '-e https://x.test/a.zip',
    'REQUIREMENT_INVALID',
    '`--editable` goes with the folder of a project or a git repository only',
  ],
  ['a=1.0', 'REQUIREMENT_INVALID', '`a=1.0` is no requirement'],
  [
    'a==1 --hash=md5:aa',
    'REQUIREMENT_INVALID',
    '`--hash` takes sha256, sha384, sha512, and `md5` is none of them',
  ],
  ['a==1 --hash=sha256:aa', 'HASH_INVALID', 'hash `sha256:aa` has 1 bytes, sha256 has 32'],
  [
    '--index-ulr https://x.test',
    'REQUIREMENT_INVALID',
    '`--index-ulr` is no option of a requirements file',
  ],
  [
    '-i nonsense',
    'URL_INVALID',
    '`nonsense` is not a URL that can be fetched: it begins with none of `https://`, `http://`',
  ],
  [
    'git+https://x.test/a@--upload-pack=x',
    'URL_INVALID',
    '`git+https://x.test/a@--upload-pack=x` names no branch, tag or commit behind `@`',
  ],
])('%s', (text, code, message) => {
  expect(failureOf(`# one\n${text}\n`)).toMatchObject({ code, message, line: 2 });
});

test('hints name the next step', () => {
  expect(failureOf('a=1.0').hint).toBe('`=` is no operator: did you mean `a==1.0`?');
  expect(failureOf('--index-ulr x').hint).toBe('did you mean `--index-url`?');
});

test('files that name each other are refused', () => {
  const files = { 'a.txt': '-r b.txt\n', 'b.txt': '\n-r a.txt\n' };
  expect(failureOf('-r a.txt', { files })).toMatchObject({
    message: 'the files name each other: a.txt → b.txt → a.txt',
    file: 'b.txt',
    line: 2,
  });
  expect(failureOf('-r requirements.txt')).toMatchObject({
    message: 'the files name each other: requirements.txt → requirements.txt',
  });
});

test.each(['-e .', 'a[x]', './a'])('%s is no constraint', (line) => {
  const input = inputOf(`${line}\n`, { file: 'constraints.txt' });
  expect(() => readConstraints(input)).toThrow(
    expect.objectContaining({
      code: 'REQUIREMENT_INVALID',
      location: { file: 'constraints.txt', line: 1 },
    }),
  );
});

test('a file of constraints by itself', () => {
  const found = readConstraints(inputOf('a<2\nb==1\n', { file: 'limits/constraints.txt' }));
  expect(found.map(({ name, specifier, origin }) => [name, specifier, origin])).toEqual([
    ['a', '<2', 'limits/constraints.txt:1'],
    ['b', '==1', 'limits/constraints.txt:2'],
  ]);
});

test('options without effect are reported with their line', () => {
  const { diagnostics } = setOf(
    'a --global-option="x y" --pre\n--trusted-host x.test\n--prefer-binary\n--use-wheel\n--use-feature=y\n',
  );
  expect(diagnostics.map(({ message, location }) => `${location?.line}: ${message}`)).toEqual([
    '1: `--global-option` does nothing: how a package is built is for overrides.toml to say',
    '1: `--pre` does nothing behind a requirement: it needs a line of its own',
    '2: `--trusted-host x.test` does nothing: certificates are checked everywhere',
    '3: `--prefer-binary` does nothing: name the packages in `--only-binary` instead',
    '4: `--use-wheel` does nothing: pip knows it no more',
    '5: `--use-feature` does nothing here',
  ]);
});

test('a file in UTF-16 is named as such', () => {
  const text = Buffer.from('\ufefffl\u0061sk==1\r\n', 'utf16le').toString('utf8');
  expect(failureOf(text)).toMatchObject({
    code: 'MANIFEST_SYNTAX',
    message: 'the file is UTF-16, and UTF-8 is read',
    hint: 'save it as UTF-8',
  });
});

test.each([
  ['flask==3.0.3\n', true],
  ['# only\n-r base.txt\n', true],
  ['\ufeffflask>=1\r\nclick\r\n', true],
  [`a==1 \\\n    --hash=sha256:${a}\n`, true],
  ['-e git+https://x.test/a#egg=a\n', true],
  ['./pkg\n', false],
  ['flask\nclick\n', false],
  ['Some words of a letter.\n', false],
  ['a>=1\nand then this line\n', false],
  ['[project]\nname = "a"\n', false],
  ['', false],
])('recognises %j: %s', (text, expected) => {
  expect(format.recognises(text)).toBe(expected);
});

test('long input is read in linear time', () => {
  const started = performance.now();
  expect(mainOf('a>=1 ; python_version > "3"\n'.repeat(5000))).toHaveLength(5000);
  format.recognises(`${'a`.repeat(200_000)}=\n${`-'.repeat(100_000)}`);
  expect(() => setOf(`a ${'\\`.repeat(100_000)} -${`"'.repeat(99_999)}`)).toThrow();
  expect(performance.now() - started).toBeLessThan(5000);
});
