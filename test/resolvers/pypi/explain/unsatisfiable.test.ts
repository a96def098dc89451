import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseOverrides } from '../../../../overrides/parse.ts';
import { solveRules } from '../../../../overrides/solve-rules.ts';
import type { FakeProjects } from '../../../support/fake-index.ts';
import { type Asking, failureOf, resolve, told, versionsOf } from './ask.ts';

const service: FakeProjects = {
  tokenserver: { '1.2.3': ['cornice==3.5.1', 'greenlet==0.4.13', 'pyramid'] },
  cornice: { '0.16.2': [], '3.4.0': [], '3.5.1': [] },
  greenlet: { '0.4.13': [], '0.4.14': [] },
  pyramid: { '1.10.4': [], '2.0': { requiresPython: '>=3.6' } },
};

const science: FakeProjects = {
  pandas: {
    '0.24': ['numpy>=1.12'],
    '1.0': { needs: ['numpy>=1.17'], requiresPython: '>=3.6' },
    '2.0': { needs: ['numpy>=1.21'], requiresPython: '>=3.8' },
  },
  numpy: {
    '1.12': [],
    '1.16.6': [],
    '1.17': { requiresPython: '>=3.5' },
    '1.18': { requiresPython: '>=3.5' },
    '1.20': { requiresPython: '>=3.7' },
    '1.22': { requiresPython: '>=3.8' },
  },
  tool: { '0.9': ['numpy>=1.18'], '1.0': ['numpy>=1.17'] },
};

const misc: FakeProjects = {
  winonly: {
    '1.0': { files: ['winonly-1.0-cp312-cp312-win_amd64.whl'] },
    '2.0': {
      files: [
        'winonly-2.0-cp312-cp312-win_amd64.whl',
        'winonly-2.0-cp313-cp313-manylinux2014_x86_64.whl',
      ],
    },
  },
  needswin: { '1': ['winonly'] },
  mac: { '1.0': { files: ['mac-1.0-cp312-cp312-macosx_11_0_arm64.whl'] } },
  src: { '1.0': { files: ['src-1.0.tar.gz'] } },
  bad: { '1.0': { yanked: 'breaks everything' }, '1.1': { yanked: true } },
  needsbad: { '1': ['bad>=1'] },
  late: { '1.0': { uploadTime: '2024-06-01T00:00:00Z' } },
  flask: {
    '2.0': { needs: ['werkzeug<3', "asgiref>=3; extra == 'async'"] },
    '3.0': { needs: ['werkzeug>=3', "asgiref>=3.7; extra == 'async'"] },
  },
  werkzeug: { '2.0': [], '3.0': [] },
  asgiref: { '3.0': [], '3.6': [], '3.8': [] },
  broken: { '1': { metadata: { '': undefined } } },
  app: { '1': ['werkzeug==2.0'] },
  lib: { '1': ['werkzeug>=3'] },
};

/** Universe and requirements to the whole error; proposed rules, if any, are pasted and tried. */
const table: readonly [string, FakeProjects, Asking, string][] = [
  [
    'the pins of a Python 2.7 service against those of its application, both at once',
    service,
    {
      lines: ['tokenserver', 'cornice==0.16.2', 'greenlet==0.4.14', 'pyramid==1.10.4'],
      python: '2.7',
    },
    `error: no versions satisfy all requirements, for 2 independent reasons:
1. Because the project depends on tokenserver (requirements.txt:1), which depends on greenlet==0.4.13, greenlet 0.4.13 is required.
   So, because the project depends on greenlet==0.4.14 (requirements.txt:3), there is no solution.
2. Because the project depends on tokenserver (requirements.txt:1), which depends on cornice==3.5.1, cornice 3.5.1 is required.
   So, because the project depends on cornice==0.16.2 (requirements.txt:2), there is no solution.
hint: loosen these requirements, or add to overrides.toml:

[[constraint]]
of = "tokenserver"
on = "greenlet"
use = "greenlet==0.4.14"
why = "tokenserver 1.2.3 asks for greenlet==0.4.13, but requirements.txt:3 asks for greenlet==0.4.14"

[[constraint]]
of = "tokenserver"
on = "cornice"
use = "cornice==0.16.2"
why = "tokenserver 1.2.3 asks for cornice==3.5.1, but requirements.txt:2 asks for cornice==0.16.2"`,
  ],
  [
    'no such package, with a near name that the project asks for',
    service,
    { lines: ['pyramd', 'pyramid'] },
    `error: the project depends on pyramd (requirements.txt:1), which is not on pypi.org
hint: did you mean \`pyramid\`?`,
  ],
  [
    'no such package, needed by another',
    { ...service, a: { '1': ['cornise>=2'], '2': ['cornise>=3'] } },
    { lines: ['a', 'cornice'] },
    `error: no versions satisfy all requirements:
Because a 1 depends on cornise>=2 and a 2 depends on cornise>=3, every version of a requires cornise.
So, because cornise is not on pypi.org and the project depends on a (requirements.txt:1), there is no solution.
hint: did you mean \`cornice\`?`,
  ],
  [
    'no such version, between others',
    service,
    { lines: ['cornice==1.0'] },
    `error: the project depends on cornice==1.0 (requirements.txt:1), which matches no version
hint: the nearest versions of cornice are 0.16.2 and 3.4.0`,
  ],
  [
    'no such version, above all',
    service,
    { lines: ['cornice>=9'] },
    `error: the project depends on cornice>=9 (requirements.txt:1), which matches no version
hint: the nearest version of cornice is 3.5.1`,
  ],
  [
    'another Python',
    science,
    { lines: ['numpy>=1.17'], python: '2.7' },
    `error: the project depends on numpy>=1.17 (requirements.txt:1), which needs another Python than 2.7 (>=3.5 or >=3.7 or >=3.8)
hint: for numpy, write \`--python 3.6\``,
  ],
  [
    'another Python, for what another needs',
    science,
    { lines: ['tool'], python: '2.7' },
    `error: no versions satisfy all requirements:
Because tool 0.9 depends on numpy>=1.18 and tool 1.0 depends on numpy>=1.17, every version of tool requires numpy >=1.17.
So, because numpy >=1.17 needs another Python than 2.7 (>=3.5 or >=3.7 or >=3.8) and the project depends on tool (requirements.txt:1), there is no solution.
hint: for numpy, write \`--python 3.6\``,
  ],
  [
    "another Python, for the project's own requirement",
    science,
    { lines: ['pandas>=1'], python: '2.7' },
    `error: the project depends on pandas>=1 (requirements.txt:1), which needs another Python than 2.7 (>=3.6 or >=3.8)
hint: for pandas, write \`--python 3.6\``,
  ],
  [
    'no file for the platform, but for another Python',
    misc,
    { lines: ['winonly'] },
    `error: the project depends on winonly (requirements.txt:1), which has no file for Python 3.12 on x86_64-linux
hint: winonly has wheels for Python 3.13: write \`--python 3.13\``,
  ],
  [
    'no file for the platform at all',
    misc,
    { lines: ['winonly<2'] },
    `error: the project depends on winonly<2 (requirements.txt:1), which has no file for Python 3.12 on x86_64-linux
hint: the wheels of winonly are for other systems, and it has no source distribution`,
  ],
  [
    'no file for the platform, but for another',
    misc,
    { lines: ['mac'] },
    `error: the project depends on mac (requirements.txt:1), which has no file for Python 3.12 on x86_64-linux
hint: mac has wheels for aarch64-darwin only`,
  ],
  [
    'no file for what another needs',
    misc,
    { lines: ['needswin'] },
    `error: no versions satisfy all requirements:
Because needswin 1 depends on winonly which has no file for Python 3.12 on x86_64-linux, needswin 1 cannot be used.
So, because the project depends on needswin (requirements.txt:1), there is no solution.
hint: winonly has wheels for Python 3.13: write \`--python 3.13\``,
  ],
  [
    'only a source distribution',
    misc,
    { lines: ['src'], onlyBinary: ':all:' },
    `error: the project depends on src (requirements.txt:1), which has no wheel that fits, only a source distribution
hint: leave \`src\` out of \`--only-binary\``,
  ],
  [
    'only wheels',
    misc,
    { lines: ['mac'], noBinary: ':all:' },
    `error: the project depends on mac (requirements.txt:1), which has no source distribution
hint: leave \`mac\` out of \`--no-binary\``,
  ],
  [
    'yanked',
    misc,
    { lines: ['bad'] },
    `error: the project depends on bad (requirements.txt:1), which was yanked (breaks everything)
hint: pin \`bad==1.1\` to take a yanked version all the same`,
  ],
  [
    'yanked, and needed by another',
    misc,
    { lines: ['needsbad'] },
    `error: no versions satisfy all requirements:
Because needsbad 1 depends on bad>=1 which was yanked (breaks everything), needsbad 1 cannot be used.
So, because the project depends on needsbad (requirements.txt:1), there is no solution.
hint: pin \`bad==1.1\` to take a yanked version all the same`,
  ],
  [
    'published too late',
    misc,
    { lines: ['late'], excludeNewer: Date.parse('2024-01-01') },
    `error: the project depends on late (requirements.txt:1), which was published after 2024-01-01
hint: give a later \`--exclude-newer\``,
  ],
  [
    'hashes',
    misc,
    { lines: ['asgiref==3.6 --hash=sha256-AAAA'] },
    `error: the project depends on asgiref==3.6 (requirements.txt:1), which has no file with a hash that is asked for
hint: compare the hashes with those on the index: they may be of another version`,
  ],
  [
    'an extra against the project',
    misc,
    { lines: ['flask[async]>=3', 'asgiref<3.7'] },
    `error: no versions satisfy all requirements:
Because the project depends on flask[async]>=3 (requirements.txt:1), which depends on asgiref>=3.7, asgiref 3.8 is required.
So, because the project depends on asgiref<3.7 (requirements.txt:2), there is no solution.
hint: loosen these requirements, or add to overrides.toml:

[[constraint]]
of = "flask"
on = "asgiref"
use = "asgiref<3.7"
why = "flask 3.0 asks for asgiref>=3.7, but requirements.txt:2 asks for asgiref<3.7"`,
  ],
  [
    'metadata that cannot be read',
    misc,
    { lines: ['broken'] },
    `error: the project depends on broken (requirements.txt:1), which has no metadata that can be read without running it
hint: loosen one of these requirements`,
  ],
  [
    'two distributions against each other',
    misc,
    { lines: ['app', 'lib'] },
    `error: no versions satisfy all requirements:
Because app 1 depends on werkzeug==2.0 and lib 1 depends on werkzeug>=3, app 1 is incompatible with lib 1.
So, because the project depends on both app (requirements.txt:1) and lib (requirements.txt:2), there is no solution.
hint: loosen these requirements, or add to overrides.toml:

[[constraint]]
of = "app"
on = "werkzeug"
use = "werkzeug>=3"
why = "app 1 asks for werkzeug==2.0, but lib 1 asks for werkzeug>=3"`,
  ],
  [
    'two requirements of the project',
    misc,
    { lines: ['werkzeug==2.0', 'werkzeug>=3'] },
    `error: no versions satisfy all requirements: the project depends on both werkzeug==2.0 (requirements.txt:1) and werkzeug>=3 (requirements.txt:2)
hint: loosen these requirements, or add to overrides.toml:

[[constraint]]
of = "service"
on = "werkzeug"
use = "werkzeug==2.0"
why = "requirements.txt:2 asks for werkzeug>=3, but requirements.txt:1 asks for werkzeug==2.0"`,
  ],
  [
    'a constraints file against a distribution',
    service,
    { lines: ['tokenserver'], bounds: ['cornice<3'] },
    `error: no versions satisfy all requirements:
Because tokenserver 1.2.3 depends on cornice==3.5.1 which is excluded by the constraint cornice<3 (constraints.txt:1), tokenserver 1.2.3 cannot be used.
So, because the project depends on tokenserver (requirements.txt:1), there is no solution.
hint: loosen these requirements, or add to overrides.toml:

[[constraint]]
of = "tokenserver"
on = "cornice"
use = "cornice<3"
why = "tokenserver 1.2.3 asks for cornice==3.5.1, but constraints.txt:1 asks for cornice<3"`,
  ],
  [
    'a constraints file against the project',
    service,
    { lines: ['cornice==3.5.1'], bounds: ['cornice<3'] },
    `error: no versions satisfy all requirements: the project depends on cornice==3.5.1 (requirements.txt:1), which is excluded by the constraint cornice<3 (constraints.txt:1)
hint: loosen these requirements, or add to overrides.toml:

[[constraint]]
of = "service"
on = "cornice"
use = "cornice<3"
why = "requirements.txt:1 asks for cornice==3.5.1, but constraints.txt:1 asks for cornice<3"`,
  ],
  [
    'contradictions, and what no rule can settle',
    { ...service, ...misc },
    { lines: ['tokenserver', 'cornice==0.16.2', 'nix', 'app', 'werkzeug==3.0', 'winonly'] },
    `error: no versions satisfy all requirements, for 4 independent reasons:
1. Because the project depends on tokenserver (requirements.txt:1), which depends on cornice==3.5.1, cornice 3.5.1 is required.
   So, because the project depends on cornice==0.16.2 (requirements.txt:2), there is no solution.
2. the project depends on nix (requirements.txt:3), which is not on pypi.org
3. Because the project depends on app (requirements.txt:4), which depends on werkzeug==2.0, werkzeug 2.0 is required.
   So, because the project depends on werkzeug==3.0 (requirements.txt:5), there is no solution.
4. the project depends on winonly (requirements.txt:6), which has no file for Python 3.12 on x86_64-linux
hint: check how \`nix\` is spelt, or name the index that has it: \`--extra-index-url URL\`
winonly has wheels for Python 3.13: write \`--python 3.13\`
loosen these requirements, or add to overrides.toml:

[[constraint]]
of = "tokenserver"
on = "cornice"
use = "cornice==0.16.2"
why = "tokenserver 1.2.3 asks for cornice==3.5.1, but requirements.txt:2 asks for cornice==0.16.2"

[[constraint]]
of = "app"
on = "werkzeug"
use = "werkzeug==3.0"
why = "app 1 asks for werkzeug==2.0, but requirements.txt:5 asks for werkzeug==3.0"`,
  ],
];

test.each(table)('%s', async (_, projects, asking, expected) => {
  expect(told(await failureOf(projects, asking))).toBe(expected);
});

const blockOf = (text: string): string => text.slice(text.indexOf('[[constraint]]'));
const isSettled = (text: string): boolean =>
  text.includes('[[constraint]]') && !text.includes('nix');

test.each(table.filter(([, , , text]) => isSettled(text)))(
  'the block that is proposed for %s, pasted whole, solves',
  async (_, projects, asking, expected) => {
    const rules = solveRules(parseOverrides('overrides.toml', blockOf(expected)));
    const resolution = await resolve(projects, { ...asking, rules });
    expect(resolution.diagnostics).toEqual([]);
    expect(resolution.graph.packages.size).toBeGreaterThan(0);
  },
);

test('the rules of the service give its own pins, and the edges lead to them', async () => {
  const [, projects, asking, text] = table[0] ?? ['', {}, { lines: [] }, ''];
  const rules = solveRules(parseOverrides('overrides.toml', blockOf(text)));
  const resolution = await resolve(projects, { ...asking, rules });
  expect(versionsOf(resolution)).toEqual({
    cornice: '0.16.2',
    greenlet: '0.4.14',
    pyramid: '1.10.4',
    tokenserver: '1.2.3',
  });
  const tokenserver = [...resolution.graph.packages.values()].find(
    ({ name }) => name === 'tokenserver',
  );
  expect(tokenserver?.dependencies.map(({ text: said, candidates }) => [said, candidates])).toEqual(
    [
      ['cornice==0.16.2', ['cornice@0.16.2']],
      ['greenlet==0.4.14', ['greenlet@0.4.14']],
      ['pyramid', ['pyramid@1.10.4']],
    ],
  );
});

const django: FakeProjects = {
  django: {
    '4.2': { requiresPython: '>=3.8' },
    '5.0': { requiresPython: '>=3.10' },
    '5.1': { requiresPython: '>=3.10' },
    '6.0': { requiresPython: '>=3.12' },
  },
  app: { '1': ['django<6,>=5.1'] },
  lib: { '1': ['django<6'] },
};

test.each<[string, string[], string, string]>([
  ['3.8', ['django==5.1'], 'django==5.1 (requirements.txt:1), which needs Python >=3.10', '3.10'],
  ['3.8', ['django<6,>=5'], 'django<6,>=5 (requirements.txt:1), which needs Python >=3.10', '3.10'],
  [
    '3.8',
    ['django>=5'],
    'django>=5 (requirements.txt:1), which needs another Python than 3.8 (>=3.10 or >=3.12)',
    '3.10',
  ],
  ['3.7', ['lib', 'app'], 'depends on django<6,>=5.1 which needs Python >=3.10', '3.10'],
])('on Python %s only what %j ask for says which Python it needs', async (...row) => {
  const [python, lines, text, other] = row;
  const { message, hint } = await failureOf(django, { lines, python });
  expect(message).toContain(text);
  expect(hint).toBe(`for django, write \`--python ${other}\``);
});

test('metadata that cannot be read, of one version among others', async () => {
  const projects: FakeProjects = { broken: { '1': [], '2': { metadata: { '': undefined } } } };
  const { hint } = await failureOf(projects, { lines: ['broken>=2'] });
  expect(hint).toBe('ask for another version of broken');
});

test('a name that is misspelt itself is not what another may mean', async () => {
  const { hint } = await failureOf({}, { lines: ['flaskk', 'flaskkk'] });
  expect(hint).not.toContain('did you mean');
});

test.each([0, 30])(
  'what was only asked for ahead, %i ms late, is not what is meant',
  async (late) => {
    // `app 2`, which asks for `werkzeug`, is looked at ahead, and then ruled out by `other`.
    const projects: FakeProjects = {
      app: { '1': [], '2': ['werkzeug'] },
      other: { '1': ['app<2', 'werkzeuk'] },
      werkzeug: { '1': [] },
    };
    const delay = (question: string): number => (question.endsWith('werkzeug') ? late : 5);
    const { hint } = await failureOf(projects, { lines: ['app', 'other'] }, { delay });
    expect(hint).toContain('check how `werkzeuk` is spelt');
  },
);

test('more contradictions than anybody reads are cut off, which is told', async () => {
  const numbers = Array.from({ length: 21 }, (_, index) => index);
  const projects: FakeProjects = Object.fromEntries(
    numbers.flatMap((n) => [
      [`app${n}`, { '1': [`lib${n}==1`] }],
      [`lib${n}`, { '1': [], '2': [] }],
    ]),
  );
  const linesOf = (count: number): readonly string[] =>
    numbers.slice(0, count).flatMap((n) => [`app${n}`, `lib${n}==2`]);
  const firstLine = async (lines: readonly string[]): Promise<string | undefined> =>
    (await failureOf(projects, { lines })).message.split('\n')[0];
  expect(await firstLine(linesOf(20))).toBe(
    'no versions satisfy all requirements, for 20 independent reasons:',
  );
  expect(await firstLine(linesOf(21))).toBe(
    'no versions satisfy all requirements, for 20 independent reasons, and more that are told when these are settled:',
  );
});

test('a name that is only recorded may be meant', async () => {
  const preferences = new Map([['pyramid', ['1.10.4']]]);
  const { hint } = await failureOf({}, { lines: ['pyramd'], preferences });
  expect(hint).toBe('did you mean `pyramid`?');
});

test('a proof that nobody would read is summed up, and its rule solves', async () => {
  const numbers = Array.from({ length: 30 }, (_, index) => index);
  const projects: FakeProjects = {
    boto3: Object.fromEntries(numbers.map((n) => [`1.${n}`, [`botocore>=1.${n},<1.${n + 1}`]])),
    botocore: Object.fromEntries(numbers.map((n) => [`1.${n}`, [`urllib3<1.${25 + (n % 2)}`]])),
    urllib3: { '1.24': [], '1.25': [], '2.0': [] },
  };
  const error = await failureOf(projects, { lines: ['boto3', 'urllib3>=2'] });
  expect(told(error)).toBe(`error: no versions satisfy all requirements:
- the project: boto3 (requirements.txt:1), urllib3>=2 (requirements.txt:2)
- boto3: botocore<1.30,>=1.29 (and 29 more)
- botocore: urllib3<1.26 (and 1 more)
hint: loosen these requirements, or add to overrides.toml:

[[constraint]]
of = "botocore"
on = "urllib3"
use = "urllib3>=2"
why = "botocore asks for urllib3<1.26, but requirements.txt:2 asks for urllib3>=2"`);
  const rules = solveRules(parseOverrides('overrides.toml', blockOf(error.hint ?? '')));
  const solved = await resolve(projects, { lines: ['boto3', 'urllib3>=2'], rules });
  expect(versionsOf(solved)).toEqual({ boto3: '1.29', botocore: '1.29', urllib3: '2.0' });
});

test('of two distributions whose newest versions contradict each other one is loosened', async () => {
  const projects: FakeProjects = {
    flask: { '1.0': ['werkzeug<2'], '2.0': ['werkzeug>=2,<3'], '3.0': ['werkzeug>=3'] },
    werkzeug: { '1.0': [], '2.0': [], '3.0': [] },
    other: { '0.9': ['werkzeug==1.0', 'flask>=2'], '1.0': ['werkzeug<2.2,>=2', 'flask>=3'] },
  };
  const error = await failureOf(projects, { lines: ['flask', 'other'] });
  expect(blockOf(error.hint ?? '')).toBe(`[[constraint]]
of = "other"
on = "werkzeug"
use = "werkzeug>=3"
why = "other 1.0 asks for werkzeug<2.2,>=2, but flask 3.0 asks for werkzeug>=3"`);
  const rules = solveRules(parseOverrides('overrides.toml', blockOf(error.hint ?? '')));
  const solved = await resolve(projects, { lines: ['flask', 'other'], rules });
  expect(versionsOf(solved)).toMatchObject({ flask: '3.0', other: '1.0' });
});

test.each([
  ['tokensrver', 'cornice', 'did you mean `tokenserver`?'],
  ['tokenserver', 'cornise', 'did you mean `cornice`?'],
  ['*', 'cornise', 'did you mean `cornice`?'],
])('a rule of %s on %s that changes nothing is a warning', async (of, on, hint) => {
  const rules = { constraints: [{ of, on, use: '==1', place: 'overrides.toml:7' }] };
  const { idleRules } = await resolve(service, { lines: ['tokenserver'], rules });
  const who = of === '*' ? 'nobody asks' : `\`${of}\` does not ask`;
  expect(idleRules.map(({ diagnostic }) => diagnostic)).toEqual([
    {
      severity: 'warning',
      code: 'rule-unmatched',
      message: `overrides.toml:7: ${who} for \`${on}\`, so the rule does nothing`,
      hint,
    },
  ]);
});

test('docs/resolver.md shows errors as they are', () => {
  const file = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'resolver.md');
  const documentation = readFileSync(file, 'utf8');
  const shown = table.filter(([, , , text]) => documentation.includes(`\`\`\`text\n${text}\n`));
  expect(shown.map(([name]) => name)).toEqual([
    'the pins of a Python 2.7 service against those of its application, both at once',
    'no such version, between others',
    'another Python',
    'no file for the platform, but for another',
  ]);
});
