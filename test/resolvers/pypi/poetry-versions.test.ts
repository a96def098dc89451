import { expect, test } from '@jest/globals';
import { tryParsePlatform } from '../../../graph/platform.ts';
import { validateGraph } from '../../../graph/validate.ts';
import { pinGraph } from '../../../resolvers/pypi/pin.ts';
import { choosePython } from '../../../resolvers/pypi/target.ts';
import { convertTexts, readFixture } from '../../converters/poetry/support.ts';
import { buildTools } from '../../support/build-tools.ts';
import { fakeIndex } from '../../support/fake-index.ts';
import { fakeRegistry } from '../../support/fake-registry.ts';

const platforms = ['x86_64-linux', 'aarch64-darwin'].flatMap(
  (name) => tryParsePlatform(name) ?? [],
);

// Poetry 0.12 to 2.5, each with the pyproject.toml of its time: its own backend, too.
test.each(['version-1.0', 'version-1.1', 'version-2.0', 'version-2.1'])(
  'a project of %s is pinned with its root',
  async (lock) => {
    const locked = convertTexts(
      readFixture(lock, 'poetry.lock'),
      readFixture(lock, 'pyproject.toml'),
    );
    const { graph } = await pinGraph(
      locked,
      {
        python: choosePython(undefined, locked.requiresPython, 'poetry.lock'),
        platforms,
        wanted: { groups: [], extras: [] },
        prefer: 'wheel',
        strict: false,
        readPath: () => undefined,
      },
      { registry: fakeRegistry(), index: fakeIndex(buildTools) },
    );
    validateGraph(graph);
    const root = [...graph.packages.values()].find(({ id }) => id === graph.roots[0]?.package);
    expect(root?.build).toMatchObject({
      backend: 'poetry.core.masonry.api',
      environment: 'poetry-core-2',
    });
  },
);
