import type { LockedGraph, PinnedPackage } from '../../../graph/types.ts';
import { validateGraph } from '../../../graph/validate.ts';
import { type Pinned, type PinOptions, pinGraph } from '../../../resolvers/pypi/pin.ts';
import { parsePython } from '../../../resolvers/pypi/target.ts';
import type { PackageIndex, Registry } from '../../../resolvers/registry/types.ts';
import { buildTools } from '../../support/build-tools.ts';
import { fakeIndex } from '../../support/fake-index.ts';
import { fakeRegistry } from '../../support/fake-registry.ts';
import { platformOf } from './make-lock.ts';

export interface PinRequest extends Partial<Omit<PinOptions, 'python' | 'platforms'>> {
  readonly python?: string;
  readonly systems?: readonly string[];
  readonly registry?: Registry;
  /** What build requirements are solved with; the usual build tools without it. */
  readonly index?: PackageIndex;
  /** Files beside the lock, by path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/**
 * Pins a lock and checks the result as the command line does; for Python 3.12 on x86_64-linux and
 * aarch64-darwin, without groups and extras.
 */
export const pin = async (graph: LockedGraph, request: PinRequest = {}): Promise<Pinned> => {
  const {
    python = '3.12',
    systems = ['aarch64-darwin', 'x86_64-linux'],
    registry = fakeRegistry(),
    index = fakeIndex(buildTools),
    files = {},
    ...options
  } = request;
  const pinned = await pinGraph(
    graph,
    {
      python: parsePython(python),
      platforms: systems.map(platformOf),
      wanted: { groups: [], extras: [] },
      prefer: 'wheel',
      strict: false,
      readPath: (path) => {
        const contents = Object.hasOwn(files, path) ? files[path] : undefined;
        return contents === undefined ? undefined : Buffer.from(contents);
      },
      ...options,
    },
    { registry, index },
  );
  validateGraph(pinned.graph);
  return pinned;
};

/** The package of an id; a plain error without. */
export const packageOf = ({ graph }: Pinned, id: string): PinnedPackage => {
  for (const pinned of graph.packages.values()) if (pinned.id === id) return pinned;
  throw new Error(`${id} is not among ${[...graph.packages.keys()].join(', ')}`);
};

/** Files by platform: `x86_64-linux FILE`, or `FILE` where it is the same everywhere. */
export const filesOf = (pinned: Pinned, id: string): readonly string[] =>
  packageOf(pinned, id).artifacts.map(({ fileName, platforms }) =>
    [...(platforms ?? []), fileName].join(' '),
  );

/** Diagnostics as `severity code message`. */
export const said = ({ diagnostics }: Pinned): readonly string[] =>
  diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`);

export const membersOf = ({ graph }: Pinned, environment = 'default'): readonly string[] =>
  (graph.environments.get(environment)?.members ?? []).map(({ id, platforms = [] }) =>
    [id, ...platforms].join(' '),
  );
