/** One package of each way to build, pinned from source. */
import { tryParsePlatform } from '../../graph/platform.ts';
import type { AskedRequirement, RequirementSet } from '../../graph/requirements.ts';
import type { PinnedGraph } from '../../graph/types.ts';
import { validateGraph } from '../../graph/validate.ts';
import { pinGraph } from '../../resolvers/pypi/pin.ts';
import type { ResolveOptions } from '../../resolvers/pypi/resolution.ts';
import { resolveRequirements } from '../../resolvers/pypi/resolve.ts';
import { parsePython } from '../../resolvers/pypi/target.ts';
import type { PackageIndex, Registry } from '../../resolvers/registry/types.ts';

export interface Sample {
  /** What its source is built with. */
  readonly backend: string;
  /** `NAME==VERSION` */
  readonly pin: string;
  readonly module: string;
}

export const samples: readonly Sample[] = [
  { backend: 'setuptools (setup.py alone)', pin: 'docopt==0.6.2', module: 'docopt' },
  { backend: 'hatchling', pin: 'iniconfig==2.0.0', module: 'iniconfig' },
  { backend: 'flit_core', pin: 'typing-extensions==4.12.2', module: 'typing_extensions' },
  { backend: 'poetry-core', pin: 'tomlkit==0.13.2', module: 'tomlkit' },
  { backend: 'setuptools_scm', pin: 'pluggy==1.5.0', module: 'pluggy' },
  { backend: 'pbr', pin: 'os-service-types==1.7.0', module: 'os_service_types' },
  { backend: 'cython', pin: 'cymem==2.0.11', module: 'cymem.cymem' },
  { backend: 'cffi', pin: 'xattr==1.1.4', module: 'xattr._lib' },
  { backend: 'scikit-build-core', pin: 'pybind11==3.0.1', module: 'pybind11' },
];

/** On Python 2.7, with a literal `setup_requires`. */
export const oldSamples: readonly Sample[] = [
  { backend: 'pytest-runner', pin: 'mccabe==0.6.1', module: 'mccabe' },
  { backend: 'pbr', pin: 'linecache2==1.0.0', module: 'linecache2' },
  { backend: 'setuptools_scm', pin: 'python-dateutil==2.8.0', module: 'dateutil' },
];

const systems = ['x86_64-linux', 'aarch64-linux', 'x86_64-darwin', 'aarch64-darwin'];
const platforms = systems.flatMap((name) => tryParsePlatform(name) ?? []);

const asked = (pin: string): AskedRequirement => {
  const [name = '', version = ''] = pin.split('==');
  return {
    name,
    extras: [],
    specifier: `==${version}`,
    text: pin,
    origin: 'the test',
    integrities: [],
  };
};

const setOf = (pins: readonly string[]): RequirementSet => ({
  ecosystem: 'pypi',
  format: { name: 'names', file: 'the test' },
  roots: [
    { name: 'project', groups: { main: pins.map(asked) }, extras: {}, scripts: [], metadata: {} },
  ],
  constraints: [],
  indexes: { extra: [] },
  diagnostics: [],
});

export interface SampleOptions {
  readonly python: string;
  readonly sources: Registry & PackageIndex;
}

/** Solves and pins packages, from source where they have one. */
export const pinSamples = async (
  pins: readonly string[],
  { python, sources }: SampleOptions,
): Promise<PinnedGraph> => {
  const wanted = { groups: [], extras: [] };
  const names = pins.map((pin) => pin.split('==')[0] ?? '');
  const options: ResolveOptions = {
    python: parsePython(python),
    platforms,
    wanted,
    strategy: 'highest',
    indexes: { extra: [], strategy: 'first-index' },
    prefer: 'sdist',
    preferWheels: [],
    onlyBinary: [],
    noBinary: [],
    prereleases: [],
    preferences: new Map(),
    rules: { constraints: [] },
  };
  const all = { registry: sources, index: sources };
  const { graph: locked } = await resolveRequirements(setOf(pins), options, all);
  const { graph } = await pinGraph(
    locked,
    {
      python: options.python,
      platforms,
      wanted,
      prefer: 'wheel',
      noBinary: names,
      strict: false,
      readPath: () => undefined,
    },
    all,
  );
  validateGraph(graph);
  return graph;
};
