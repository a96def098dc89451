import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseIntegrity } from '../../standards/integrity.ts';
import { indexScripts, type ServedProjects, servedTools } from '../support/loopback-index.ts';
import { listing, makeFolder, run, writeFiles } from './support.ts';
import { serve } from './universe.ts';

const fixture = join(import.meta.dirname, '..', '..', 'fixtures', 'emptied-lock');

/** `bottle` needs what the lock holds, `remote` needs what it lacks. */
const projects: ServedProjects = {
  bottle: { '1.1': ['cork>=1', 'glass; sys_platform == "win32"'] },
  cork: { '1.0': [], '2.0': [] },
  glass: { '3.0': [] },
  label: { '1.1': ['cork'] },
  remote: {
    '1.0': {
      needs: ['label>=1'],
      sdist: { 'setup.py': 'from setuptools import setup\nsetup()\n' },
    },
  },
};

const hexOf = (fileName: string): string => {
  const sri = indexScripts({ ...servedTools, ...projects }).sris.get(fileName) ?? '';
  const { algorithm, digest } = parseIntegrity(sri);
  return `${algorithm}:${Buffer.from(digest).toString('hex')}`;
};

/** Poetry's hash of what its pyproject.toml asks for. */
const contentHash = (url: string): string =>
  createHash('sha256')
    .update(
      `{"dependencies": {"bottle": "^1.0", "python": "^3.12", "remote": {"url": "${url}/files/remote-1.0.tar.gz"}}, "dev-dependencies": null, "extras": null, "source": null}`,
    )
    .digest('hex');

/** A project with the lock, and a way to convert it; the server has what it asks for. */
const openProject = async (files: Readonly<Record<string, string>> = {}) => {
  const server = await serve(projects);
  const text = (file: string): string =>
    readFileSync(join(fixture, file), 'utf8')
      .replaceAll('INDEX', server.url)
      .replace('HASH', contentHash(server.url))
      .replace('BOTTLE', hexOf('bottle-1.1-py2.py3-none-any.whl'))
      .replace('CORK', hexOf('cork-1.0-py2.py3-none-any.whl'));
  const cwd = writeFiles(makeFolder(), {
    'pyproject.toml': text('pyproject.toml'),
    'poetry.lock': text('poetry.lock'),
    ...files,
  });
  const cache = makeFolder();
  const convert = async (...argv: readonly string[]) => {
    const result = await run(
      ['convert', '--python', '3.12', '--systems', 'x86_64-linux', '--cache-dir', cache, ...argv],
      { cwd, index: server.index },
    );
    return { ...result, stderr: server.masked(result.stderr) };
  };
  return { cwd, convert };
};

const edgesIn = (cwd: string): Readonly<Record<string, readonly string[]>> => {
  const text = listing(cwd)['nix/lock2nix/lock2nix.json'] ?? '';
  const { graph } = JSON.parse(text) as {
    graph: {
      packages: Record<string, { dependencies: { to: string }[]; requirements?: object }>;
      environments: Record<string, { members: { id: string }[] }>;
    };
  };
  const members = graph.environments['default']?.members ?? [];
  return Object.fromEntries(
    members.map(({ id }) => [id, (graph.packages[id]?.dependencies ?? []).map(({ to }) => to)]),
  );
};

test('a lock with emptied dependency tables and a URL without a hash is repaired, and the repairs are listed', async () => {
  const { cwd, convert } = await openProject();
  const { exitCode, stderr } = await convert();
  expect({ exitCode, stderr }).toMatchInlineSnapshot(`
{
  "exitCode": 0,
  "stderr": "note: \`bottle@1.1\` requires \`cork>=1\`, \`glass ; sys_platform == "win32"\` by its metadata, which the lock does not record
note: \`remote@1.0\` requires \`label>=1\` by its metadata, which the lock does not record
note: \`remote@1.0\` requires \`label>=1\`, by its metadata; label 1.1 is added
note: \`remote@1.0\`: the lock has no hash for https://index.example/files/remote-1.0.tar.gz; it is pinned as sha256-of-remote-1.0.tar.gz
nix/lock2nix: 4 packages for Python 3.12 on 1 system, 26 files written
",
}
`);
  expect(edgesIn(cwd)).toEqual({
    'bottle@1.1': ['cork@1.0'],
    'cork@1.0': [],
    'label@1.1': ['cork@1.0'],
    'remote@1.0': ['label@1.1'],
  });
  // Warm, it is the same without asking anybody.
  const before = listing(cwd);
  expect(await convert('--offline')).toMatchObject({ exitCode: 0 });
  expect(listing(cwd)).toEqual(before);
});

test('--strict refuses it, and names all that the lock lacks', async () => {
  const { convert, cwd } = await openProject();
  const { exitCode, stderr } = await convert('--strict');
  expect({ exitCode, stderr }).toMatchInlineSnapshot(`
{
  "exitCode": 1,
  "stderr": "error: poetry.lock: the lock leaves 3 gaps: remote 1.0: the lock has no hash of its URL; bottle 1.1: no dependencies are recorded, and others are locked that nobody requires; remote 1.0: no dependencies are recorded, and others are locked that nobody requires
hint: lock again with a newer version of its tool, or leave out \`--strict\`
",
}
`);
  expect(listing(cwd)).not.toHaveProperty('nix/lock2nix/lock2nix.json');
});

test('rules act on what is found', async () => {
  const { cwd, convert } = await openProject({
    'overrides.toml': `[[package]]
name = "label"
drop = true
[[package]]
name = "bottle"
dependencies = { remove = ["cork"] }
`,
  });
  expect(await convert()).toMatchObject({ exitCode: 0 });
  expect(edgesIn(cwd)).toEqual({ 'bottle@1.1': [], 'remote@1.0': [] });
  expect(listing(cwd)['nix/lock2nix/lock2nix.json']).toContain('"remove": [\n            "label"');
});
