import { expect, test } from '@jest/globals';
import { isLock2nixError } from '../../../../graph/errors.ts';
import type { LockedDependency, LockedGraph } from '../../../../graph/types.ts';
import { type ExplainInput, explainPackage } from '../../../../resolvers/pypi/explain/package.ts';
import { type LockOutline, makeLock } from '../make-lock.ts';
import { pin } from '../make-pin.ts';

const explain = async (
  name: string,
  outline: LockOutline,
  more: Partial<ExplainInput> = {},
): Promise<string> => {
  const locked = more.locked ?? makeLock(outline);
  const { graph } = await pin(locked);
  return explainPackage(name, { graph, locked, ...more }).join('\n');
};

const flask: LockOutline = {
  needs: ['flask[async]', 'tool; python_version >= "3.8"'],
  packages: {
    'flask@3.0.3': { needs: { '': ['werkzeug', 'jinja2'], async: ['asgiref'] } },
    'werkzeug@3.0.3': { needs: ['markupsafe'] },
    'jinja2@3.1.4': { needs: ['markupsafe'] },
    'markupsafe@2.1.5': {
      files: [
        'MarkupSafe-2.1.5-cp312-cp312-macosx_11_0_arm64.whl',
        'MarkupSafe-2.1.5-cp312-cp312-manylinux2014_x86_64.whl',
      ],
    },
    'asgiref@3.8.1': {},
    'tool@1.0': { needs: ['flask[async]'] },
  },
};

test.each<[string, string]>([
  [
    'flask',
    `flask 3.0.3
  flask-3.0.3-py2.py3-none-any.whl

required by
  project: flask[async]
  project: tool; python_version >= "3.8" → tool 1.0: flask[async]

extras
  async, by project, tool`,
  ],
  [
    'MarkupSafe',
    `markupsafe 2.1.5
  MarkupSafe-2.1.5-cp312-cp312-macosx_11_0_arm64.whl on aarch64-darwin
  MarkupSafe-2.1.5-cp312-cp312-manylinux2014_x86_64.whl on x86_64-linux

required by
  project: flask[async] → flask 3.0.3: jinja2 → jinja2 3.1.4: markupsafe
  project: flask[async] → flask 3.0.3: werkzeug → werkzeug 3.0.3: markupsafe`,
  ],
  [
    'asgiref',
    `asgiref 3.8.1
  asgiref-3.8.1-py2.py3-none-any.whl

required by
  project: flask[async] → flask 3.0.3: asgiref (for its extra async)`,
  ],
])(
  '%s: version, files, and the shortest chain for each who requires it',
  async (name, expected) => {
    expect(await explain(name, flask)).toBe(expected);
  },
);

test('requirements are told as written, with their place', async () => {
  const locked = makeLock(flask);
  const told = (each: LockedDependency): LockedDependency => ({
    ...each,
    text: 'Flask[async] >= 2',
    origin: 'requirements.txt:3',
  });
  const withTexts: LockedGraph = {
    ...locked,
    roots: locked.roots.map((root) => ({
      ...root,
      groups: { main: (root.groups['main'] ?? []).slice(0, 1).map(told) },
    })),
  };
  expect(await explain('asgiref', flask, { locked: withTexts })).toBe(`asgiref 3.8.1
  asgiref-3.8.1-py2.py3-none-any.whl

required by
  project: Flask[async] >= 2 (requirements.txt:3) → flask 3.0.3: asgiref (for its extra async)`);
});

test('rules, newer versions that were not taken, and versions that differ by platform', async () => {
  const forked: LockOutline = {
    needs: ['a; sys_platform == "linux"', 'a<2; sys_platform != "linux"'],
    packages: { 'a@1.0': { marker: 'sys_platform != "linux"' }, 'a@2.0': {} },
  };
  const rejected = [
    { version: '4.0', why: 'needs Python >=3.13' },
    { version: '3.0', why: 'was yanked (broken)' },
    { version: '2.3', why: 'is excluded by a<2.1 (b 1)' },
    { version: '2.2', why: 'is excluded by a<2.1 (b 1)' },
    { version: '2.1', why: 'is excluded by a<2.1 (b 1)' },
  ];
  const constraints = [
    { of: 'b', on: 'a', use: '<3', why: 'b runs with it', place: 'overrides.toml:1' },
    { of: '*', on: 'a', use: '<3', place: 'overrides.toml:6' },
    { of: 'a', on: 'c', use: undefined, place: 'overrides.toml:10' },
    { of: 'x', on: 'y', use: undefined, place: 'overrides.toml:14' },
  ];
  expect(await explain('a', forked, { rejected, constraints })).toBe(`a 1.0 on aarch64-darwin
  a-1.0-py2.py3-none-any.whl

required by
  project: a; sys_platform != "linux"

rules
  overrides.toml:1: b's requirement on a is a<3 (b runs with it)
  overrides.toml:6: every requirement on a is bound by <3
  overrides.toml:10: a's requirement on c is ignored

a 2.0 on x86_64-linux
  a-2.0-py2.py3-none-any.whl

required by
  project: a; sys_platform == "linux"

rules
  overrides.toml:1: b's requirement on a is a<3 (b runs with it)
  overrides.toml:6: every requirement on a is bound by <3
  overrides.toml:10: a's requirement on c is ignored

newer versions that were not taken
  4.0 needs Python >=3.13
  3.0 was yanked (broken)
  each of the 3 from 2.3 down to 2.1 is excluded by a<2.1 (b 1)`);
});

test('many chains and versions are cut off; cycles end', async () => {
  const names = Array.from({ length: 13 }, (_, index) => `p${String(index).padStart(2, '0')}`);
  const packages = Object.fromEntries(names.map((name) => [`${name}@1`, { needs: ['base'] }]));
  const outline: LockOutline = {
    needs: names,
    packages: { ...packages, 'base@1': { needs: ['p00', 'loop'] }, 'loop@1': { needs: ['base'] } },
  };
  const lines = (await explain('base', outline)).split('\n');
  expect(lines.slice(3, 6)).toEqual([
    'required by',
    '  project: p00 → p00 1: base',
    '  project: p01 → p01 1: base',
  ]);
  expect(lines.at(-1)).toBe('  and 3 more chains');
  expect(lines.join('\n')).not.toContain('loop 1: base');
});

test.each<[string, string]>([
  ['Flsk', 'did you mean `flask`?'],
  ['quite-another', 'write one of asgiref, flask, jinja2, markupsafe, pip, tool, werkzeug'],
])('a name that is not in the graph, %s', async (name, hint) => {
  const caught: unknown = await explain(name, flask).catch((error: unknown) => error);
  if (!isLock2nixError(caught)) throw new Error(`not refused: ${String(caught)}`);
  expect(caught).toMatchObject({
    code: 'PACKAGE_UNKNOWN',
    message: `no package \`${name}\` is in the graph`,
    hint,
  });
});

test('an index that is not the public one is named, without its password', async () => {
  const index = 'https://somebody:secret@index.example/simple';
  const text = await explain('corp', { needs: ['corp'], packages: { 'corp@1': { index } } });
  expect(text.split('\n')[0]).toBe('corp 1 from https://index.example/simple');
});
