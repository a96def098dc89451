import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { main } from '../../cli/main.ts';
import { planOutput, takeStep } from '../../cli/output.ts';
import { digest } from '../../cli/record.ts';
import { version } from '../../cli/version.ts';
import { copyProject, demoCache } from '../support/convert.ts';
import { expectGolden } from './golden.ts';
import {
  type Files,
  listing,
  lockText,
  makeFolder,
  manifestText,
  run,
  serveIndex,
  writeFiles,
} from './support.ts';

const root = join(import.meta.dirname, '..', '..');
const recordFile = 'nix/lock2nix/lock2nix.json';

/** Asks nobody: a registry that may not even be looked up, and a cache that cannot be written. */
const check = async (cwd: string, ...argv: readonly string[]) => {
  const out = { stdout: '', stderr: '' };
  const nowhere = join(cwd, 'poetry.lock', 'cache');
  const exitCode = await main(['check', ...argv], {
    cwd,
    env: { HOME: nowhere, XDG_CACHE_HOME: nowhere },
    platform: 'linux',
    arch: 'x64',
    stdout: { write: (text) => (out.stdout += text) },
    stderr: { write: (text) => (out.stderr += text) },
    get registry(): never {
      throw new Error('the registry was asked for');
    },
  });
  return { exitCode, ...out };
};

/** Converted projects by their options, made once; a test gets a copy. */
const converted = new Map<string, Promise<Files>>();

const convertOnce = async (argv: readonly string[], more: Files): Promise<Files> => {
  const { index } = await serveIndex();
  const files = { 'poetry.lock': lockText(), 'pyproject.toml': manifestText, ...more };
  const cwd = writeFiles(makeFolder(), files);
  const result = await run(['convert', '--cache-dir', makeFolder(), ...argv], { cwd, index });
  expect(result).toMatchObject({ exitCode: 0 });
  return listing(cwd);
};

/** A project that was converted with these options. */
const makeConverted = async (argv: readonly string[] = [], more: Files = {}): Promise<string> => {
  const key = JSON.stringify([argv, more]);
  const known = converted.get(key) ?? convertOnce(argv, more);
  converted.set(key, known);
  const files = Object.entries(await known).filter(([name]) => !name.endsWith('/'));
  return writeFiles(makeFolder(), Object.fromEntries(files));
};

const change = (project: string, file: string, edit: (text: string) => string): void => {
  const path = join(project, file);
  writeFileSync(path, edit(readFileSync(path, 'utf8')));
};

interface RecordText {
  [key: string]: unknown;
  options: Record<string, unknown>;
  inputs: Record<string, string | null>;
  files: Record<string, string>;
  place: { project?: string; exclude: string[] };
}

const changeRecord = (project: string, edit: (record: RecordText) => void): void =>
  change(project, recordFile, (text) => {
    const record = JSON.parse(text) as RecordText;
    edit(record);
    return `${JSON.stringify(record, null, 2)}\n`;
  });

const textOf = (project: string, file: string): string => readFileSync(join(project, file), 'utf8');

test('all agrees: one line, exit code 0, nothing is touched', async () => {
  const project = await makeConverted();
  const before = listing(project);
  expect(await check(project)).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'nix/lock2nix: up to date with poetry.lock, 2 packages for Python 3.12 on 4 systems\n',
  });
  expect(listing(project)).toEqual(before);
});

test.each([
  ['the file', ['poetry.lock']],
  ['the folder', ['.']],
  ['`-o` with the default', ['-o', 'nix/lock2nix']],
  [
    '`--offline`, `--cache-dir` and `--no-progress`, as for convert',
    ['--offline', '--cache-dir', 'x', '--no-progress'],
  ],
])('%s: the same recipe', async (_, argv) => {
  const project = await makeConverted();
  expect(await check(project, ...argv)).toMatchObject({ exitCode: 0 });
  expect(existsSync(join(project, 'x'))).toBe(false);
});

test('from another folder, and with the output elsewhere', async () => {
  const out = join(makeFolder(), 'recipe');
  const project = await makeConverted();
  const { index } = await serveIndex();
  await run(['convert', '--cache-dir', makeFolder(), '-o', out], { cwd: project, index });
  expect((await check(makeFolder(), project)).stderr).toBe(
    `${project}/nix/lock2nix: up to date with ${project}/poetry.lock, 2 packages for Python 3.12 on 4 systems\n`,
  );
  expect(await check(project, '-o', out)).toMatchObject({ exitCode: 0 });
  expect(await check(makeFolder(), join(project, 'poetry.lock'), '-o', out)).toMatchObject({
    exitCode: 0,
  });
});

test('`--quiet` says nothing when all agrees, and the error alone when not', async () => {
  const project = await makeConverted();
  expect(await check(project, '--quiet')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  change(project, 'poetry.lock', (text) => `${text}\n`);
  expect(await check(project, '--quiet')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr:
      'error: `nix/lock2nix` is not up to date: 1 input\nhint: bring the recipe up to date: convert\n',
  });
});

test('`--json` prints the findings as data', async () => {
  const project = await makeConverted();
  const recipe = {
    packages: 2,
    python: '3.12',
    systems: ['aarch64-darwin', 'aarch64-linux', 'x86_64-darwin', 'x86_64-linux'],
  };
  const good = await check(project, '--json');
  expect(JSON.parse(good.stdout)).toEqual({
    upToDate: true,
    input: 'poetry.lock',
    output: 'nix/lock2nix',
    recipe,
    findings: [],
    command: 'convert',
  });
  change(project, 'nix/lock2nix/pins.nix', (text) => text.replace('alpha', 'omega'));
  const bad = await check(project, '--json');
  expect(bad.exitCode).toBe(1);
  expect(JSON.parse(bad.stdout)).toEqual({
    upToDate: false,
    input: 'poetry.lock',
    output: 'nix/lock2nix',
    recipe,
    findings: [
      {
        cause: 'file',
        code: 'file-edited',
        file: 'nix/lock2nix/pins.nix',
        line: 4,
        message: '`nix/lock2nix/pins.nix` was edited, from line 4 on',
        hint: 'put it back: convert',
      },
    ],
    command: 'convert',
  });
});

interface Case {
  readonly name: string;
  /** Codes of the findings, in their order. */
  readonly codes: readonly string[];
  /** What it was converted with. */
  readonly converted?: readonly string[];
  readonly files?: Files;
  readonly change?: (project: string) => void;
  readonly argv?: readonly string[];
  /** When `convert` cannot mend it, or not without help. */
  readonly isMended?: false;
}

const overrides = '[[package]]\nname = "alpha"\nnative = { libraries = ["libffi"] }\n';

const inputs: readonly Case[] = [
  {
    name: 'a changed lock',
    codes: ['input-changed'],
    change: (project) =>
      change(project, 'poetry.lock', (text) => text.replace('The package alpha', 'Alpha')),
  },
  {
    name: 'a lock with another comment',
    codes: ['input-changed'],
    change: (project) => change(project, 'poetry.lock', (text) => `# Mine\n${text}`),
  },
  {
    name: 'a lock with other line endings',
    codes: ['input-changed'],
    change: (project) => change(project, 'poetry.lock', (text) => text.replaceAll('\n', '\r\n')),
  },
  {
    name: 'a lock that is gone',
    codes: ['input-gone'],
    change: (project) => rmSync(join(project, 'poetry.lock')),
    isMended: false,
  },
  {
    name: 'a lock that is gone, and was named',
    codes: ['input-gone'],
    argv: ['poetry.lock'],
    change: (project) => rmSync(join(project, 'poetry.lock')),
    isMended: false,
  },
  {
    name: 'a lock that is a folder',
    codes: ['input-gone'],
    change: (project) => {
      rmSync(join(project, 'poetry.lock'));
      mkdirSync(join(project, 'poetry.lock'));
    },
    isMended: false,
  },
  {
    name: 'a changed manifest',
    codes: ['input-changed'],
    change: (project) => change(project, 'pyproject.toml', (text) => `${text}# Mine\n`),
  },
  {
    name: 'a manifest that is gone',
    codes: ['input-gone'],
    change: (project) => rmSync(join(project, 'pyproject.toml')),
  },
  {
    name: 'overrides that have come',
    codes: ['input-appeared'],
    change: (project) => {
      writeFiles(project, { 'overrides.toml': overrides });
    },
  },
  {
    name: 'overrides that have changed',
    codes: ['input-changed'],
    files: { 'overrides.toml': overrides },
    change: (project) => change(project, 'overrides.toml', (text) => text.replace('ffi', 'xml2')),
  },
  {
    name: 'overrides that are gone',
    codes: ['input-gone'],
    files: { 'overrides.toml': overrides },
    change: (project) => rmSync(join(project, 'overrides.toml')),
  },
  {
    name: 'several inputs at once, with recorded options',
    codes: ['input-appeared', 'input-changed', 'input-gone'],
    converted: ['--python', '3.11', '--extras', 'fast', '--systems', 'x86_64-linux'],
    change: (project) => {
      writeFiles(project, { 'overrides.toml': overrides });
      change(project, 'poetry.lock', (text) => `${text}\n`);
      rmSync(join(project, 'pyproject.toml'));
    },
  },
  {
    name: 'another lock than was converted',
    codes: ['input-other'],
    argv: ['old.lock'],
    files: { 'old.lock': lockText() },
  },
];

const options: readonly Case[] = [
  { name: 'another Python', codes: ['option-differs'], argv: ['--python', '3.11'] },
  { name: 'a patch release', codes: ['option-differs'], argv: ['--python', '3.12.1'] },
  {
    name: 'any patch release',
    codes: ['option-differs'],
    converted: ['--python', '3.12.1'],
    argv: ['--python', '3.12'],
  },
  { name: 'other systems', codes: ['option-differs'], argv: ['--systems', 'x86_64-linux'] },
  {
    name: 'musl',
    codes: ['option-differs'],
    converted: ['--systems', 'x86_64-linux'],
    argv: ['--systems', 'x86_64-linux-musl'],
  },
  { name: 'an extra', codes: ['option-differs'], argv: ['--extras', 'fast'] },
  {
    name: 'no extra',
    codes: ['option-differs'],
    converted: ['--extras', 'fast'],
    argv: ['--extras', ''],
  },
  {
    name: 'all extras',
    codes: ['option-differs'],
    converted: ['--extras', 'fast'],
    argv: ['--extras', ':all:'],
  },
  { name: 'a group', codes: ['option-differs'], argv: ['--groups', 'dev'] },
  {
    name: 'source instead of wheels',
    codes: ['option-differs'],
    argv: ['--prefer', 'sdist'],
  },
  { name: 'strict', codes: ['option-differs'], argv: ['--strict'] },
  { name: 'no bundled rules', codes: ['option-differs'], argv: ['--no-collection'] },
  {
    name: 'several options, others as recorded',
    codes: ['option-differs', 'option-differs'],
    converted: ['--groups', 'dev', '--strict'],
    argv: ['--python', '3.10', '--prefer', 'sdist'],
  },
  {
    name: 'an option and a changed lock',
    codes: ['option-differs', 'input-changed'],
    argv: ['--extras', 'fast'],
    change: (project) => change(project, 'poetry.lock', (text) => `${text}\n`),
  },
];

const outputs: readonly Case[] = [
  {
    name: 'an edited file',
    codes: ['file-edited'],
    change: (project) =>
      change(project, 'nix/lock2nix/pins.nix', (text) => text.replace('alpha', 'omega')),
  },
  {
    name: 'an edited runtime file, with recorded options',
    codes: ['file-edited'],
    converted: ['--prefer', 'sdist'],
    change: (project) =>
      change(project, 'nix/lock2nix/runtime/default.nix', (text) => `${text}# Mine\n`),
  },
  {
    name: 'a file with other line endings',
    codes: ['file-edited'],
    change: (project) =>
      change(project, 'nix/lock2nix/default.nix', (text) => text.replaceAll('\n', '\r\n')),
  },
  {
    name: 'an empty file',
    codes: ['file-edited'],
    change: (project) => change(project, 'nix/lock2nix/default.nix', () => ''),
  },
  {
    name: 'a missing file',
    codes: ['file-missing'],
    change: (project) => rmSync(join(project, 'nix/lock2nix/pins.nix')),
  },
  {
    name: 'a missing folder and an edited file',
    codes: ['file-edited', 'file-missing'],
    change: (project) => {
      rmSync(join(project, 'nix/lock2nix/runtime'), { recursive: true });
      change(project, 'nix/lock2nix/default.nix', (text) => `# Mine\n${text}`);
    },
  },
  {
    name: 'one file too many in runtime/',
    codes: ['file-extra', 'file-extra'],
    change: (project) => {
      writeFiles(join(project, 'nix/lock2nix/runtime'), { 'a/old.py': '', "it's.nix": '' });
    },
    isMended: false,
  },
  {
    name: 'a link in the place of a file',
    codes: ['file-blocked'],
    change: (project) => {
      renameSync(join(project, 'nix/lock2nix/pins.nix'), join(project, 'pins.nix'));
      symlinkSync('../../pins.nix', join(project, 'nix/lock2nix/pins.nix'));
    },
    isMended: false,
  },
  {
    name: 'a link in the place of a folder',
    codes: ['file-blocked'],
    change: (project) => {
      renameSync(join(project, 'nix/lock2nix/runtime'), join(project, 'runtime'));
      symlinkSync('../../runtime', join(project, 'nix/lock2nix/runtime'));
    },
    isMended: false,
  },
  {
    name: 'a moved recipe',
    codes: ['place-differs'],
    argv: ['-o', 'recipe'],
    change: (project) => renameSync(join(project, 'nix/lock2nix'), join(project, 'recipe')),
  },
  {
    name: 'a recipe moved out of the project',
    codes: ['place-differs'],
    argv: ['project', '-o', 'nix/lock2nix'],
    change: (project) => {
      mkdirSync(join(project, 'project'));
      for (const name of ['poetry.lock', 'pyproject.toml']) {
        renameSync(join(project, name), join(project, 'project', name));
      }
    },
  },
  {
    name: 'a recipe of another lock2nix',
    codes: ['tool-differs'],
    change: (project) =>
      changeRecord(project, (record) => {
        record['lock2nix'] = '0.0.1';
      }),
  },
  {
    name: 'a recipe of another lock2nix, edited, and with a graph of its own',
    codes: ['tool-differs', 'option-differs', 'file-edited', 'file-missing'],
    argv: ['--python', '3.11'],
    change: (project) => {
      changeRecord(project, (record) => {
        record['lock2nix'] = '0.0.1';
        (record['graph'] as Record<string, unknown>)['news'] = true;
      });
      change(project, 'nix/lock2nix/default.nix', (text) => `# Mine\n${text}`);
      rmSync(join(project, 'nix/lock2nix/pins.nix'));
    },
  },
  {
    name: 'an interrupted run',
    codes: ['interrupted'],
    change: (project) => {
      writeFiles(project, {
        'nix/lock2nix/.lock2nix.json.next': textOf(project, recordFile),
        'nix/lock2nix/default.nix': 'half',
      });
    },
  },
  {
    name: 'an interrupted first run',
    codes: ['interrupted'],
    converted: ['--extras', 'fast'],
    change: (project) =>
      renameSync(join(project, recordFile), join(project, 'nix/lock2nix/.lock2nix.json.next')),
  },
];

const records: readonly Case[] = [
  {
    name: 'a file edited together with its digest',
    codes: ['record-edited'],
    change: (project) => {
      change(project, 'nix/lock2nix/pins.nix', (text) => text.replace('alpha', 'omega'));
      changeRecord(project, (record) => {
        record.files['pins.nix'] = digest(textOf(project, 'nix/lock2nix/pins.nix'));
      });
    },
  },
  {
    name: 'a graph edited alone',
    codes: ['record-edited'],
    change: (project) =>
      change(project, recordFile, (text) => text.replace('The package alpha', 'Something else')),
  },
  {
    name: 'a digest edited alone',
    codes: ['record-edited'],
    change: (project) =>
      changeRecord(project, (record) => {
        record.files['pins.nix'] = digest('');
      }),
  },
  {
    name: 'a digest left out, and the file edited',
    codes: ['file-edited', 'record-edited'],
    change: (project) => {
      change(project, 'nix/lock2nix/pins.nix', (text) => text.replace('alpha', 'omega'));
      changeRecord(project, (record) => {
        delete record.files['pins.nix'];
      });
    },
    // Nobody says that the edited file is ours.
    isMended: false,
  },
  {
    name: 'a file listed that nothing prints',
    codes: ['record-edited'],
    change: (project) =>
      changeRecord(project, (record) => {
        record.files['runtime/mine.nix'] = digest('');
      }),
  },
  {
    name: 'a place edited alone',
    codes: ['place-differs', 'record-edited'],
    change: (project) =>
      changeRecord(project, (record) => {
        record.place.exclude = ['elsewhere'];
      }),
  },
  {
    name: 'an unknown field',
    codes: ['record-edited'],
    change: (project) =>
      changeRecord(project, (record) => {
        record.options['lucky'] = true;
      }),
  },
  {
    name: 'other white space',
    codes: ['record-edited'],
    change: (project) => change(project, recordFile, (text) => JSON.stringify(JSON.parse(text))),
  },
];

/** Carries out the command of a hint, as a shell would for these simple words. */
const mend = async (project: string, command: string): Promise<number> => {
  const { index } = await serveIndex();
  const [name = '', ...argv] = command.split(' ').map((word) => word.replace(/^'(.*)'$/, '$1'));
  const result = await run([name, ...argv, '--cache-dir', makeFolder()], { cwd: project, index });
  return result.exitCode;
};

describe.each([
  ['inputs', inputs],
  ['options', options],
  ['outputs', outputs],
  ['records', records],
])('%s that do not agree', (group, cases) => {
  const texts: string[] = [];

  test.each(cases)('$name', async (each) => {
    const { name, codes, argv = [], isMended } = each;
    const project = await makeConverted(each.converted, each.files);
    each.change?.(project);
    const before = listing(project);

    const result = await check(project, ...argv);

    expect(listing(project)).toEqual(before);
    const stderr = result.stderr.replaceAll(project, 'PROJECT').replaceAll(version, 'VERSION');
    // The recipe's lines are no matter of these texts.
    const golden = stderr.replaceAll(/\bline \d+/g, 'line N');
    texts.push(`== ${name}: ${['check', ...argv].join(' ')}\n${golden}`);
    expect({ ...result, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^(?:[a-z]+: [^\n]+\n)+error: `[^\n]+` is not up to date: [^\n]+\nhint: [^\n]+\n$/,
      ),
    });

    const { stdout } = await check(project, ...argv, '--json', '--quiet');
    const { findings, command, upToDate } = JSON.parse(stdout) as {
      upToDate: boolean;
      command: string;
      findings: readonly { code: string; file: string; message: string; hint: string }[];
    };
    expect(upToDate).toBe(false);
    expect(findings.map(({ code }) => code)).toEqual(codes);
    for (const { message, hint } of findings) {
      expect(result.stderr).toContain(message);
      expect(result.stderr).toContain(`hint: ${hint}\n`);
    }

    const isDone = (await mend(project, command)) === 0;
    const { exitCode } = await check(project, ...argv);
    expect(isDone && exitCode === 0).toBe(isMended ?? true);
  });

  test('the texts are those of the golden file', () => {
    expectGolden(`cli/check/${group}.txt`, texts.join('\n'));
  });
});

test('a run that is killed after any step is told from a finished one', async () => {
  const [older, newer] = await Promise.all([makeConverted(), makeConverted(['--prefer', 'sdist'])]);
  const files = Object.entries(listing(join(newer, 'nix/lock2nix'))).filter(
    ([name]) => !name.endsWith('/') && name !== 'lock2nix.json',
  );
  const wanted = [new Map(files), textOf(newer, recordFile)] as const;
  const finished = [older, newer].map((project) => listing(join(project, 'nix/lock2nix')));
  const told: string[] = [];
  for (let count = 0, isAll = false; !isAll; count += 1) {
    const project = await makeConverted();
    const folder = join(project, 'nix/lock2nix');
    const { steps } = planOutput(folder, ...wanted);
    for (const step of steps.slice(0, count)) takeStep(step);
    isAll = count >= steps.length;
    const state = Object.entries(listing(folder)).filter(([name]) => !name.endsWith('-part'));
    const result = JSON.parse((await check(project, '--json')).stdout) as {
      findings: readonly { code: string }[];
      command: string;
    };
    const codes = result.findings.map(({ code }) => code);
    const isFinished = finished.some((each) => isDeepStrictEqual(each, Object.fromEntries(state)));
    expect({ count, codes }).toEqual({ count, codes: isFinished ? [] : ['interrupted'] });
    // What was begun is gone on with.
    if (!isFinished) expect(result.command).toBe('convert --prefer sdist');
    told.push(codes.join());
  }
  expect(told.filter((codes) => codes === 'interrupted').length).toBeGreaterThan(4);
  expect([told[0], told.at(-1)]).toEqual(['', '']);
});

test.each([
  [['--python', '3.12'], []],
  [['--systems', 'x86_64-linux,aarch64-linux,x86_64-darwin,aarch64-darwin'], []],
  [['--prefer', 'wheel'], []],
  [['--extras', ''], []],
  [['--groups', 'main'], []],
  [
    ['--extras', 'FAST', '--groups', 'dev,main'],
    ['--extras', 'fast', '--groups', 'dev'],
  ],
  [
    ['--extras', ':all:'],
    ['--extras', 'fast,:all:'],
  ],
  [['--strict'], ['--strict']],
  [['--no-collection'], ['--no-collection']],
  [[], ['--no-collection']],
  [[], ['--strict', '--prefer', 'sdist', '--groups', ':all:']],
])('%j is what the recipe of %j was made with', async (argv, made) => {
  const project = await makeConverted(made);
  expect(await check(project, ...argv)).toMatchObject({ exitCode: 0 });
});

test.each([
  ['no folder', makeFolder, [], 'there is no recipe in `nix/lock2nix`', 'convert'],
  [
    'no record',
    () => writeFiles(makeFolder(), { 'nix/lock2nix/default.nix': '' }),
    ['.', '--python', '3.12', '--extras', "a b,it's"],
    'there is no recipe in `nix/lock2nix`',
    "convert . --python 3.12 --extras 'a b,it'\\''s'",
  ],
  [
    'an output folder that is not there',
    makeFolder,
    ['-o', 'my recipe'],
    'there is no recipe in `my recipe`',
    "convert -o 'my recipe'",
  ],
  [
    'an output folder below a file',
    () => writeFiles(makeFolder(), { nix: '' }),
    [],
    'cannot read `nix/lock2nix`: ENOTDIR',
    'check its permissions, or name another folder with `-o DIR`',
  ],
  [
    'a package',
    makeFolder,
    ['pypi:Flask>=3', 'pypi:click'],
    'there is no recipe in `nix/lock2nix`',
    "convert pypi:click 'pypi:flask>=3'",
  ],
  [
    'a path that is not there',
    makeFolder,
    ['no/where'],
    'there is no file `no/where`',
    'name a lockfile, a manifest or a folder with one: convert PATH/TO/poetry.lock',
  ],
  [
    'two inputs',
    makeFolder,
    ['a', 'b'],
    '`check` takes one input, or packages, and was given 2',
    expect.any(String),
  ],
])('%s: exit code 2', async (_, make, argv, message, hint) => {
  const project = make();
  const before = listing(project);
  const { exitCode, stdout, stderr } = await check(project, ...argv);
  const [, told, next] = /^error: (.*)\nhint: (.*)\n$/.exec(stderr) ?? [];
  expect({ exitCode, stdout, told, next }).toEqual({
    exitCode: 2,
    stdout: '',
    told: message,
    next: hint,
  });
  expect(listing(project)).toEqual(before);
});

test('an input that never was there is a mistake on the command line', async () => {
  const project = await makeConverted();
  expect(await check(project, 'poetri.lock')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^error: there is no file `poetri.lock`\nhint: /),
  });
});

test.each([
  [['--python', '4.0'], 'PYTHON', 'hint: write one of 2.7, '],
  [['--systems', 'x86_64-linus'], 'SYSTEM', 'hint: did you mean `x86_64-linux`?'],
  [['--prefer', 'egg'], 'USAGE', 'Allowed choices are wheel, sdist'],
])('%j is refused as convert refuses it (%s)', async (argv, _, words) => {
  const { exitCode, stderr } = await check(await makeConverted(), ...argv);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(words) });
});

test('files that are not ours are nobody’s business', async () => {
  const project = await makeConverted();
  writeFiles(project, {
    'nix/lock2nix/notes.txt': 'mine',
    'nix/lock2nix/mine.nix': '{ }',
    'nix/lock2nix/runtime/.DS_Store': '',
    'nix/lock2nix/runtime/__pycache__/build_wheel.cpython-312.pyc': '',
    'nix/other.nix': '{ }',
    'uv.lock': '',
  });
  expect(await check(project)).toMatchObject({ exitCode: 0 });
});

test('a lock that is no UTF-8 is compared by its bytes', async () => {
  const { index } = await serveIndex();
  const project = writeFiles(makeFolder(), { 'pyproject.toml': manifestText });
  const lock = Buffer.concat([Buffer.from(lockText()), Buffer.from([0x23, 0xff, 0x0a])]);
  writeFileSync(join(project, 'poetry.lock'), lock);
  await run(['convert', '--cache-dir', makeFolder()], { cwd: project, index });
  expect(await check(project)).toMatchObject({ exitCode: 0 });
  lock[lock.length - 2] = 0xfe;
  writeFileSync(join(project, 'poetry.lock'), lock);
  expect(await check(project)).toMatchObject({ exitCode: 1 });
});

describe('a project with sources and a path of its own', () => {
  let project = '';

  beforeAll(async () => {
    project = copyProject('demo');
    const argv = ['convert', '--offline', '--cache-dir', demoCache];
    expect(await run(argv, { cwd: project })).toMatchObject({ exitCode: 0 });
  });

  test('agrees', async () => {
    expect(await check(project)).toMatchObject({ exitCode: 0 });
  });
});

test('nothing that `check` loads can reach a network or a cache', () => {
  const loaded = new Set<string>();
  const packages = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    if (!path.endsWith('.ts')) return;
    const text = readFileSync(path, 'utf8').replace(/^import type [^;]+;/gm, '');
    for (const [, specifier = ''] of text.matchAll(/(?:\bfrom\s+|\bimport\(\s*)'([^'\n]+)'/g)) {
      if (specifier.startsWith('.')) load(resolve(dirname(path), specifier));
      else packages.add(specifier);
    }
  };
  load(join(root, 'cli/commands/check.ts'));
  expect(loaded.size).toBeGreaterThan(30);
  expect(
    [...loaded].filter((path) => path.includes('registry/') && !path.endsWith('registry/url.ts')),
  ).toEqual([]);
  const reaching =
    /^(?:got|hpagent|p-limit|node:(?:http|http2|https|net|tls|dns|dgram|child_process))\b/;
  expect([...packages].filter((name) => reaching.test(name))).toEqual([]);
});
