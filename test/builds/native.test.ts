import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { findInterpreters } from '../host/interpreters.ts';
import { hostInterpreters, lintOutput } from '../host/lint-output.ts';
import { type HostNix, openHostNix } from '../host/nix.ts';
import { requirement, testWith } from '../host/requirements.ts';
import { runLock2nix, toolsCache } from '../support/convert.ts';

const minor = findInterpreters().found.at(-1)?.minor ?? '3.11';
const needs = ['nix', `python${minor}`, 'gcc'];
const tag = minor.replace('.', '');
const scratch = mkdtempSync(join(tmpdir(), 'l2n-native-'));

const run = (command: readonly string[], cwd: string): void => {
  const [program = '', ...rest] = command;
  const { status, stderr } = spawnSync(program, rest, { cwd, encoding: 'utf8' });
  expect({ command, status, stderr }).toMatchObject({ status: 0 });
};

const write = (path: string, text: string): void => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
};

/** A wheel of a folder's files, zipped by the interpreter itself. */
const makeWheel = (name: string, folder: string, wheelTag: string): string => {
  const info = join(folder, `${name}-1.0.dist-info`);
  write(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`);
  write(
    join(info, 'WHEEL'),
    `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: ${wheelTag}\n`,
  );
  write(join(info, 'RECORD'), '');
  const file = `${name}-1.0-${wheelTag}.whl`;
  const prefix = findInterpreters().found.find((one) => one.minor === minor)?.prefix ?? '';
  const python = join(prefix, 'bin', `python${minor}`);
  run([python, '-m', 'zipfile', '-c', join(scratch, 'project', file), '.'], folder);
  return file;
};

const lockOf = (files: Readonly<Record<string, string>>): string => {
  const packages = Object.entries(files).map(([name, file]) => {
    const bytes = readFileSync(join(scratch, 'project', file));
    const hash = createHash('sha256').update(bytes).digest('hex');
    return `[[package]]
name = "${name}"
version = "1.0"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
files = [{file = "${file}", hash = "sha256:${hash}"}]

[package.source]
type = "file"
url = "${file}"
`;
  });
  return `${packages.join('\n')}
[metadata]
lock-version = "2.1"
python-versions = ">=${minor}"
content-hash = "${'0'.repeat(64)}"
`;
};

/** `alpha` wants two libraries that no recipe has by itself; it shares a module and a program with `beta`. */
const makeProject = (): void => {
  const alpha = join(scratch, 'alpha');
  const library = join(scratch, 'library');
  mkdirSync(join(scratch, 'project'));
  mkdirSync(library);
  for (const [name, soname] of [
    ['png', 'libpng16.so.16'],
    ['foreign', 'libforeign.so.7'],
  ] as const) {
    write(join(library, `${name}.c`), `int ${name}(void) { return 7; }\n`);
    run(['gcc', '-shared', '-fPIC', `-Wl,-soname,${soname}`, '-o', soname, `${name}.c`], library);
  }
  write(
    join(alpha, 'alpha.c'),
    'int png(void); int foreign(void); int answer(void) { return png() * foreign(); }\n',
  );
  run(
    [
      ...['gcc', '-shared', '-fPIC', '-o', 'libalpha.so', 'alpha.c'],
      ...[`${library}/libpng16.so.16`, `${library}/libforeign.so.7`],
    ],
    alpha,
  );
  rmSync(join(alpha, 'alpha.c'));
  write(
    join(alpha, 'alpha.py'),
    "import ctypes, os\nlibrary = ctypes.CDLL(os.path.join(os.path.dirname(__file__), 'libalpha.so'))\n",
  );
  const beta = join(scratch, 'beta');
  write(join(alpha, 'shared', '__init__.py'), "owner = 'alpha'\n");
  write(join(beta, 'shared', '__init__.py'), "owner = 'beta'\n");
  write(join(alpha, 'shared', 'more.py'), "owner = 'alpha'\n");
  write(join(beta, 'shared', 'more.py'), "owner = 'beta'\n");
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const files = {
    alpha: makeWheel('alpha', alpha, `cp${tag}-cp${tag}-manylinux_2_17_${machine}`),
    beta: makeWheel('beta', beta, 'py3-none-any'),
  };
  writeFileSync(join(scratch, 'project', 'poetry.lock'), lockOf(files));
};

/** Tests build one after the other: each pastes what the one before it was told. */
describe('what a build asks for is pasted', () => {
  const project = join(scratch, 'project');
  const recipe = join(project, 'nix', 'lock2nix');
  let opened: HostNix | undefined;
  const nix = (): HostNix => {
    if (opened === undefined) throw new Error('no Nix');
    return opened;
  };
  /** nixpkgs' libraries, as far as this test needs them. */
  const pkgs = `let pkgs = import <nixpkgs> { }; library = soname: pkgs.runCommand soname { } ''
    mkdir -p $out/lib
    cp \${${join(scratch, 'library')}}/\${soname} $out/lib/
  ''; in pkgs // { libpng = library "libpng16.so.16"; foreign.lib = library "libforeign.so.7"; }`;
  const target = (attribute: string) => ({
    file: recipe,
    attributes: [attribute],
    arguments: { pkgs },
  });
  const convert = async (): Promise<string> => {
    const system = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux';
    const { exitCode, stderr } = await runLock2nix(
      ['convert', '--offline', '--cache-dir', toolsCache, '--python', minor, '--systems', system],
      project,
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return stderr;
  };
  let rules = '';
  const paste = async (lines: string): Promise<void> => {
    rules += `${lines}\n`;
    writeFileSync(join(project, 'overrides.toml'), rules);
    expect(await convert()).not.toContain('the rule does nothing');
  };

  beforeAll(async () => {
    if (needs.some((name) => !requirement(name).available)) return;
    opened = openHostNix();
    makeProject();
    await convert();
  });
  afterAll(() => {
    opened?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  testWith(needs, 'libraries that a prebuilt module wants', async () => {
    const { exitCode, log } = await nix().tryNixBuild(target('packages.alpha'));
    expect(exitCode).not.toBe(0);
    expect(log).toContain(
      'error: alpha cannot be built: libraries are missing (libalpha.so wants libforeign.so.7; libalpha.so wants libpng16.so.16)',
    );
    const lines = /\[\[package\]\]\nname = "alpha"\nnative = .*\n/.exec(log)?.[0] ?? '';
    expect(lines).toContain('libraries = ["libpng", "ATTRIBUTE"] } # ATTRIBUTE: ');
    await paste(lines.replace('"ATTRIBUTE"', '"foreign.lib"'));
    const { paths } = await nix().nixBuild(target('packages.alpha'));
    const options = { storeDir: nix().storeDir, hostInterpreters, allRecorded: true };
    expect(lintOutput(paths[0] ?? '', options)).toEqual([]);
    expect((await nix().rebuildCheck(paths[0] ?? '')).failed).toEqual([]);
  });

  testWith(needs, 'files that two packages bring', async () => {
    const { exitCode, log } = await nix().tryNixBuild(target('env'));
    expect(exitCode).not.toBe(0);
    expect(log).toContain(
      `error: 2 packages bring lib/python${minor}/site-packages/shared/__init__.py with differing content:`,
    );
    expect(log).toMatch(/^ {2}alpha 1\.0 \(.*\)\n {2}beta 1\.0 \(.*\)$/m);
    const lines = /\[\[collision\]\]\n.*\n.*\n/.exec(log)?.[0] ?? '';
    expect(lines).toBe(
      '[[collision]]\npath = "lib/python*/site-packages/shared/**"\nkeep = "alpha" # or "beta"\n',
    );
    // Both wheels lie beside the lock, so that converting tells as much, and in the same words.
    expect(await convert()).toContain(lines);
    await paste(lines.replace('"alpha"', '"beta"'));
    const [env = ''] = (await nix().nixBuild(target('env'))).paths;
    const program = 'import alpha, shared.more; print(shared.more.owner, alpha.library.answer())';
    const { output } = await nix().run([`${env}/bin/python`, '-c', program]);
    expect(output.trim()).toBe('beta 49');
  });
});
