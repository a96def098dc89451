/** Build tools of Python 3.12 as they are pinned. */
import { type PinnedPackage, packageId } from '../../graph/types.ts';

const pins = [
  {
    name: 'poetry-core',
    version: '2.2.1',
    url: 'https://files.pythonhosted.org/packages/c7/d8/bb2f602f5e012e177e1c8560125f9770945d36622595990cf1cb794477c2/poetry_core-2.2.1-py3-none-any.whl',
    sri: 'sha256-vfznEO3BC/z5qzUEFgXEgIKb5Ksj9bwBICz+XbjxJas=',
  },
  {
    name: 'setuptools',
    version: '80.9.0',
    url: 'https://files.pythonhosted.org/packages/a3/dc/17031897dae0efacfea57dfd3a82fdd2a2aeb58e0ff71b77b87e44edc772/setuptools-80.9.0-py3-none-any.whl',
    sri: 'sha256-Bi00IirRPgzDEqTALXPwWehqSsv73qj492soyZ8waSI=',
  },
  {
    name: 'wheel',
    version: '0.45.1',
    url: 'https://files.pythonhosted.org/packages/0b/2c/87f3254fd8ffd29e4c02732eee68a83a1d3c346ae39bc6822dcbcb697f2b/wheel-0.45.1-py3-none-any.whl',
    sri: 'sha256-cI50gcyAF5rw5Va78MwAuERMcyHicAuNhYAjHRMBckg=',
  },
] as const;

/** The packages of these names. */
export const tools = (
  ...names: readonly (typeof pins)[number]['name'][]
): readonly PinnedPackage[] =>
  pins
    .filter(({ name }) => names.includes(name))
    .map(({ name, version, url, sri }) => ({
      id: packageId(name, version),
      name,
      version,
      artifacts: [
        {
          kind: 'wheel',
          fileName: url.slice(url.lastIndexOf('/') + 1),
          source: { kind: 'registry', url },
          integrity: { sri, of: 'file' },
        },
      ],
      dependencies: [],
      metadata: {},
    }));
