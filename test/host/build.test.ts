import { afterAll, beforeAll, expect } from '@jest/globals';
import { type HostNix, openHostNix } from './nix.ts';
import { requirement, testWith } from './requirements.ts';

let nix: HostNix | undefined;
const host = (): HostNix => {
  if (!nix) throw new Error('no Nix');
  return nix;
};
beforeAll(() => {
  if (requirement('nix').available) nix = openHostNix();
});
afterAll(() => nix?.close());

const program = (hardening: string) => `
with import <nixpkgs> { };
stdenv.mkDerivation {
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
  const failed = await host().tryNixBuild({ expression: program('') });
  expect(failed.exitCode).not.toBe(0);
  expect(failed.log).toContain('error: format not a string literal');
  const built = await host().nixBuild({ expression: program('hardeningDisable = [ "format" ];') });
  expect(built.paths).toHaveLength(1);
  const run = await host().run([`${built.paths[0]}/bin/hello`]);
  expect(run.output).toContain('/bin/hello');
  expect(await host().rebuildCheck(built.paths[0] ?? '')).toMatchObject({
    failed: [],
    checked: [expect.stringMatching(/hello-1\.drv$/)],
  });
});
