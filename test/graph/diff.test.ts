import { describe, expect, test } from '@jest/globals';
import { diffGraphs } from '../../graph/diff.ts';
import { type PinnedGraph, type PinnedPackage, packageId } from '../../graph/types.ts';

const pinned = (name: string, version: string, fileName = `${name}-${version}.whl`) => ({
  id: packageId(name, version),
  name,
  version,
  artifacts: [
    {
      kind: 'wheel' as const,
      fileName,
      source: { kind: 'registry' as const, url: `https://files.example/${fileName}` },
    },
  ],
  dependencies: [],
  metadata: {},
});

/** A graph of packages, `NAME VERSION [FILE]`; those after `build` are there to build. */
const graph = (runtime: readonly string[], build: readonly string[] = []): PinnedGraph => {
  const read = (text: string): PinnedPackage => {
    const [name = '', version = '', file] = text.split(' ');
    return pinned(name, version, file);
  };
  const [running, building] = [runtime.map(read), build.map(read)];
  const members = (some: readonly PinnedPackage[]) => some.map(({ id }) => ({ id }));
  return {
    ecosystem: 'pypi',
    target: { platforms: [{ system: 'x86_64-linux', libc: 'glibc' }] },
    roots: [],
    packages: new Map([...running, ...building].map((each) => [each.id, each])),
    environments: new Map([
      ['default', { kind: 'runtime' as const, members: members(running) }],
      ['tools', { kind: 'build' as const, members: members(building) }],
    ]),
  };
};

describe('diffGraphs', () => {
  test.each([
    ['nothing', graph(['a 1']), graph(['a 1']), []],
    [
      'a new version',
      graph(['a 1', 'b 1']),
      graph(['a 2', 'b 1']),
      [{ scope: 'runtime', name: 'a', kind: 'changed', from: ['1'], to: ['2'] }],
    ],
    [
      'packages that come and go, by name',
      graph(['c 1', 'b 1']),
      graph(['a 1', 'b 1']),
      [
        { scope: 'runtime', name: 'a', kind: 'added', from: [], to: ['1'] },
        { scope: 'runtime', name: 'c', kind: 'removed', from: ['1'], to: [] },
      ],
    ],
    [
      'a fork',
      graph(['a 1']),
      graph(['a 1', 'a 2']),
      [{ scope: 'runtime', name: 'a', kind: 'changed', from: ['1'], to: ['1', '2'] }],
    ],
    [
      'other files alone',
      graph(['a 1 a-1-x.whl']),
      graph(['a 1 a-1-y.whl']),
      [
        {
          scope: 'runtime',
          name: 'a',
          kind: 'files',
          from: ['1'],
          to: ['1'],
          filesFrom: ['a-1-x.whl'],
          filesTo: ['a-1-y.whl'],
        },
      ],
    ],
    [
      'what builds is told apart from what runs',
      graph(['a 1'], ['a 1', 'wheel 1']),
      graph(['a 2'], ['a 1', 'wheel 2']),
      [
        { scope: 'runtime', name: 'a', kind: 'changed', from: ['1'], to: ['2'] },
        { scope: 'build', name: 'wheel', kind: 'changed', from: ['1'], to: ['2'] },
      ],
    ],
  ] as const)('%s', (_, before, after, changes) => {
    expect(diffGraphs(before, after)).toEqual(changes);
  });

  test('a file that is fetched from elsewhere is the same file', () => {
    const at = (url: string): PinnedGraph => {
      const { artifacts, ...rest } = pinned('a', '1');
      const [artifact] = artifacts;
      const integrity = { sri: 'sha256-x', of: 'file' as const };
      const moved = { ...artifact, integrity, source: { kind: 'registry' as const, url } };
      const one: PinnedPackage = {
        ...rest,
        artifacts: [{ kind: 'wheel', fileName: 'a-1.whl', ...moved }],
      };
      return { ...graph(['a 1']), packages: new Map([[one.id, one]]) };
    };
    expect(diffGraphs(at('https://one.example/'), at('https://two.example/'))).toEqual([]);
  });

  test('a package of no environment, such as the project itself, runs', () => {
    const before = graph([]);
    const own = pinned('tiny', '1');
    const after = { ...before, packages: new Map([[own.id, own]]) };
    expect(diffGraphs(before, after)).toMatchObject([{ scope: 'runtime', name: 'tiny' }]);
  });
});
