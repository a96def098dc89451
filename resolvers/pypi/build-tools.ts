import { type PinnedPackage, packageId } from '../../graph/types.ts';
import { compareVersions, parseVersion } from '../../standards/version.ts';

/** A wheel of a build tool, pinned by hand: the same for everyone until build requirements are solved. */
interface ToolPin {
  readonly name: 'pip' | 'poetry-core' | 'setuptools' | 'wheel';
  readonly version: string;
  readonly url: string;
  readonly sri: string;
}

const pins: readonly ToolPin[] = [
  {
    name: 'pip',
    version: '20.3.4',
    url: 'https://files.pythonhosted.org/packages/27/79/8a850fe3496446ff0d584327ae44e7500daf6764ca1a382d2d02789accf7/pip-20.3.4-py2.py3-none-any.whl',
    sri: 'sha256-IXrlFhoOCMD7hzhYgG40eMl3XK/85RaLUOyIXjWMGZ0=',
  },
  {
    name: 'pip',
    version: '21.3.1',
    url: 'https://files.pythonhosted.org/packages/a4/6d/6463d49a933f547439d6b5b98b46af8742cc03ae83543e4d7688c2420f8b/pip-21.3.1-py3-none-any.whl',
    sri: 'sha256-3q8y3Nmrgh41nNgzB4a80HdgS1xXMMCwlu2kb5XCSi0=',
  },
  {
    name: 'pip',
    version: '24.0',
    url: 'https://files.pythonhosted.org/packages/8a/6a/19e9fe04fca059ccf770861c7d5721ab4c2aebc539889e97c7977528a53b/pip-24.0-py3-none-any.whl',
    sri: 'sha256-ug0CGhZoZdImUkaWG+wBUv8STekQxcw58RVs4/p8adw=',
  },
  {
    name: 'pip',
    version: '25.0.1',
    url: 'https://files.pythonhosted.org/packages/c9/bc/b7db44f5f39f9d0494071bddae6880eb645970366d0a200022a1a93d57f5/pip-25.0.1-py3-none-any.whl',
    sri: 'sha256-xG79E7aqgnnzPyhkRZyM5YfqahpZ7iDeBVho2Pdoj38=',
  },
  {
    name: 'pip',
    version: '25.3',
    url: 'https://files.pythonhosted.org/packages/44/3c/d717024885424591d5376220b5e836c2d5293ce2011523c9de23ff7bf068/pip-25.3-py3-none-any.whl',
    sri: 'sha256-llWUMxOpRyK3d0ZhwhBJBw9ruwoVFr8C98jV2SAVFM0=',
  },
  {
    name: 'poetry-core',
    version: '1.9.1',
    url: 'https://files.pythonhosted.org/packages/f7/b4/ae500aaba6e003ff80889e3dee449b154d2dd70d520dc0402f23535a5995/poetry_core-1.9.1-py3-none-any.whl',
    sri: 'sha256-b0XdNZjg3o2bA2c2AlPUxdTQEQyPXHESChTw4PEWwaA=',
  },
  {
    name: 'poetry-core',
    version: '2.2.1',
    url: 'https://files.pythonhosted.org/packages/c7/d8/bb2f602f5e012e177e1c8560125f9770945d36622595990cf1cb794477c2/poetry_core-2.2.1-py3-none-any.whl',
    sri: 'sha256-vfznEO3BC/z5qzUEFgXEgIKb5Ksj9bwBICz+XbjxJas=',
  },
  {
    name: 'setuptools',
    version: '44.1.1',
    url: 'https://files.pythonhosted.org/packages/e1/b7/182161210a13158cd3ccc41ee19aadef54496b74f2817cc147006ec932b4/setuptools-44.1.1-py2.py3-none-any.whl',
    sri: 'sha256-J6cUwJJTE05gpvpoEw94xwN+VWLE8h+PMY8q6QDRUtU=',
  },
  {
    name: 'setuptools',
    version: '59.6.0',
    url: 'https://files.pythonhosted.org/packages/b0/3a/88b210db68e56854d0bcf4b38e165e03be377e13907746f825790f3df5bf/setuptools-59.6.0-py3-none-any.whl',
    sri: 'sha256-TOkvHh+PASM+6ZUsBPa4HR4Ck51uG0iEKBVJdKTQeD4=',
  },
  {
    name: 'setuptools',
    version: '68.0.0',
    url: 'https://files.pythonhosted.org/packages/c7/42/be1c7bbdd83e1bfb160c94b9cafd8e25efc7400346cf7ccdbdb452c467fa/setuptools-68.0.0-py3-none-any.whl',
    sri: 'sha256-EeUsZ0FaOB0Q1rRiztnPuXBmF58OhxOZ4AbEqxAfyF8=',
  },
  {
    name: 'setuptools',
    version: '75.3.2',
    url: 'https://files.pythonhosted.org/packages/15/65/3f0dba35760d902849d39d38c0a72767794b1963227b69a587f8a336d08c/setuptools-75.3.2-py3-none-any.whl',
    sri: 'sha256-kKthO2WD/ALVNpy8oT6ibqDhgtHfLZQ+6cvoHUxhrdk=',
  },
  {
    name: 'setuptools',
    version: '80.9.0',
    url: 'https://files.pythonhosted.org/packages/a3/dc/17031897dae0efacfea57dfd3a82fdd2a2aeb58e0ff71b77b87e44edc772/setuptools-80.9.0-py3-none-any.whl',
    sri: 'sha256-Bi00IirRPgzDEqTALXPwWehqSsv73qj492soyZ8waSI=',
  },
  {
    name: 'wheel',
    version: '0.37.1',
    url: 'https://files.pythonhosted.org/packages/27/d6/003e593296a85fd6ed616ed962795b2f87709c3eee2bca4f6d0fe55c6d00/wheel-0.37.1-py2.py3-none-any.whl',
    sri: 'sha256-S9zX2EATgIYSbNCSVNxhlftPxvAcBQodcjbyYw2x0io=',
  },
  {
    name: 'wheel',
    version: '0.42.0',
    url: 'https://files.pythonhosted.org/packages/c7/c3/55076fc728723ef927521abaa1955213d094933dc36d4a2008d5101e1af5/wheel-0.42.0-py3-none-any.whl',
    sri: 'sha256-F3+cmw1FxHhzthn1tlA0bWMs3DX7Xk0lBY4JyeWBQz0=',
  },
  {
    name: 'wheel',
    version: '0.45.1',
    url: 'https://files.pythonhosted.org/packages/0b/2c/87f3254fd8ffd29e4c02732eee68a83a1d3c346ae39bc6822dcbcb697f2b/wheel-0.45.1-py3-none-any.whl',
    sri: 'sha256-cI50gcyAF5rw5Va78MwAuERMcyHicAuNhYAjHRMBckg=',
  },
];

/** The last versions that run on an interpreter: the row of the highest `from` that is not above it. */
const releases: readonly {
  readonly from: string;
  readonly tools: Readonly<Partial<Record<ToolPin['name'], string>>>;
}[] = [
  { from: '2.7', tools: { pip: '20.3.4', setuptools: '44.1.1', wheel: '0.37.1' } },
  { from: '3.6', tools: { pip: '21.3.1', setuptools: '59.6.0', wheel: '0.37.1' } },
  { from: '3.7', tools: { pip: '24.0', setuptools: '68.0.0', wheel: '0.42.0' } },
  {
    from: '3.8',
    tools: { pip: '25.0.1', 'poetry-core': '1.9.1', setuptools: '75.3.2', wheel: '0.45.1' },
  },
  {
    from: '3.9',
    tools: { pip: '25.3', 'poetry-core': '2.2.1', setuptools: '80.9.0', wheel: '0.45.1' },
  },
];

/** The pinned versions of the build tools for a Python minor version (`"3.12"`), by name. */
export const buildToolVersions = (
  python: string,
): Readonly<Partial<Record<ToolPin['name'], string>>> => {
  const version = parseVersion(python);
  return (
    releases.findLast(({ from }) => compareVersions(parseVersion(from), version) <= 0)?.tools ?? {}
  );
};

/** The package of a build tool for a Python minor version; undefined when none is pinned for it. */
export const buildTool = (name: string, python: string): PinnedPackage | undefined => {
  const versions = buildToolVersions(python);
  const pin = pins.find((each) => each.name === name && each.version === versions[each.name]);
  if (pin === undefined) return undefined;
  return {
    id: packageId(pin.name, pin.version),
    name: pin.name,
    version: pin.version,
    artifacts: [
      {
        kind: 'wheel',
        fileName: pin.url.slice(pin.url.lastIndexOf('/') + 1),
        source: { kind: 'registry', url: pin.url },
        integrity: { sri: pin.sri, of: 'file' },
      },
    ],
    dependencies: [],
    metadata: {},
  };
};
