import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { newestPython3 } from './interpreters.ts';
import { hostInterpreters, lintOutput } from './lint-output.ts';
import { type HostNix, openHostNix } from './nix.ts';
import { requirement, testWith } from './requirements.ts';

const scratch = mkdtempSync(join(tmpdir(), 'l2n-stdenv-'));
let opened: HostNix | undefined;
const nix = (): HostNix => {
  if (!opened) throw new Error('no Nix');
  return opened;
};
beforeAll(() => {
  if (requirement('nix').available) opened = openHostNix({ sandboxPaths: [scratch] });
});
afterAll(() => {
  opened?.close();
  rmSync(scratch, { recursive: true, force: true });
});

const withHost = (text: string): { expression: string } => ({
  expression: `with import <nixpkgs> { }; ${text}`,
});
const only = async (text: string): Promise<string> =>
  (await nix().nixBuild(withHost(text))).paths[0] ?? '';

const hello = (hardening: string): string => `stdenv.mkDerivation {
  pname = "hello";
  version = "1";
  dontUnpack = true;
  ${hardening}
  buildPhase = ''
    cat > hello.c <<'X'
    #include <stdio.h>
    int main(int count, char **words) { printf(words[0]); return count != 1; }
    X
    cc hello.c -o hello
  '';
  installPhase = ''
    mkdir -p $out/bin
    cp hello $out/bin
  '';
}`;

testWith(['nix'], "nixpkgs' `format` hardening is an error until it is disabled", async () => {
  const failed = await nix().tryNixBuild(withHost(hello('')));
  expect(failed.exitCode).not.toBe(0);
  expect(failed.log).toContain('error: format not a string literal');
  const path = await only(hello('hardeningDisable = [ "format" ];'));
  expect((await nix().run([`${path}/bin/hello`])).output).toContain('/bin/hello');
  expect(await nix().rebuildCheck(path)).toMatchObject({
    failed: [],
    checked: [expect.stringMatching(/hello-1\.drv$/)],
  });
  const { built, reused, unsandboxed } = nix().counts();
  expect({ reused, unsandboxed }).toEqual({ reused: 0, unsandboxed: nix().sandboxed ? 0 : built });
});

testWith(['sandbox'], 'a build sees no network, no /usr/bin and no host PATH', async () => {
  const path = await only(`runCommand "look" { } ''
    for name in python3 perl git node curl; do type -p $name && exit 1; done
    test ! -e /usr/bin/env
    test ! -e ${process.cwd()}
    if (exec 3<>/dev/tcp/1.1.1.1/53) 2>/dev/null; then exit 1; fi
    printf '#!/usr/bin/env bash\\n' > script && chmod +x script
    if ./script 2>/dev/null; then exit 1; fi
    touch $out
  ''`);
  expect(path).toContain('look');
});

testWith(['nix'], 'fixup patches shebangs and strips unless it is told not to', async () => {
  const make = (options: string): string => `stdenv.mkDerivation {
    name = "fixup";
    dontUnpack = true;
    ${options}
    installPhase = ''
      mkdir -p $out/bin $out/lib
      printf '#!/usr/bin/env bash\\necho hi\\n' > $out/bin/hi
      chmod +x $out/bin/hi
      echo 'int one(void) { return 1; }' > one.c
      cc -g -shared one.c -o $out/lib/libone.so
    '';
  }`;
  const symbols = async (path: string): Promise<string> =>
    (await nix().run(['readelf', '-S', `${path}/lib/libone.so`])).output;
  const options = { storeDir: nix().storeDir, hostInterpreters };
  const fixed = await only(make(''));
  expect(await symbols(fixed)).not.toContain('.debug_info');
  expect(lintOutput(fixed, options)).toEqual([]);
  const raw = await only(make('dontStrip = true; dontPatchShebangs = true;'));
  expect(await symbols(raw)).toContain('.debug_info');
  expect(lintOutput(raw, options)).toMatchObject([{ file: 'bin/hi', rule: 'shebang' }]);
});

testWith(['nix'], 'a broken link into the store ends the build', async () => {
  const make = (options: string) => `stdenv.mkDerivation {
    name = "broken";
    dontUnpack = true;
    ${options}
    installPhase = "mkdir $out; ln -s missing $out/link";
  }`;
  const failed = await nix().tryNixBuild(withHost(make('')));
  expect(failed.log).toContain('points to a missing target');
  const path = await only(make('dontFixup = true;'));
  expect(lintOutput(path, { storeDir: nix().storeDir })).toMatchObject([{ rule: 'link' }]);
});

const library = `stdenv.mkDerivation {
  name = "libtwo";
  dontUnpack = true;
  installPhase = "mkdir -p $out/lib; echo 'int two(void) { return 2; }' > two.c; cc -shared -Wl,-soname,libtwo.so.1 two.c -o $out/lib/libtwo.so.1; ln -s libtwo.so.1 $out/lib/libtwo.so";
}`;
const prebuilt = `stdenv.mkDerivation {
  name = "prebuilt";
  dontUnpack = true;
  installPhase = "mkdir -p $out/lib; echo 'int two(void); int four(void) { return 2 * two(); }' > f.c; gcc -shared f.c -L\${two}/lib -ltwo -o $out/lib/four.so; patchelf --remove-rpath $out/lib/four.so";
}`;
const patched = (inputs: string): string => `
  let
    two = ${library};
    prebuilt = ${prebuilt};
  in
  stdenv.mkDerivation {
    name = "patched";
    src = prebuilt;
    nativeBuildInputs = [ autoPatchelfHook ];
    buildInputs = [ ${inputs} ];
    installPhase = "cp -r . $out";
  }`;

testWith(['nix'], 'autoPatchelfHook fails on a soname that no input has', async () => {
  const failed = await nix().tryNixBuild(withHost(patched('')));
  expect(failed.log).toMatch(
    /error: auto-patchelf could not satisfy dependency libtwo\.so\.1 wanted by \S+-patched\/lib\/four\.so/,
  );
  const path = await only(patched('two'));
  expect(lintOutput(path, { storeDir: nix().storeDir })).toEqual([]);
});

testWith(['nix'], 'fixed points, overrides, passthru and environment variables', async () => {
  const value = await nix().nixInstantiate(
    withHost(`let
      one = stdenv.mkDerivation (final: {
        pname = "one";
        version = "1";
        passthru = { name2 = final.pname + "-" + final.version; self = final.finalPackage.name; };
        env.GREETING = "hi";
      });
      two = one.overrideAttrs (old: { version = old.version + ".1"; });
      three = two.overrideAttrs (final: prev: { pname = "three"; });
    in [ one.name2 two.name three.self two.GREETING stdenv.hostPlatform.isMusl (one.meta.insecure) ]`),
  );
  expect(value).toEqual(['one-1', 'one-1.1', 'three-1.1', 'hi', false, false]);
  await expect(
    nix().nixInstantiate(
      withHost('(stdenv.mkDerivation { name = "a"; A = "1"; env.A = "2"; }).drvPath'),
    ),
  ).rejects.toThrow('overlapping: A');
});

testWith(['nix'], 'structured attributes, multiple outputs and substitutions', async () => {
  const paths = await nix().nixBuild({
    expression: `with import <nixpkgs> { }; let
      make = structured: stdenv.mkDerivation {
        name = "shape";
        __structuredAttrs = structured;
        outputs = [ "out" "dev" ];
        nativeBuildInputs = [ makeWrapper ];
        dontUnpack = true;
        env.WORD = "it's * & \\\\1";
        installPhase = ''
          mkdir -p $out/bin $dev
          # What configure scripts run themselves again with.
          "$CONFIG_SHELL" -c 'test -n "$SHELL"'
          echo "@WORD@" > $dev/word
          substituteInPlace $dev/word --subst-var WORD
          makeWrapper $SHELL $out/bin/say --set A 1 --add-flags "-c 'echo $A'"
        '';
      };
    in { a = (make true).dev; b = (make false).dev; }`,
    attributes: ['a', 'b'],
  });
  for (const path of paths.paths) {
    expect((await nix().run(['cat', `${path}/word`])).output).toBe("it's * & \\1\n");
  }
});

testWith(['nix'], 'fetchurl takes a file that was added by hand', async () => {
  const file = join(scratch, 'a-1.0.txt');
  writeFileSync(file, 'content\n');
  const path = await nix().addFixed(file);
  const hash = (await nix().run(['nix', 'hash', 'file', file])).output.trim();
  const built = await nix().nixBuild(
    withHost(`fetchurl { url = "https://example.invalid/a-1.0.txt"; hash = "${hash}"; }`),
  );
  expect(built).toMatchObject({ paths: [path], built: [] });
});

testWith(['nix', 'git'], 'fetchgit takes a revision, without .git', async () => {
  const repository = join(scratch, 'repository');
  mkdirSync(repository);
  writeFileSync(join(repository, 'file'), 'text\n');
  const git = (...words: string[]): string =>
    spawnSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
      encoding: 'utf8',
    }).stdout.trim();
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  const rev = git('rev-parse', 'HEAD');
  rmSync(join(scratch, 'tree'), { recursive: true, force: true });
  mkdirSync(join(scratch, 'tree'));
  writeFileSync(join(scratch, 'tree', 'file'), 'text\n');
  const hash = (await nix().run(['nix', 'hash', 'path', join(scratch, 'tree')])).output.trim();
  const path = await only(
    `fetchgit { url = "file://${repository}"; rev = "${rev}"; hash = "${hash}"; }`,
  );
  expect((await nix().run(['ls', '-A', path])).output).toBe('file\n');
});

testWith(['nix'], 'nix-shell and nix develop enter the environment', async () => {
  const file = join(scratch, 'shell.nix');
  writeFileSync(
    file,
    'with import <nixpkgs> { }; mkShell { GREETING = "hello"; buildInputs = [ zlib ]; }',
  );
  const command = 'echo $GREETING; type -p gcc';
  const shell = await nix().run(['nix-shell', file, '--run', command]);
  expect(shell.output).toMatch(/^hello\n\S+-gcc-wrapper\/bin\/gcc\n$/);
  const develop = await nix().run(['nix', 'develop', '--impure', '-f', file, '-c', 'gcc', '-v']);
  expect(develop).toMatchObject({ exitCode: 0 });
});

const python = newestPython3();

testWith(['nix', 'python3'], 'an interpreter is clean and knows its place', async () => {
  const attribute = python?.attribute ?? '';
  const path = await only(attribute);
  const text =
    'import os, sys, sysconfig; p = sysconfig.get_path("purelib"); print(sys.prefix, os.listdir(p), sysconfig.get_config_var("LIBDIR"))';
  const run = await nix().run([`${path}/bin/python`, '-B', '-c', text]);
  expect(run.output.trim()).toBe(`${path} ['sitecustomize.py'] ${path}/lib`);
  const passthru = await nix().nixInstantiate(
    withHost(
      `let p = ${attribute}; e = p.withPackages (_: [ ]); in [ p.pythonVersion p.version p.implementation p.sitePackages p.interpreter p.isPy3 p.isPy27 (p ? env) (e ? env) ]`,
    ),
  );
  const minor = python?.minor ?? '';
  const site = `lib/python${minor}/site-packages`;
  const interpreter = `${path}/bin/python${minor}`;
  const expected = [minor, python?.version, 'cpython', site, interpreter, true, false, false, true];
  expect(passthru).toEqual(expected);
});

testWith(['nix', 'python2.7'], 'Python 2.7 is insecure until it is allowed', async () => {
  const insecure = withHost('python27.outPath');
  await expect(nix().nixInstantiate(insecure)).rejects.toThrow('is marked as insecure');
  const allow = { environment: { NIXPKGS_ALLOW_INSECURE: '1' } };
  expect(await nix().nixInstantiate(insecure, allow)).toMatch(/-python-2\.7\.18$/);
  const cleared = `let
    clear = p: p.overrideAttrs (old: { meta = old.meta // { knownVulnerabilities = [ ]; }; });
    tied = clear (python27.override { self = tied; });
  in`;
  expect(await nix().nixInstantiate(withHost(`${cleared} tied.interpreter`))).toMatch(
    /python2\.7$/,
  );
  await expect(
    nix().nixInstantiate(withHost(`${cleared} (clear python27).interpreter`)),
  ).rejects.toThrow('is marked as insecure');
  const permitted = `with import <nixpkgs> { config.permittedInsecurePackages = [ "python-2.7.18" ]; }; python27.name`;
  expect(await nix().nixInstantiate({ expression: permitted })).toBe('python-2.7.18');
});
