import { expect, test } from '@jest/globals';
import { buildTool, buildToolVersions } from '../../../resolvers/pypi/build-tools.ts';
import { parsePython, pythonVersions } from '../../../resolvers/pypi/target.ts';
import { wheelRank } from '../../../standards/artifact-choice.ts';
import { parseIntegrity } from '../../../standards/integrity.ts';
import { parseWheelName } from '../../../standards/wheel-name.ts';
import { platformOf } from './make-lock.ts';

const rows = pythonVersions.flatMap((python) =>
  Object.entries(buildToolVersions(python)).map(([name, version]) => [name, version, python]),
);

test.each(rows)('%s %s for Python %s is a wheel that runs there, by URL and hash', (...row) => {
  const [name = '', version = '', python = ''] = row;
  const tool = buildTool(name, python);
  expect(tool).toMatchObject({ id: `${name}@${version}`, name, version, dependencies: [] });
  expect(tool?.artifacts).toHaveLength(1);
  const [artifact] = tool?.artifacts ?? [];
  if (artifact?.source.kind !== 'registry') throw new Error('no file of a registry');
  const { hostname, protocol, pathname, search, hash } = new URL(artifact.source.url);
  expect([protocol, hostname, search, hash]).toEqual(['https:', 'files.pythonhosted.org', '', '']);
  // PyPI keeps a file in folders that are named after its BLAKE2 hash.
  expect(pathname).toMatch(/^\/packages\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{60}\/[^/]+\.whl$/);
  expect(pathname.endsWith(`/${artifact.fileName}`)).toBe(true);
  const wheel = parseWheelName(artifact.fileName);
  expect([wheel.name, wheel.version]).toEqual([name, version]);
  for (const system of ['x86_64-linux', 'aarch64-darwin']) {
    expect(wheelRank(wheel, parsePython(python), platformOf(system))).toBeDefined();
  }
  const { sri = '', of } = artifact.integrity ?? {};
  expect(of).toBe('file');
  expect(parseIntegrity(sri).algorithm).toBe('sha256');
});

test.each(pythonVersions)(
  'Python %s has what setuptools needs, and pip for the checks',
  (python) => {
    expect(Object.keys(buildToolVersions(python))).toEqual(
      expect.arrayContaining(['pip', 'setuptools', 'wheel']),
    );
  },
);

test.each([
  ['hatchling', '3.12'],
  ['poetry-core', '3.7'],
  ['setuptools', '2.6'],
  ['constructor', '3.12'],
  ['__proto__', '3.12'],
])('%s is not pinned for Python %s', (name, python) => {
  expect(buildTool(name, python)).toBeUndefined();
});
