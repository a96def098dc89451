/** The graphs behind `fixtures/recipes/NAME/expected`. */
import { type PinnedGraph, packageId } from '../../../graph/types.ts';
import {
  buildOnly,
  edge,
  graphOf,
  legacy,
  member,
  pinned,
  runtime,
  sdist,
  setuptools,
  sriOf,
  tools,
  tree,
  wheel,
} from '../graphs.ts';

const poetryCore = {
  packages: tools('poetry-core'),
  environment: { 'poetry-core-2': buildOnly(member('poetry-core@2.2.1')) },
};
const poetryBuild = { backend: 'poetry.core.masonry.api', environment: 'poetry-core-2' };

const pureWheel = graphOf([
  pinned('click', '8.1.7', {
    metadata: { description: 'Composable command line interface toolkit' },
  }),
  pinned('flask', '3.0.3', {
    dependencies: [edge('click@8.1.7'), edge('itsdangerous@2.2.0'), edge('werkzeug@3.0.3')],
    metadata: {
      description: 'A simple framework for building\n  complex web applications.',
      homepage: `https://flask.palletsprojects.com/?q="\${x}"`,
    },
  }),
  pinned('itsdangerous', '2.2.0'),
  pinned('werkzeug', '3.0.3', { dependencies: [edge('click@8.1.7')] }),
]);

const wheelsByPlatform = graphOf(
  [
    pinned('greenlet', '3.0.3', {
      artifacts: [
        wheel(
          'greenlet-3.0.3-cp312-cp312-macosx_11_0_universal2.whl',
          'aarch64-darwin',
          'x86_64-darwin',
        ),
        wheel('greenlet-3.0.3-cp312-cp312-manylinux_2_24_aarch64.whl', 'aarch64-linux'),
        wheel('greenlet-3.0.3-cp312-cp312-manylinux_2_24_x86_64.whl', 'x86_64-linux'),
      ],
    }),
    // Nothing for macOS.
    pinned('uvloop', '0.19.0', {
      artifacts: [
        wheel('uvloop-0.19.0-cp312-cp312-manylinux_2_17_aarch64.whl', 'aarch64-linux'),
        wheel('uvloop-0.19.0-cp312-cp312-manylinux_2_17_x86_64.whl', 'x86_64-linux'),
      ],
    }),
    // Wheels on two platforms, source on the others.
    pinned('markupsafe', '2.1.5', {
      artifacts: [
        wheel('MarkupSafe-2.1.5-cp312-cp312-manylinux_2_17_x86_64.whl', 'x86_64-linux'),
        wheel('MarkupSafe-2.1.5-cp312-cp312-macosx_10_9_universal2.whl', 'x86_64-darwin'),
        sdist('MarkupSafe-2.1.5.tar.gz', 'aarch64-darwin', 'aarch64-linux'),
      ],
      build: legacy('setuptools-80'),
    }),
    ...setuptools.packages,
  ],
  {
    environments: {
      default: runtime(
        member('greenlet@3.0.3'),
        member('markupsafe@2.1.5'),
        member('uvloop@0.19.0', 'aarch64-linux', 'x86_64-linux'),
      ),
      ...setuptools.environment,
    },
  },
);

const archive = (name: string, url: string, subdirectory?: string) => ({
  ...sdist(name),
  source: { kind: 'url' as const, url, ...(subdirectory === undefined ? {} : { subdirectory }) },
});

const sdists = graphOf(
  [
    pinned('pyyaml', '5.3.1', {
      artifacts: [sdist('PyYAML-5.3.1.tar.gz')],
      build: legacy('setuptools-80'),
      metadata: { homepage: 'https://pyyaml.org/' },
    }),
    pinned('monorepo-part', '1.0', {
      artifacts: [
        archive('monorepo.zip', 'https://example.org/releases/monorepo.zip', 'python/part'),
      ],
      build: { backend: 'setuptools.build_meta', environment: 'setuptools-80' },
    }),
    pinned('localised', '1.0+local', {
      artifacts: [
        archive('localised-1.0+local.tar.gz', 'https://example.org/localised-1.0%2Blocal.tar.gz'),
      ],
      build: legacy('setuptools-80'),
    }),
    pinned('queried', '1.0', {
      artifacts: [archive('queried-1.0.tar.gz', 'https://example.org/get?file=1&as=tar')],
      build: legacy('setuptools-80'),
    }),
    pinned('epoch', '1!2.0', {
      artifacts: [archive('epoch-1!2.0.tar.gz', 'https://example.org/epoch-1!2.0.tar.gz')],
      build: legacy('setuptools-80'),
    }),
    ...setuptools.packages,
  ],
  {
    environments: {
      default: runtime(
        member('epoch@1!2.0'),
        member('localised@1.0+local'),
        member('monorepo-part@1.0'),
        member('pyyaml@5.3.1'),
        member('queried@1.0'),
      ),
      ...setuptools.environment,
    },
  },
);

const rev = '0123456789abcdef0123456789abcdef01234567';

const git = graphOf(
  [
    pinned('acme-git', '1.0', {
      artifacts: [tree({ kind: 'git', url: 'https://git.example.org/acme/git.git', rev })],
      build: poetryBuild,
    }),
    pinned('acme-part', '1.0', {
      artifacts: [
        tree({
          kind: 'git',
          url: 'https://git.example.org/acme/mono.git',
          rev,
          subdirectory: 'parts/one',
          submodules: false,
        }),
      ],
      build: poetryBuild,
    }),
    ...poetryCore.packages,
  ],
  {
    environments: {
      default: runtime(member('acme-git@1.0'), member('acme-part@1.0')),
      ...poetryCore.environment,
    },
  },
);

const forgeArchive = graphOf(
  [
    pinned('acme-archive', '1.0', {
      artifacts: [tree({ kind: 'url', url: `https://github.com/acme/archive/archive/${rev}.zip` })],
      build: poetryBuild,
    }),
    pinned('acme-tarball', '1.0', {
      artifacts: [tree({ kind: 'url', url: 'https://github.com/acme/tarball/tarball/v1.0' })],
      build: poetryBuild,
    }),
    pinned('acme-zipball', '1.0', {
      artifacts: [
        tree({
          kind: 'url',
          url: 'https://codeload.github.com/acme/zipball/zip/v1.0',
          subdirectory: 'python',
        }),
      ],
      build: poetryBuild,
    }),
    ...poetryCore.packages,
  ],
  {
    environments: {
      default: runtime(
        member('acme-archive@1.0'),
        member('acme-tarball@1.0'),
        member('acme-zipball@1.0'),
      ),
      ...poetryCore.environment,
    },
  },
);

const pathSources = graphOf(
  [
    pinned('app', '0.1.0', {
      artifacts: [tree({ kind: 'path', path: '.' })],
      dependencies: [edge('acme-lib@1.0'), edge('acme-sdist@1.0'), edge('acme-wheel@1.0')],
      build: {
        backend: 'backend:hooks.build',
        backendPath: ['.', 'tools/build'],
        environment: 'poetry-core-2',
      },
    }),
    pinned('acme-lib', '1.0', {
      artifacts: [tree({ kind: 'path', path: '../lib' })],
      build: poetryBuild,
    }),
    pinned('acme-sdist', '1.0', {
      artifacts: [
        {
          kind: 'sdist',
          fileName: 'acme-sdist-1.0.tar.gz',
          source: { kind: 'path', path: 'dists/acme-sdist-1.0.tar.gz' },
        },
      ],
      build: poetryBuild,
    }),
    pinned('acme-wheel', '1.0', {
      artifacts: [
        {
          kind: 'wheel',
          fileName: 'acme_wheel-1.0-py3-none-any.whl',
          source: { kind: 'path', path: 'dists/acme_wheel-1.0-py3-none-any.whl' },
        },
      ],
    }),
    ...poetryCore.packages,
  ],
  {
    environments: {
      default: runtime(member('acme-lib@1.0'), member('acme-sdist@1.0'), member('acme-wheel@1.0')),
      ...poetryCore.environment,
    },
    roots: [{ name: 'app', package: packageId('app', '0.1.0'), scripts: [] }],
  },
);

const severalVersions = graphOf(
  [
    pinned('numpy', '1.26.4'),
    pinned('numpy', '2.2.6'),
    pinned('pandas', '2.2.3', {
      dependencies: [
        edge('numpy@1.26.4', { platforms: ['aarch64-linux', 'x86_64-linux'] }),
        edge('numpy@2.2.6', { platforms: ['aarch64-darwin', 'x86_64-darwin'] }),
      ],
    }),
    // One version, from two places.
    pinned('torch', '2.0', {
      artifacts: [wheel('torch-2.0-cp312-none-macosx_11_0_arm64.whl', 'aarch64-darwin')],
    }),
    pinned('torch', '2.0', {
      source: 'cpu',
      artifacts: [wheel('torch-2.0+cpu-cp312-cp312-linux_x86_64.whl', 'x86_64-linux')],
    }),
    // What runs keeps its name: the tool of the same name is there for a build alone.
    pinned('setuptools', '69.5.1'),
    pinned('legacy', '1.0', {
      artifacts: [sdist('legacy-1.0.tar.gz')],
      build: legacy('setuptools-80'),
    }),
    ...setuptools.packages,
  ],
  {
    environments: {
      default: runtime(
        member('legacy@1.0'),
        member('numpy@1.26.4', 'aarch64-linux', 'x86_64-linux'),
        member('numpy@2.2.6', 'aarch64-darwin', 'x86_64-darwin'),
        member('pandas@2.2.3'),
        member('setuptools@69.5.1'),
        member('torch@2.0', 'aarch64-darwin'),
        member('torch@2.0#cpu', 'x86_64-linux'),
      ),
      ...setuptools.environment,
    },
  },
);

const extras = graphOf([
  pinned('celery', '5.4.0', {
    dependencies: [edge('kombu@5.3.7', { extras: ['redis'] }), edge('vine@5.1.0')],
  }),
  pinned('kombu', '5.3.7', {
    dependencies: [
      edge('vine@5.1.0'),
      edge('redis@5.0.7', { extra: 'redis', kind: 'optional', extras: ['hiredis'] }),
      edge('pymongo@4.8.0', { extra: 'mongodb', kind: 'optional' }),
    ],
  }),
  pinned('redis', '5.0.7', {
    dependencies: [
      edge('hiredis@2.3.2', { extra: 'hiredis', platforms: ['x86_64-linux'], kind: 'optional' }),
    ],
  }),
  pinned('hiredis', '2.3.2'),
  pinned('pymongo', '4.8.0'),
  pinned('vine', '5.1.0'),
]);

const environmentsByPlatform = graphOf(
  [
    pinned('colorama', '0.4.6'),
    pinned('pyobjc-core', '10.3', {
      artifacts: [
        wheel(
          'pyobjc_core-10.3-cp312-cp312-macosx_10_9_universal2.whl',
          'aarch64-darwin',
          'x86_64-darwin',
        ),
      ],
    }),
    pinned('pytest', '8.2.0', { dependencies: [edge('colorama@0.4.6')] }),
    pinned('tool', '1.0', {
      dependencies: [
        edge('colorama@0.4.6'),
        edge('pyobjc-core@10.3', { platforms: ['aarch64-darwin', 'x86_64-darwin'] }),
      ],
    }),
  ],
  {
    environments: {
      default: runtime(
        member('colorama@0.4.6'),
        member('pyobjc-core@10.3', 'aarch64-darwin', 'x86_64-darwin'),
        member('tool@1.0'),
      ),
      dev: runtime(member('colorama@0.4.6'), member('pytest@8.2.0')),
      nothing: runtime(),
      'only-x86': runtime(member('tool@1.0', 'x86_64-linux')),
    },
  },
);

const application = graphOf(
  [
    pinned('with', '2.0'),
    pinned('2to3', '1.0', { dependencies: [edge('with@2.0')] }),
    pinned('app', '0.1.0', {
      artifacts: [tree({ kind: 'path', path: '.' })],
      dependencies: [edge('2to3@1.0')],
      build: poetryBuild,
      metadata: {
        description: `Says "hello" to \\ and \${you}`,
        homepage: 'https://app.example.org/',
        licence: 'MIT',
      },
    }),
    ...poetryCore.packages,
    pinned('pip', '25.3', {
      artifacts: [
        {
          ...wheel('pip-25.3-py3-none-any.whl'),
          integrity: { sri: sriOf('pip'), of: 'file' },
        },
      ],
    }),
  ],
  {
    environments: {
      default: runtime(member('2to3@1.0'), member('with@2.0')),
      check: buildOnly(member('pip@25.3')),
      ...poetryCore.environment,
    },
    roots: [{ name: 'app', package: packageId('app', '0.1.0'), scripts: ['app', 'app-admin'] }],
    python: { patchRange: { from: '3.12.1', to: '3.12.4' } },
    platforms: ['x86_64-linux'],
  },
);

/** What is installed to work on a project, members of it that are live, and licences of each kind. */
const development = graphOf(
  [
    pinned('app', '0.1.0', {
      artifacts: [tree({ kind: 'path', path: '.' })],
      dependencies: [edge('acme-lib@1.0'), edge('attrs@23.2.0')],
      build: poetryBuild,
      metadata: { licence: 'Proprietary to Acme' },
    }),
    pinned('acme-lib', '1.0', {
      artifacts: [tree({ kind: 'path', path: 'libs/acme-lib', editable: true })],
      build: poetryBuild,
      metadata: { licence: 'unfree' },
    }),
    pinned('acme-fixed', '1.0', {
      artifacts: [tree({ kind: 'path', path: 'libs/acme-fixed' })],
      build: poetryBuild,
    }),
    pinned('attrs', '23.2.0', { metadata: { licence: 'MIT License' } }),
    pinned('pytest', '8.2.0', {
      dependencies: [edge('packaging@24.0')],
      metadata: { description: 'Simple powerful testing.', licence: 'MIT' },
    }),
    pinned('packaging', '24.0', { metadata: { licence: 'Apache-2.0 OR BSD-2-Clause' } }),
    ...poetryCore.packages,
  ],
  {
    environments: {
      default: runtime(member('acme-lib@1.0'), member('attrs@23.2.0')),
      development: runtime(
        member('acme-fixed@1.0'),
        member('acme-lib@1.0'),
        member('attrs@23.2.0'),
        member('packaging@24.0'),
        member('pytest@8.2.0'),
      ),
      ...poetryCore.environment,
    },
    roots: [{ name: 'app', package: packageId('app', '0.1.0'), scripts: ['one', 'two'] }],
    platforms: ['x86_64-linux'],
  },
);

const theRule = 'the rule for `pyyaml` in overrides.toml (why)';

/** Each field of a rule, on all platforms and on one. */
const rules = graphOf(
  [
    pinned('pyyaml', '5.3.1', {
      artifacts: [sdist('PyYAML-5.3.1.tar.gz')],
      build: legacy('setuptools-80'),
      native: { tools: ['unzip'], libraries: ['zlib'], hardeningDisable: ['format'] },
      env: { CFLAGS: '-O1 "${' },
      configSettings: { '--global-option': ['--with-libyaml'], mode: 'fast' },
      sourceFiles: {
        patches: [
          { name: 'pyyaml.patch', text: '--- a\n+++ b\n' },
          {
            url: 'https://example.org/fix.patch',
            integrity: { sri: sriOf('fix.patch'), of: 'file' },
          },
        ],
        edits: [
          { file: 'setup.py', find: 'a\nb', replace: '', required: false, rule: theRule },
          { file: 'setup.py', find: '"x"', replace: "''", rule: theRule },
        ],
        remove: [{ path: 'tests', rule: theRule }],
        create: [{ path: 'new.py', text: 'x = 1\n', rule: theRule }],
      },
      installedFiles: { remove: [{ path: 'yaml/tests', rule: theRule }] },
      hooks: { preBuild: 'touch "$out"' },
      requirements: {
        add: ['six'],
        remove: ['enum34'],
        replace: { gevent: 'gevent>=1.4' },
        specifiers: { cornice: '==0.16.2' },
      },
      imports: ['yaml'],
      on: { 'aarch64-darwin': { env: { CFLAGS: '-O0' } } },
      overrides: ['collection/pyyaml.toml: one', 'overrides.toml: why'],
    }),
    ...setuptools.packages,
  ],
  {
    environments: {
      default: runtime(member('pyyaml@5.3.1')),
      ...setuptools.environment,
    },
  },
);

export const goldenGraphs: Readonly<Record<string, PinnedGraph>> = {
  rules,
  application,
  development,
  'environments-by-platform': environmentsByPlatform,
  extras,
  'forge-archive': forgeArchive,
  git,
  'path-sources': pathSources,
  'pure-wheel': pureWheel,
  sdist: sdists,
  'several-versions': severalVersions,
  'wheels-by-platform': wheelsByPlatform,
};
