import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseIni } from '../../standards/ini.ts';
import { readSetupCfg } from '../../standards/setup-cfg.ts';
import { mergeSetupFacts, scriptNamesOf } from '../../standards/setup-facts.ts';
import { readSetupPy } from '../../standards/setup-py.ts';

type Sections = Readonly<Record<string, Readonly<Record<string, string>>>>;
const rows: readonly (readonly [string, string | Sections])[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/standards/ini.json'), 'utf8'),
);

test.each(rows)('as configparser: %j', (text, answer) => {
  if (typeof answer === 'string') {
    expect(() => parseIni('setup.cfg', text)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_SYNTAX' }),
    );
    return;
  }
  const read = [...parseIni('setup.cfg', text)].map(([name, options]) => [
    name,
    Object.fromEntries([...options].map(([key, { value }]) => [key, value])),
  ]);
  expect(Object.fromEntries(read)).toEqual(answer);
});

test('what configparser refuses is refused with its line', () => {
  expect(() => parseIni('setup.cfg', '[a]\nb = 1\nb = 2\n')).toThrow(
    expect.objectContaining({
      message: 'the file is not as configparser reads it: the key `b` is there twice',
      location: { file: 'setup.cfg', line: 3 },
    }),
  );
});

const none = (): undefined => undefined;

test('the keys that count', () => {
  const facts = readSetupCfg(
    'setup.cfg',
    [
      '[metadata]',
      'name = a',
      'version = 1.0',
      'summary = a thing',
      'home-page = https://a.test/',
      'license = MIT',
      '[options]',
      'python-requires = >=3.8',
      'install_requires =',
      '    b>=1',
      '    # c',
      '    d; python_version < "3.9"',
      'setup_requires = e; f',
      'tests_require = g',
      'scripts = bin/x, bin/y',
      '[options.extras_require]',
      'test = h',
      'other = i; j',
      '[options.entry_points]',
      'console_scripts =',
      '    z = a:main',
    ].join('\n'),
    none,
  );
  expect(facts).toMatchObject({
    name: { value: 'a', line: 2 },
    version: { value: '1.0' },
    description: { value: 'a thing' },
    url: { value: 'https://a.test/' },
    license: { value: 'MIT' },
    pythonRequires: { value: '>=3.8' },
    installRequires: { value: ['b>=1', 'd; python_version < "3.9"'], line: 9 },
    setupRequires: { value: ['e', 'f'] },
    testsRequire: { value: ['g'] },
    extrasRequire: {
      value: new Map([
        ['test', ['h']],
        ['other', ['i', 'j']],
      ]),
    },
  });
  expect(scriptNamesOf(facts)).toEqual(['x', 'y', 'z']);
});

test.each([
  ['file: requirements.txt', ['a', 'b']],
  ['file: requirements.txt, more.txt', ['a', 'b', 'c']],
  ['file: missing.txt', undefined],
  ['file: ../outside.txt', undefined],
])('install_requires = %s', (value, expected) => {
  const files: Record<string, string> = {
    'requirements.txt': '# x\na\n\nb\n',
    'more.txt': 'c\n',
    '../outside.txt': 'd',
  };
  const { installRequires } = readSetupCfg(
    'setup.cfg',
    `[options]\ninstall_requires = ${value}\n`,
    (path) => files[path],
  );
  expect(installRequires).toEqual(
    expected === undefined
      ? { kind: 'computed', line: 2 }
      : { kind: 'literal', value: expected, line: 2 },
  );
});

test('a version in a module is computed', () => {
  const { version } = readSetupCfg('setup.cfg', '[metadata]\nversion = attr: a.b\n', none);
  expect(version).toEqual({ kind: 'computed', line: 2 });
});

test('setup.py goes before setup.cfg, except where it says nothing', () => {
  const cfg = readSetupCfg(
    'setup.cfg',
    '[metadata]\nname = cfg\n[options]\ninstall_requires = c\nsetup_requires = d\n',
    none,
  );
  const merged = mergeSetupFacts(
    readSetupPy('setup(name="py", install_requires=[], setup_requires=get())'),
    cfg,
  );
  expect(merged).toMatchObject({
    name: { value: 'py' },
    installRequires: { value: ['c'] },
    setupRequires: { kind: 'computed' },
    testsRequire: { kind: 'absent' },
  });
});
