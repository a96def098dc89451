import { expect, test } from '@jest/globals';
import { formatError } from '../../cli/report.ts';
import { isLock2nixError } from '../../graph/errors.ts';
import { validateGraph } from '../../graph/validate.ts';
import { buildOnly, graphOf, legacy, member, pinned, runtime, sdist } from '../recipes/graphs.ts';

/** As `validateGraph` throws it while `convert` runs; without it a plain error. */
const refusal = (work: () => void) => {
  try {
    work();
  } catch (error) {
    if (isLock2nixError(error)) return error;
  }
  throw new Error('nothing was refused');
};

/** Build tools that are pinned are wheels, so that no lock leads here yet: the graph is made by hand. */
test('builds that need each other are told by their path, with exit code 1', () => {
  const source = (name: string, environment: string) =>
    pinned(name, '1.0', {
      artifacts: [sdist(`${name}-1.0.tar.gz`)],
      build: legacy(environment),
    });
  const graph = graphOf(
    [source('app', 'one'), source('flit-core', 'two'), source('tomli', 'three')],
    {
      environments: {
        default: runtime(member('app@1.0')),
        one: buildOnly(member('flit-core@1.0')),
        two: buildOnly(member('tomli@1.0')),
        three: buildOnly(member('flit-core@1.0')),
      },
      platforms: ['x86_64-linux'],
    },
  );
  const error = refusal(() => validateGraph(graph));
  const world = {
    cwd: '/',
    env: {},
    platform: 'linux' as const,
    arch: 'x64',
    stdout: { write: () => true },
    stderr: { write: () => true },
  };
  expect(formatError(error, world)).toBe(
    `error: \`flit-core@1.0\` needs itself to be built on x86_64-linux: \`flit-core@1.0 → tomli@1.0 → flit-core@1.0\`
hint: take a wheel for one of them: convert without \`--prefer sdist\`, or lock a version that has a wheel
`,
  );
  expect(error.exitCode).toBe(1);
});
