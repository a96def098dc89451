import { expect, test } from '@jest/globals';
import type { FakeProjects } from '../../../support/fake-index.ts';
import { type Asked, type Asking, answer } from './ask.ts';

const web: FakeProjects = {
  flask: {
    '2.0': ['werkzeug>=2.0', 'asgiref>=3; extra == "async"'],
    '3.0': [
      'werkzeug>=3.0',
      'colorama; sys_platform == "win32"',
      'importlib-metadata; python_version < "3.10"',
      'asgiref>=3.7; extra == "async"',
      'python-dotenv; extra == "dotenv"',
    ],
    '3.1rc1': ['werkzeug>=3.0'],
  },
  werkzeug: { '2.0': [], '2.3': [], '3.0': [] },
  asgiref: { '3.2': [], '4.0': [] },
  'python-dotenv': { '1.0': [] },
  old: { '1.0': ['werkzeug<3.0'] },
};

const sets: FakeProjects = {
  all: {
    '1': [
      'all[a,b]; extra == "everything"',
      'x; extra == "a"',
      'y; extra == "b"',
      'all[a]; extra == "more"',
    ],
  },
  x: { '1': [] },
  y: { '1': [], '2': ['x[loop]'] },
  loop: { '1': ['loop[b]; extra == "a"', 'loop[a]; extra == "b"', 'x; extra == "b"'] },
  picky: { '1': ['picky<1'], '0.9': [] },
  fussy: { '1': ['fussy<1; extra == "x"'], '0.9': [] },
};

const pre: FakeProjects = {
  only: { '1.0a1': [], '1.0b1': [] },
  both: { '1.0': [], '2.0a1': [] },
  asks: { '1': ['both>=2.0a0'] },
};

/** Sources, and pre-releases that have wheels. */
const built: FakeProjects = {
  late: { '1': { files: ['late-1.tar.gz'] }, '2': { files: ['late-2.tar.gz'] }, '3a1': [] },
  early: { '1a1': [], '2': { files: ['early-2.tar.gz'] } },
  only: { '1a1': [], '1a2': { files: ['only-1a2.tar.gz'] } },
};

const odd: FakeProjects = {
  local: { '1.0': [], '1.0+cpu': [], '1.1': [] },
  spelt: { '1.0.0': [], '2': [] },
  yanked: { '1': [], '2': { yanked: 'broken' }, '3': { yanked: true } },
  python: { '1': {}, '2': { requiresPython: '>=3.13' } },
  late: {
    '1': { uploadTime: '2020-01-01T00:00:00Z' },
    '2': { uploadTime: '2024-01-01T00:00:00Z' },
    '3': {},
  },
  files: {
    '1': {},
    '2': { files: ['files-2-cp313-cp313-manylinux2014_x86_64.whl', 'files-2-py3.11.egg'] },
  },
  damaged: {
    '1': ['x>=1.*', 'local>=1.0<1.1'],
    '2': ['x >= banana'],
    '3': ['x @@'],
    '4': ['x ? https://u:secret@a.example/x.zip'],
  },
  x: { '1': [] },
  renamed: {
    '1': [],
    '2': { metadata: { '': { name: 'other' } } },
    '3': { metadata: { '': { version: '9' } } },
    '4': { metadata: { '': undefined } },
  },
  self: { '1': { metadata: { '': { requiresPython: '<3' } } }, '0': [] },
};

test.each<[FakeProjects, Asking[], readonly string[], Asked?]>([
  [web, ['flask'], ['flask@3.0', 'werkzeug@3.0']],
  [web, ['Flask', 'old'], ['flask@2.0', 'old@1.0', 'werkzeug@2.3']],
  [web, ['flask[async]'], ['asgiref@4.0', 'flask@3.0', 'werkzeug@3.0']],
  [web, ['flask[async]', 'asgiref<3.7'], ['asgiref@3.2', 'flask@2.0', 'werkzeug@3.0']],
  [web, ['flask', 'flask[dotenv]'], ['flask@3.0', 'python-dotenv@1.0', 'werkzeug@3.0']],
  [web, ['flask[nothing]'], ['flask@3.0', 'werkzeug@3.0']],
  [web, ['flask==3.1rc1'], ['flask@3.1rc1', 'werkzeug@3.0']],
  [web, ['flask'], ['flask@2.0', 'werkzeug@2.0'], { strategy: 'lowest' }],
  [web, ['flask', 'old; sys_platform == "darwin"'], ['flask@3.0', 'werkzeug@3.0']],
  [web, ['flask'], ['flask@2.0', 'werkzeug@2.3'], { constraints: ['werkzeug<3', 'nobody<2'] }],
  [
    web,
    ['flask'],
    ['flask@2.0', 'werkzeug@2.3'],
    {
      preferences: new Map([
        ['flask', ['2.0']],
        ['werkzeug', ['2.3', '9']],
      ]),
    },
  ],
  [web, ['flask>2'], ['flask@3.0', 'werkzeug@3.0'], { preferences: new Map([['flask', ['2.0']]]) }],
  [sets, ['all[everything]'], ['all@1', 'x@1', 'y@2']],
  [sets, ['all[more]'], ['all@1', 'x@1']],
  [sets, ['loop[a]'], ['loop@1', 'x@1']],
  [sets, ['picky'], ['picky@0.9']],
  [sets, ['fussy[x]'], ['fussy@0.9']],
  [sets, ['fussy'], ['fussy@1']],
  [pre, ['only', 'both'], ['both@1.0', 'only@1.0b1']],
  [pre, ['both', 'asks'], ['asks@1', 'both@2.0a1']],
  [pre, ['both>=1.0a0'], ['both@2.0a1']],
  [pre, ['both>1'], ['both@2.0a1']],
  [pre, ['both'], ['both@2.0a1'], { prereleases: ['both'] }],
  [pre, ['both'], ['both@2.0a1'], { set: { prereleases: true } }],
  [built, ['late'], ['late@2'], { preferWheels: ['late'] }],
  [built, ['late'], ['late@3a1'], { preferWheels: ['late'], prereleases: ['late'] }],
  [built, ['early'], ['early@2'], { preferWheels: ['early'] }],
  [built, ['early>=1a0'], ['early@1a1'], { preferWheels: ['early'] }],
  [built, ['only'], ['only@1a1'], { preferWheels: ['only'] }],
  [odd, ['local==1.0'], ['local@1.0+cpu']],
  [odd, ['local===1.0'], ['local@1.0']],
  [odd, ['spelt==1'], ['spelt@1.0.0']],
  [odd, ['spelt===1.0.0'], ['spelt@1.0.0']],
  [odd, ['yanked'], ['yanked@1']],
  [odd, ['yanked==2'], ['yanked@2']],
  [odd, ['yanked'], ['yanked@2'], { constraints: ['yanked==2'] }],
  [odd, ['yanked'], ['yanked@3'], { preferences: new Map([['yanked', ['3']]]) }],
  [odd, ['python'], ['python@1']],
  [odd, ['late'], ['late@1'], { excludeNewer: Date.parse('2024-01-01T00:00:00Z') }],
  [odd, ['late'], ['late@2'], { excludeNewer: Date.parse('2024-01-01T00:00:01Z') }],
  [odd, ['files'], ['files@1']],
  [odd, ['damaged'], ['damaged@1', 'local@1.0+cpu', 'x@1']],
  [odd, ['renamed'], ['renamed@1']],
  [odd, ['self'], ['self@0']],
])('%#: is solved', async (projects, asking, expected, asked = {}) => {
  expect(await answer(projects, asking, asked)).toEqual(expected);
});

test.each<[FakeProjects, Asking[], string, Asked?]>([
  [web, ['flask>=3', 'old'], 'the project depends on both flask>=3 (in.txt:1) and old (in.txt:2)'],
  [web, ['nobody'], 'which is not on pypi.org'],
  [web, ['flask>=4'], 'which matches no version'],
  [web, ['flask>3,<2'], 'depends on flask>3,<2 (in.txt:1), which no version can match'],
  [
    web,
    [
      { text: 'flask', index: 'https://user:secret@a.example/simple?token=secret' },
      { text: 'flask', index: 'https://b.example/simple' },
    ],
    'from two indexes: https://a.example/simple (in.txt:1) and https://b.example/simple (in.txt:2)',
  ],
  [
    web,
    ['flask', 'werkzeug>=3'],
    'excluded by the constraint werkzeug<3 (constraints.txt:1)',
    { constraints: ['werkzeug<3'] },
  ],
  [odd, ['spelt===1.0'], 'which matches no version'],
  [odd, ['yanked>=2'], 'which was yanked (broken)'],
  [odd, ['python>=2'], 'which needs Python >=3.13'],
  [odd, ['self>=1'], 'which needs Python <3'],
  [odd, ['files>=2'], 'which has no file for Python 3.12 on x86_64-linux'],
  [odd, ['x'], 'has no source distribution', { noBinary: ['x'] }],
  [
    odd,
    ['late'],
    'late <3 was published after 1970-01-01 and late 3 has no upload time',
    { excludeNewer: 0 },
  ],
  [odd, ['damaged==2'], 'which has a requirement that cannot be read, `x >= banana`'],
  [odd, ['damaged==4'], 'cannot be read, `x ? https://a.example/x.zip`'],
  [odd, ['damaged==3'], 'which needs x @ @, a source that only the project itself can name'],
  [odd, ['renamed==2'], 'which calls itself `other` in its metadata'],
  [odd, ['renamed==3'], 'which calls itself version `9` in its metadata'],
  [odd, ['renamed==4'], 'which has no metadata that can be read without running it'],
])('%#: is refused', async (projects, asking, expected, asked = {}) => {
  const refusal = await answer(projects, asking, asked);
  expect(refusal).toMatch(/^UNSATISFIABLE: /);
  expect(refusal).toContain(expected);
});
