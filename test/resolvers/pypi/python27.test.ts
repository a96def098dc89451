import { describe, expect, test } from '@jest/globals';
import type { IndexFile } from '../../../resolvers/registry/types.ts';
import { convertTexts, readFixture } from '../../converters/poetry/support.ts';
import { fakeRegistry } from '../../support/fake-registry.ts';
import { filesOf, pin } from './make-pin.ts';

const systems = ['aarch64-darwin', 'aarch64-linux', 'x86_64-darwin', 'x86_64-linux'];

const lockOf = (name: string) =>
  convertTexts(readFixture(name, 'poetry.lock'), readFixture(name, 'pyproject.toml'));

/** The files that the oldest lock knows by their hashes only, as an index lists them. */
const releases = Object.fromEntries(
  [...lockOf('python27-1.1').packages.values()].map(({ name, version, artifacts }) => [
    `${name} ${version}`,
    artifacts.map(
      ({ fileName, integrities }): IndexFile => ({
        fileName,
        url: `https://files.example/${fileName}`,
        sris: integrities.map(({ sri }) => sri),
      }),
    ),
  ]),
);

describe.each(['python27-1.1', 'python27-1.0', 'python27-none'])('%s', (fixture) => {
  const pinned = pin(lockOf(fixture), {
    python: '2.7',
    systems,
    registry: fakeRegistry({ releases }),
  });

  // Wide unicode on Linux, narrow on macOS; a wheel for Python 3 alone is none.
  test.each<[string, readonly string[]]>([
    [
      'greenlet@0.4.17',
      [
        'aarch64-darwin aarch64-linux x86_64-darwin greenlet-0.4.17.tar.gz',
        'x86_64-linux greenlet-0.4.17-cp27-cp27mu-manylinux1_x86_64.whl',
      ],
    ],
    [
      'simplejson@3.16.0',
      [
        'aarch64-darwin aarch64-linux x86_64-linux simplejson-3.16.0.tar.gz',
        'x86_64-darwin simplejson-3.16.0-cp27-cp27m-macosx_10_12_x86_64.whl',
      ],
    ],
    [
      'zope-interface@5.5.2',
      [
        'aarch64-darwin aarch64-linux x86_64-linux zope.interface-5.5.2.tar.gz',
        'x86_64-darwin zope.interface-5.5.2-cp27-cp27m-macosx_10_14_x86_64.whl',
      ],
    ],
    ['pyramid@1.10.8', ['pyramid-1.10.8-py2.py3-none-any.whl']],
    ['repoze-lru@0.7', ['repoze.lru-0.7.tar.gz']],
    ['python-constraint@1.4.0', ['python-constraint-1.4.0.tar.bz2']],
    ['umemcache@1.6.3', ['umemcache-1.6.3.zip']],
    ['setuptools@44.1.1', ['setuptools-44.1.1-py2.py3-none-any.whl']],
  ])('the files of %s', async (id, files) => {
    expect(filesOf(await pinned, id)).toEqual(files);
  });

  test('builds with the last tools that run on it', async () => {
    const { environments } = (await pinned).graph;
    const members = environments.get('setuptools-44')?.members.map(({ id }) => id);
    expect(members).toEqual(['setuptools@44.1.1', 'wheel@0.37.1']);
  });
});
