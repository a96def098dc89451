import { expect, test } from '@jest/globals';
import { Lock2nixError } from '../../../graph/errors.ts';
import { formatJson, graphToJson } from '../../../graph/serialise.ts';
import type { BuildSystem } from '../../../graph/types.ts';
import { buildTools } from '../../support/build-tools.ts';
import { type FakeProjects, fakeIndex } from '../../support/fake-index.ts';
import { fakeRegistry, sriOf } from '../../support/fake-registry.ts';
import { makeLock } from './make-lock.ts';
import { filesOf, membersOf, packageOf, pin, said } from './make-pin.ts';

const backend = (...requires: readonly string[]): { buildSystem: BuildSystem } => ({
  buildSystem: { requires, backend: 'own.build' },
});
const sources = (...ids: readonly string[]) =>
  makeLock({
    needs: ids.map((id) => id.split('@')[0] ?? ''),
    packages: Object.fromEntries(
      ids.map((id) => [id, { files: [`${id.replace('@', '-')}.tar.gz`] }]),
    ),
  });
const indexOf = (projects: FakeProjects) => fakeIndex({ ...buildTools, ...projects });

test('requirements are solved with all that they need, and edges say so', async () => {
  const index = indexOf({
    hatchling: { '1.26': [], '1.27': ['packaging>=24', 'pluggy; sys_platform == "darwin"'] },
    packaging: { '24.1': [], '25.0': [] },
    pluggy: { '1.6': [] },
  });
  const facts = { 'a-1.tar.gz': backend('hatchling') };
  const pinned = await pin(sources('a@1'), { index, registry: fakeRegistry({ facts }) });
  expect(packageOf(pinned, 'a@1').build).toEqual({
    backend: 'own.build',
    environment: 'hatchling-1',
  });
  expect(membersOf(pinned, 'hatchling-1')).toEqual([
    'hatchling@1.27',
    'packaging@25.0',
    'pluggy@1.6 aarch64-darwin',
  ]);
  const name = 'hatchling-1.27-py2.py3-none-any.whl';
  expect(packageOf(pinned, 'hatchling@1.27')).toEqual({
    id: 'hatchling@1.27',
    name: 'hatchling',
    version: '1.27',
    artifacts: [
      {
        kind: 'wheel',
        fileName: name,
        source: { kind: 'registry', url: `https://files.example/${name}` },
        integrity: { sri: sriOf(name), of: 'file' },
      },
    ],
    dependencies: [
      { to: 'packaging@25.0', extras: [], kind: 'runtime' },
      expect.objectContaining({ to: 'pluggy@1.6', platforms: ['aarch64-darwin'] }),
    ],
    metadata: {},
  });
  expect(said(pinned)).toEqual([]);
});

test('a build requirement may be an archive of the web, whose hash and folder count', async () => {
  const archive = 'https://files.example/b-2.zip';
  const hex = Buffer.from(sriOf('b').slice('sha256-'.length), 'base64').toString('hex');
  const facts = {
    'a-1.tar.gz': backend(`b @ ${archive}#sha256=${hex}&subdirectory=py`, 'wheel'),
    'b-2.zip': { name: 'b', version: '2' },
  };
  const pinned = await pin(sources('a@1'), {
    index: indexOf({}),
    registry: fakeRegistry({ facts }),
  });
  expect(packageOf(pinned, 'b@2').artifacts).toEqual([
    {
      kind: 'sdist',
      fileName: 'b-2.zip',
      source: { kind: 'url', url: archive, subdirectory: 'py' },
      integrity: { sri: sriOf('b'), of: 'file' },
    },
  ]);
});

test('for Python 2.7 the last tools that run on it are found', async () => {
  const pinned = await pin(sources('a@1'), { python: '2.7' });
  expect(membersOf(pinned, 'setuptools-44')).toEqual(['setuptools@44.1.1', 'wheel@0.37.1']);
  expect(membersOf(pinned, 'check')).toEqual(['pip@20.3.4']);
});

test('equal sets are solved once, and equal environments are one', async () => {
  const index = indexOf({});
  const facts = {
    'a-1.tar.gz': { buildSystem: { requires: ['wheel', 'setuptools'] } },
    'b-1.tar.gz': { buildSystem: { requires: ['setuptools>=40'] } },
    'd-1.tar.gz': { buildSystem: { requires: ['setuptools<60'] } },
  };
  const pinned = await pin(sources('a@1', 'b@1', 'c@1', 'd@1'), {
    index,
    registry: fakeRegistry({ facts }),
  });
  expect([...pinned.graph.environments.keys()]).toEqual([
    'default',
    'check',
    'setuptools-59',
    'setuptools-80',
  ]);
  const built = (id: string) => packageOf(pinned, id).build?.environment;
  expect(['a@1', 'b@1', 'c@1', 'd@1'].map(built)).toEqual([
    'setuptools-80',
    'setuptools-80',
    'setuptools-80',
    'setuptools-59',
  ]);
  // Three sets of setuptools, and pip.
  expect(index.questions.filter((each) => each === 'project setuptools').length).toBeLessThan(4);
});

test('environments of one name are told apart by what is in them', async () => {
  const index = indexOf({ tool: { '1.0': [], '1.1': [] } });
  const facts = { 'a-1.tar.gz': backend('tool'), 'b-1.tar.gz': backend('tool<1.1') };
  const pinned = await pin(sources('a@1', 'b@1'), { index, registry: fakeRegistry({ facts }) });
  const names = [...pinned.graph.environments.keys()].filter((name) => name.startsWith('tool'));
  expect(names).toEqual([
    expect.stringMatching(/^tool-1-[0-9a-f]{6}$/),
    expect.stringMatching(/^tool-1-[0-9a-f]{6}$/),
  ]);
  expect(names.flatMap((name) => membersOf(pinned, name)).sort()).toEqual(['tool@1.0', 'tool@1.1']);
});

test('a tool without a wheel is built itself, in an environment of its own', async () => {
  const index = indexOf({ tool: { '1': { files: ['tool-1.tar.gz'] } }, pbr: { '7': [] } });
  const facts = { 'a-1.tar.gz': backend('tool'), 'tool-1.tar.gz': { setupRequires: ['pbr'] } };
  const pinned = await pin(sources('a@1'), { index, registry: fakeRegistry({ facts }) });
  expect(membersOf(pinned, 'tool-1')).toEqual(['tool@1']);
  expect(packageOf(pinned, 'tool@1').build).toEqual({
    backend: 'setuptools.build_meta:__legacy__',
    environment: 'pbr-7-setuptools-80',
  });
  expect(membersOf(pinned, 'pbr-7-setuptools-80')).toEqual([
    'pbr@7',
    'setuptools@80.9.0',
    'wheel@0.45.1',
  ]);
});

test('a tool is a wheel even where sources are preferred', async () => {
  const index = indexOf({ tool: { '1': { files: ['tool-1-py3-none-any.whl', 'tool-1.tar.gz'] } } });
  const facts = { 'a-1.tar.gz': backend('tool') };
  const pinned = await pin(sources('a@1'), {
    prefer: 'sdist',
    index,
    registry: fakeRegistry({ facts }),
  });
  expect(filesOf(pinned, 'tool@1')).toEqual(['tool-1-py3-none-any.whl']);
});

test('a package that needs itself is built with its wheel, which is told apart', async () => {
  const files = ['a-1-py3-none-any.whl', 'a-1.tar.gz'];
  const lock = makeLock({ needs: ['a'], packages: { 'a@1': { files } } });
  const pinned = await pin(lock, {
    prefer: 'sdist',
    index: indexOf({ a: { '1': { files } } }),
    registry: fakeRegistry({ facts: { 'a-1.tar.gz': backend('a') } }),
  });
  expect(filesOf(pinned, 'a@1')).toEqual(['a-1.tar.gz']);
  expect(membersOf(pinned, 'a-1')).toEqual(['a@1#build']);
  expect(filesOf(pinned, 'a@1#build')).toEqual(['a-1-py3-none-any.whl']);
});

const circle = {
  b: { '2': { files: ['b-2.tar.gz'] } },
  c: { '3': { files: ['c-3.tar.gz'] } },
};
const circleFacts = {
  'a-1.tar.gz': backend('b'),
  'b-2.tar.gz': backend('c'),
  'c-3.tar.gz': backend('b'),
};

test('a circle is broken by an older version that has a wheel', async () => {
  const index = indexOf({ ...circle, b: { ...circle.b, '1': [] } });
  const registry = fakeRegistry({ facts: circleFacts });
  const pinned = await pin(sources('a@1'), { index, registry });
  expect(membersOf(pinned, 'b-2')).toEqual(['b@2']);
  expect(membersOf(pinned, 'c-3')).toEqual(['c@3']);
  expect(membersOf(pinned, 'b-1')).toEqual(['b@1']);
});

test('a circle without wheels is refused with its path', async () => {
  const registry = fakeRegistry({ facts: circleFacts });
  await expect(pin(sources('a@1'), { index: indexOf(circle), registry })).rejects.toMatchObject({
    code: 'BUILD_CYCLE',
    message:
      '`a@1` cannot be installed on aarch64-darwin, x86_64-linux: `b@2` has no wheel, and to build it needs itself: `b@2 → c@3 → b@2`',
  });
});

test('a circle gives way to the wheel of the package that was asked for', async () => {
  const files = ['a-1-py3-none-any.whl', 'a-1.tar.gz'];
  const pinned = await pin(makeLock({ needs: ['a'], packages: { 'a@1': { files } } }), {
    prefer: 'sdist',
    index: indexOf(circle),
    registry: fakeRegistry({ facts: circleFacts }),
  });
  expect(filesOf(pinned, 'a@1')).toEqual(['a-1-py3-none-any.whl']);
  expect(said(pinned)).toEqual([
    'note wheel-instead `a@1`: `b@2` has no wheel, and to build it needs itself: `b@2 → c@3 → b@2`; its wheel is used on aarch64-darwin, x86_64-linux',
  ]);
});

test('a tool that cannot be built is sought among versions with wheels', async () => {
  const tool = { '2': { files: ['tool-2.tar.gz'] }, '1': [] };
  const facts = { 'a-1.tar.gz': backend('tool'), 'tool-2.tar.gz': backend('maturin') };
  const registry = fakeRegistry({ facts });
  const pinned = await pin(sources('a@1'), { index: indexOf({ tool }), registry });
  expect(membersOf(pinned, 'tool-1')).toEqual(['tool@1']);
  const without = indexOf({ tool: { '2': tool['2'] } });
  await expect(pin(sources('a@1'), { index: without, registry })).rejects.toMatchObject({
    code: 'BACKEND_UNSUPPORTED',
    message: expect.stringContaining(
      'its build requirement `tool` has no wheel, and its build requirement `maturin` needs a Rust toolchain',
    ),
  });
});

test('a platform without the tool does not spoil the others', async () => {
  const files = ['tool-1-py3-none-manylinux2014_x86_64.whl'];
  const pinned = await pin(sources('a@1'), {
    index: indexOf({ tool: { '1': { files } } }),
    registry: fakeRegistry({ facts: { 'a-1.tar.gz': backend('tool') } }),
  });
  expect(filesOf(pinned, 'a@1')).toEqual(['x86_64-linux a-1.tar.gz']);
  expect(membersOf(pinned, 'tool-1')).toEqual(['tool@1']);
  expect(said(pinned)).toEqual([
    expect.stringMatching(
      /^warning platform-without-file `a@1` cannot be installed on aarch64-darwin: its build requirements cannot be met: /,
    ),
  ]);
});

test('requirements that cannot be met are told as the resolver tells them', async () => {
  const facts = { 'a-1.tar.gz': backend('tool>=2') };
  const index = indexOf({ tool: { '1': [] } });
  const registry = fakeRegistry({ facts });
  await expect(pin(sources('a@1'), { index, registry })).rejects.toMatchObject({
    code: 'BACKEND_UNSUPPORTED',
    message:
      '`a@1` cannot be installed on aarch64-darwin, x86_64-linux: its build requirements cannot be met: the build depends on tool>=2 (the build requirements), which matches no version',
    hint: 'take a version that has a wheel for this Python and these systems, or name another `--python`',
  });
});

test('a registry that is down is no reason to take a wheel', async () => {
  const files = ['a-1-py3-none-any.whl', 'a-1.tar.gz'];
  const down = new Lock2nixError('REGISTRY_UNREACHABLE', 'down');
  const index = fakeIndex(buildTools, { failures: { 'project setuptools': down } });
  const lock = makeLock({ needs: ['a'], packages: { 'a@1': { files } } });
  await expect(pin(lock, { prefer: 'sdist', index })).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
  });
});

test('what is added to a package’s own requirements', async () => {
  const index = indexOf({ ninja: { '1': [] } });
  const builds = { requires: new Map([['a', ['ninja']]]) };
  const pinned = await pin(sources('a@1', 'b@1'), { index, builds });
  expect(packageOf(pinned, 'a@1').build?.environment).toBe('ninja-1-setuptools-80');
  expect(packageOf(pinned, 'b@1').build?.environment).toBe('setuptools-80');
});

test('what a setup.py of the project itself asks for', async () => {
  const lock = makeLock({ needs: [], packages: {}, root: { name: 'demo', path: 'app' } });
  const pinned = await pin(lock, {
    index: indexOf({ pbr: { '7': [] } }),
    files: {
      'app/setup.py': 'from setuptools import setup\nsetup(setup_requires=["pbr"], pbr=True)\n',
    },
  });
  const [root] = pinned.graph.roots;
  expect(packageOf(pinned, root?.package ?? '').build?.environment).toBe('pbr-7-setuptools-80');
});

test('names that are never to be built, and never wheels', async () => {
  const files = (name: string) => [`${name}-1-py3-none-any.whl`, `${name}-1.tar.gz`];
  const lock = makeLock({
    needs: ['a', 'b'],
    packages: { 'a@1': { files: files('a') }, 'b@1': { files: files('b') } },
  });
  const chosen = async (request: Parameters<typeof pin>[1]) => {
    const pinned = await pin(lock, request);
    return ['a@1', 'b@1'].flatMap((id) => filesOf(pinned, id));
  };
  expect(await chosen({ noBinary: ['a'] })).toEqual(['a-1.tar.gz', 'b-1-py3-none-any.whl']);
  expect(await chosen({ noBinary: ':all:' })).toEqual(['a-1.tar.gz', 'b-1.tar.gz']);
  expect(await chosen({ prefer: 'sdist', onlyBinary: ['b'] })).toEqual([
    'a-1.tar.gz',
    'b-1-py3-none-any.whl',
  ]);
});

test('the result does not depend on the order of answers', async () => {
  const projects = { ...circle, b: { ...circle.b, '1': [] }, tool: { '1.0': [], '1.1': [] } };
  const facts = {
    ...circleFacts,
    'd-1.tar.gz': backend('c', 'tool<1.1'),
    'e-1.tar.gz': backend('tool', 'b'),
  };
  const results = await Promise.all(
    [0, 1, 2, 3].map(async (seed) => {
      const delay = (question: string) => sriOf(`${seed} ${question}`).charCodeAt(20) % 8;
      const pinned = await pin(sources('a@1', 'd@1', 'e@1'), {
        index: fakeIndex({ ...buildTools, ...projects }, { delay }),
        registry: fakeRegistry({ facts, delay }),
      });
      return formatJson(graphToJson(pinned.graph)) + JSON.stringify(pinned.diagnostics);
    }),
  );
  expect(new Set(results).size).toBe(1);
});
