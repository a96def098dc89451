import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type HostNix, openHostNix } from '../host/nix.ts';
import { requirement, testWith } from '../host/requirements.ts';
import { makeZip } from '../standards/make-archive.ts';
import { runLock2nix, toolsCache } from '../support/convert.ts';

const needs = ['nix', 'python2.7'];
const project = mkdtempSync(join(tmpdir(), 'l2n-collision27-'));

/** Writes a wheel whose module `shared` names its owner; gives its part of the lock. */
const writeWheel = (name: string): string => {
  const info = `${name}-1.0.dist-info`;
  const bytes = makeZip([
    { path: 'shared.py', contents: `owner = '${name}'\n` },
    { path: `${name}.py`, contents: '' },
    { path: `${info}/METADATA`, contents: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n` },
    { path: `${info}/WHEEL`, contents: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\n' },
    { path: `${info}/RECORD` },
  ]);
  const file = `${name}-1.0-py2-none-any.whl`;
  writeFileSync(join(project, file), bytes);
  return `[[package]]
name = "${name}"
version = "1.0"
description = ""
category = "main"
optional = false
python-versions = "*"

[package.source]
type = "file"
url = "${file}"

[metadata.files]
${name} = [{file = "${file}", hash = "sha256:${createHash('sha256').update(bytes).digest('hex')}"}]
`;
};

/** The parts of the lock, with one table of files. */
const lockOf = (parts: readonly string[]): string => {
  const pairs = parts.map((part) => part.split('[metadata.files]\n'));
  return `${pairs.map(([head]) => head).join('')}[metadata]
lock-version = "1.1"
python-versions = "~2.7"
content-hash = "${'0'.repeat(64)}"

[metadata.files]
${pairs.map(([, files]) => files).join('')}`;
};

describe('a real collision on Python 2.7', () => {
  let opened: HostNix | undefined;
  const target = {
    file: join(project, 'nix', 'lock2nix'),
    attributes: ['env'],
    arguments: { allowInsecurePython: 'true' },
  };
  const convert = async (): Promise<void> => {
    const argv = ['convert', '--offline', '--cache-dir', toolsCache, '--python', '2.7'];
    const { exitCode, stderr } = await runLock2nix(argv, project);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  };

  beforeAll(async () => {
    if (requirement('nix').available) opened = openHostNix();
    writeFileSync(join(project, 'poetry.lock'), lockOf(['alpha', 'beta'].map(writeWheel)));
    await convert();
  });
  afterAll(() => {
    opened?.close();
    rmSync(project, { recursive: true, force: true });
  });

  testWith(needs, 'names both owners, and the pasted lines decide it', async () => {
    if (opened === undefined) throw new Error('no Nix');
    const { exitCode, log } = await opened.tryNixBuild(target);
    expect(exitCode).not.toBe(0);
    expect(log).toContain(
      'error: 2 packages bring lib/python2.7/site-packages/shared.py with differing content:',
    );
    expect(log).toMatch(/^ {2}alpha 1\.0 \(.*\)\n {2}beta 1\.0 \(.*\)$/m);
    const lines = /\[\[collision\]\]\n.*\n.*\n/.exec(log)?.[0] ?? '';
    writeFileSync(join(project, 'overrides.toml'), lines.replace('"alpha"', '"beta"'));
    await convert();
    const [env = ''] = (await opened.nixBuild(target)).paths;
    const program = 'import alpha, beta, shared; print(shared.owner)';
    const { output } = await opened.run([`${env}/bin/python`, '-c', program]);
    expect(output.trim()).toBe('beta');
  });
});
