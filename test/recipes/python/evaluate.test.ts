import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { platformName } from '../../../graph/platform.ts';
import type { PinnedGraph } from '../../../graph/types.ts';
import { packageId } from '../../../graph/types.ts';
import { attributeNames } from '../../../recipes/python/attribute-names.ts';
import { knownLicences, nixpkgsLicences } from '../../../standards/licence.ts';
import { type HostNix, openHostNix } from '../../host/nix.ts';
import { requirement, testWith } from '../../host/requirements.ts';
import { edge, graphOf, member, pinned, runtime } from '../graphs.ts';
import { stubPython, writeRecipe } from '../write-recipe.ts';
import { goldenGraphs } from './golden-graphs.ts';

const graphs: Readonly<Record<string, PinnedGraph>> = {
  ...goldenGraphs,
  cycle: graphOf([
    pinned('left', '1.0', { dependencies: [edge('right@1.0')] }),
    pinned('right', '1.0', { dependencies: [edge('left@1.0'), edge('right@1.0')] }),
  ]),
  'up-to': graphOf([pinned('left', '1.0')], { python: { patchRange: { to: '3.12.2' } } }),
  'from-nixpkgs': graphOf([
    pinned('pyyaml', '5.3.1'),
    pinned('tkinter', '3.12.4', { artifacts: [], nixpkgs: 'tkinter' }),
  ]),
  musl: graphOf([pinned('left', '1.0')], { platforms: ['x86_64-linux-musl'] }),
  'by-name': graphOf([pinned('left', '1.0'), pinned('right', '1.0'), pinned('right', '2.0')], {
    environments: {
      default: runtime(
        member('left@1.0'),
        member('right@1.0', 'aarch64-darwin', 'x86_64-darwin'),
        member('right@2.0', 'x86_64-linux'),
      ),
    },
    roots: [
      {
        name: 'left',
        apps: [packageId('right', '1.0'), packageId('right', '2.0')],
        scripts: [],
      },
    ],
  }),
  'two-names': graphOf([pinned('left', '1.0'), pinned('right', '1.0')], {
    environments: { default: runtime(member('left@1.0')), second: runtime(member('right@1.0')) },
  }),
};

let scratch = '';
let opened: HostNix | undefined;
const nix = (): HostNix => {
  if (!opened) throw new Error('no Nix');
  return opened;
};

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'l2n-evaluate-'));
  if (!requirement('nix').available) return;
  opened = openHostNix();
  // The project that the recipe of `path-sources` is beside, and what it names.
  const project = join(scratch, 'path-sources');
  mkdirSync(join(project, 'dists'), { recursive: true });
  mkdirSync(join(scratch, 'lib'));
  writeFileSync(join(scratch, 'lib', 'setup.py'), '');
  writeFileSync(join(project, 'dists', 'acme-sdist-1.0.tar.gz'), '');
  writeFileSync(join(project, 'dists', 'acme_wheel-1.0-py3-none-any.whl'), '');
  for (const name of ['acme-fixed', 'acme-lib']) {
    mkdirSync(join(scratch, 'development', 'libs', name), { recursive: true });
  }
  for (const [name, graph] of Object.entries(graphs)) {
    const isBeside = name !== 'git' && name !== 'application';
    writeRecipe(join(scratch, name, 'nix'), graph, isBeside ? '..' : undefined);
  }
});
afterAll(() => {
  opened?.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** What stands around each expression: `on SYSTEM NAME ARGUMENTS` is the recipe of a graph. */
const prelude = () => `let
  stub = ${stubPython};
  set = system: import <nixpkgs> { inherit system; };
  bare = name: import (${scratch} + "/\${name}/nix");
  on = system: name: arguments:
    let pkgs = set system; in
    bare name ({ inherit pkgs; python = stub pkgs "3.12.4"; } // arguments);
  linux = on "x86_64-linux";
  pkgs = set "x86_64-linux";
  shown = map (each: "\${each.pname} \${each.version}");
in
`;
const evaluate = (text: string): Promise<unknown> =>
  nix().nixInstantiate({ expression: prelude() + text });

/** The message of an evaluation that fails. */
const failure = async (text: string): Promise<string> => {
  const flags = ['--eval', '--strict', '--readonly-mode', '-E'];
  const { exitCode, log } = await nix().run(['nix-instantiate', ...flags, prelude() + text]);
  expect(exitCode).toBe(1);
  return log;
};

const stripped = (text: string): string => text.replace(/^error: /, '').split('\n')[0] ?? '';

describe('a system', () => {
  const members = (system: string): string =>
    `shown (on "${system}" "several-versions" { }).env.packages`;
  const common = ['legacy 1.0', 'pandas 2.2.3', 'setuptools 69.5.1'];

  testWith(['nix'], 'gets the versions that are pinned for it', async () => {
    const systems = ['aarch64-darwin', 'aarch64-linux', 'x86_64-darwin', 'x86_64-linux'];
    expect(await evaluate(`[ ${systems.map((each) => `(${members(each)})`).join(' ')} ]`)).toEqual([
      [...common, 'numpy 2.2.6', 'torch 2.0'],
      [...common, 'numpy 1.26.4'],
      [...common, 'numpy 2.2.6'],
      [...common, 'numpy 1.26.4', 'torch 2.0'],
    ]);
  });

  testWith(['nix'], 'gets its own file of a version', async () => {
    const url = (system: string): string =>
      `(on "${system}" "wheels-by-platform" { }).packages.greenlet.src.name`;
    expect(await evaluate(`[ (${url('x86_64-darwin')}) (${url('x86_64-linux')}) ]`)).toEqual([
      'greenlet-3.0.3-cp312-cp312-macosx_11_0_universal2.whl',
      'greenlet-3.0.3-cp312-cp312-manylinux_2_24_x86_64.whl',
    ]);
  });

  testWith(['nix'], 'with a wheel needs no build tools, another one builds', async () => {
    const tools = (system: string): string => `
      let package = (on "${system}" "wheels-by-platform" { }).packages.markupsafe;
      in [ package.src.name (package ? disallowedReferences) ]`;
    expect(await evaluate(`[ (${tools('x86_64-darwin')}) (${tools('aarch64-darwin')}) ]`)).toEqual([
      ['MarkupSafe-2.1.5-cp312-cp312-macosx_10_9_universal2.whl', false],
      ['MarkupSafe-2.1.5.tar.gz', true],
    ]);
  });

  testWith(['nix'], 'with musl gets what is pinned for musl', async () => {
    const set = 'import <nixpkgs> { system = "x86_64-linux"; isMusl = true; }';
    expect(await evaluate(`shown (linux "musl" { pkgs = ${set}; }).env.packages`)).toEqual([
      'left 1.0',
    ]);
  });
});

describe('every golden graph', () => {
  const rows = Object.entries(goldenGraphs).flatMap(([name, graph]) =>
    graph.target.platforms.map((platform) => ({ name, graph, system: platformName(platform) })),
  );

  testWith(['nix'], 'evaluates to the end on all of its systems', async () => {
    const sets = rows.map(({ name, graph, system }) => {
      const names = attributeNames(graph);
      const usable = [...graph.packages.values()].filter(({ artifacts }) =>
        artifacts.some(({ platforms }) => platforms?.includes(system) ?? true),
      );
      const list = usable.map(({ id }) => `"${names.get(id)}"`).join(' ');
      const isBeside = ['development', 'path-sources'].includes(name);
      const src = isBeside ? '' : `src = ${scratch} + "/lib";`;
      return `(let recipe = on "${system}" "${name}" { ${src} }; in {
        packages = map (name: recipe.packages.\${name}.outPath) [ ${list} ];
        envs = map (env: env.outPath) (builtins.attrValues recipe.envs);
      })`;
    });
    const read = (await evaluate(`[ ${sets.join('\n')} ]`)) as {
      packages: string[];
      envs: string[];
    }[];
    expect(read).toHaveLength(rows.length);
    for (const [index, { packages, envs }] of read.entries()) {
      const { graph } = rows[index] ?? {};
      const environments = [...(graph?.environments.values() ?? [])];
      expect(envs).toHaveLength(environments.filter(({ kind }) => kind === 'runtime').length);
      expect(new Set(packages).size).toBe(packages.length);
      expect([...packages, ...envs].every((path) => path.startsWith(nix().storeDir))).toBe(true);
    }
  });
});

describe('refused', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    [
      'a package without a file for the system',
      '(on "aarch64-darwin" "wheels-by-platform" { }).packages.uvloop.outPath',
      'lock2nix: uvloop has no file for aarch64-darwin, only for aarch64-linux, x86_64-linux; lock a version that has one, or leave the system out with `convert --systems`',
    ],
    [
      'a system without pins',
      '(on "riscv64-linux" "pure-wheel" { }).env.outPath',
      'lock2nix: this recipe has pins for aarch64-darwin,aarch64-linux,x86_64-darwin,x86_64-linux, not for riscv64-linux; run `convert --systems aarch64-darwin,aarch64-linux,x86_64-darwin,x86_64-linux,riscv64-linux`',
    ],
    [
      'musl without pins for musl',
      '(linux "application" { pkgs = import <nixpkgs> { isMusl = true; system = "x86_64-linux"; }; }).env.outPath',
      'lock2nix: this recipe has pins for x86_64-linux, not for x86_64-linux-musl; run `convert --systems x86_64-linux,x86_64-linux-musl`',
    ],
    [
      'another minor version',
      '(linux "pure-wheel" { python = stub pkgs "3.11.9"; }).env.outPath',
      'lock2nix: this recipe is for Python 3.12, but `python` is 3.11.9; pass `python = pkgs.python312`, or run `convert --python 3.11`',
    ],
    [
      'a package set without the interpreter',
      '(bare "pure-wheel" { pkgs = removeAttrs pkgs [ "python312" ]; }).env.outPath',
      'lock2nix: this package set has no python312; pass a CPython 3.12 as `python`, or run `convert --python` with a version that it has',
    ],
    [
      'PyPy',
      '(linux "pure-wheel" { python = stub pkgs "3.12.4" // { implementation = "pypy"; }; }).env.outPath',
      'lock2nix: this recipe is for CPython 3.12, but `python` is pypy',
    ],
    [
      'an environment of withPackages',
      // Such an environment has no `version`.
      '(linux "pure-wheel" { python = removeAttrs (stub pkgs "3.11.9" // { python = null; }) [ "version" ]; }).env.outPath',
      'lock2nix: `python` is an environment made by `withPackages` or `buildEnv`; pass the bare interpreter, `pkgs.python312`',
    ],
    [
      'a patch release before the range',
      '(linux "application" { python = stub pkgs "3.12.0"; }).env.outPath',
      'lock2nix: the pins depend on the patch release: they hold from 3.12.1 up to 3.12.4 but `python` is 3.12.0; run `convert --python 3.12.0`',
    ],
    [
      'a patch release after the range',
      '(linux "up-to" { python = stub pkgs "3.12.3"; }).env.outPath',
      'lock2nix: the pins depend on the patch release: they hold up to 3.12.2 but `python` is 3.12.3; run `convert --python 3.12.3`',
    ],
    [
      'cross compilation',
      '(linux "pure-wheel" { pkgs = pkgs // { stdenv = pkgs.stdenv // { inherit ((set "aarch64-linux").stdenv) hostPlatform; }; }; }).env.outPath',
      'lock2nix: cross compilation from x86_64-linux to aarch64-linux is not supported; build on aarch64-linux',
    ],
    [
      'cross compilation to musl',
      '(linux "musl" { pkgs = pkgs // { stdenv = pkgs.stdenv // { hostPlatform = pkgs.stdenv.hostPlatform // { isMusl = true; }; }; }; }).env.outPath',
      'lock2nix: cross compilation from x86_64-linux to x86_64-linux-musl is not supported; build on x86_64-linux-musl',
    ],
    [
      'a live source without `src`',
      '(linux "application" { }).packages.app.outPath',
      'lock2nix: the project is not beside this recipe; pass its folder as `src`',
    ],
    [
      '`app` without a project',
      '(linux "pure-wheel" { }).app.outPath',
      'lock2nix: the input has no project of its own, so there is no `app`; build `env` or `packages.NAME`',
    ],
  ];
  for (const [name, text, message] of rows) {
    testWith(['nix'], name, async () => {
      const log = await failure(text);
      expect(stripped(log)).toBe(message);
    });
  }
});

describe('overriding', () => {
  testWith(
    ['nix'],
    '`packageOverrides` reaches environments and what depends on the package',
    async () => {
      const overrides = `{
      packageOverrides = final: prev: {
        click = prev.click.overrideAttrs (old: { version = "9"; passthru = old.passthru // { seen = final.flask.version; }; });
      };
    }`;
      expect(
        await evaluate(`let recipe = linux "pure-wheel" ${overrides}; in {
        env = shown recipe.env.packages;
        flask = shown recipe.packages.flask.env.packages;
        changed = recipe.env.outPath != (linux "pure-wheel" { }).env.outPath;
        inherit (recipe.packages.click) seen;
      }`),
      ).toEqual({
        env: ['click 9', 'flask 3.0.3', 'itsdangerous 2.2.0', 'werkzeug 3.0.3'],
        flask: ['flask 3.0.3', 'click 9', 'itsdangerous 2.2.0', 'werkzeug 3.0.3'],
        changed: true,
        seen: '3.0.3',
      });
    },
  );

  testWith(
    ['nix'],
    '`packageOverrides` reaches `app`, `shell` and environments of others',
    async () => {
      const overrides = `{
      packageOverrides = _final: prev: {
        attrs = prev.attrs.overrideAttrs { version = "9"; };
        acme-lib = prev.acme-lib.overrideAttrs { version = "8"; };
      };
    }`;
      const attrs = ['attrs 9', 'acme-lib 8'];
      const wanted = attrs.map((each) => `"${each}"`).join(' ');
      expect(
        await evaluate(`let
        recipe = linux "development" ${overrides};
        plain = linux "development" { };
        found = list: builtins.filter (each: builtins.elem each (shown list)) [ ${wanted} ];
        differ = name: recipe.\${name}.outPath != plain.\${name}.outPath;
      in {
        env = found recipe.env.packages;
        development = found recipe.envs.development.packages;
        app = found recipe.app.env.packages;
        shell = found recipe.shell.env.packages;
        other = found recipe.packages.app.env.packages;
        changed = map differ [ "env" "app" "shell" ];
      }`),
      ).toEqual({
        ...{ env: attrs, development: attrs, app: attrs, shell: attrs, other: attrs },
        changed: [true, true, true],
      });
    },
  );

  testWith(['nix'], 'an overridden package has an environment with itself', async () => {
    const package_ = '((linux "pure-wheel" { }).packages.flask.overrideAttrs { version = "9"; })';
    expect(await evaluate(`shown ${package_}.env.packages`)).toEqual([
      'flask 9',
      'click 8.1.7',
      'itsdangerous 2.2.0',
      'werkzeug 3.0.3',
    ]);
  });

  testWith(['nix'], 'fetchers can be replaced', async () => {
    const fetchurl =
      '{ url, ... }@args: pkgs.fetchurl (args // { url = "https://mirror.example.org/" + baseNameOf url; })';
    expect(
      await evaluate(`(linux "pure-wheel" { fetchurl = ${fetchurl}; }).packages.click.src.urls`),
    ).toEqual(['https://mirror.example.org/click-8.1.7-py3-none-any.whl']);
  });
});

describe('`shell`', () => {
  const asked = `{
    inherit (recipe.shell) name;
    env = shown recipe.shell.env.packages;
    editable = map (each: each.name) (builtins.filter (each: pkgs.lib.hasSuffix "-editable" each.name) recipe.shell.env.packages);
  }`;
  const read = (text: string): Promise<unknown> =>
    evaluate(`let recipe = linux ${text}; in ${asked}`);

  testWith(['nix'], 'has the development environment, and live members in it', async () => {
    expect(await read('"development" { }')).toEqual({
      name: 'python3.12-shell',
      env: [
        'app 0.1.0',
        'acme-fixed 1.0',
        'acme-lib 1.0',
        'attrs 23.2.0',
        'packaging 24.0',
        'pytest 8.2.0',
      ],
      editable: ['app-0.1.0-editable', 'acme-lib-1.0-editable'],
    });
  });

  testWith(['nix'], 'is `env` where nothing is to be developed', async () => {
    expect(await read('"two-names" { }')).toEqual({
      name: 'python3.12-shell',
      env: ['left 1.0'],
      editable: [],
    });
    // Nobody asks where the project is.
    expect(await evaluate('(linux "git" { }).shell.drvPath')).toMatch(/-python3\.12-shell\.drv$/);
  });

  testWith(['nix'], 'has what its live members are built with', async () => {
    expect(
      await evaluate(`let
        recipe = linux "development" {
          packageOverrides = _final: prev: {
            app = prev.app.overrideAttrs (old: { buildInputs = old.buildInputs ++ [ pkgs.zlib ]; });
            acme-fixed = prev.acme-fixed.overrideAttrs (old: { nativeBuildInputs = [ pkgs.pkg-config ]; });
          };
        };
        names = map (each: pkgs.lib.getName each);
      in {
        native = names recipe.shell.nativeBuildInputs;
        libraries = names recipe.shell.buildInputs;
      }`),
    ).toEqual({ native: ['python3.12-shell-env'], libraries: ['zlib'] });
  });

  testWith(['nix'], 'tells when the project was copied to the store, only then', async () => {
    const hook = (src: string) =>
      evaluate(`(linux "development" { src = ${src}; }).shell.shellHook`);
    expect(await hook(`${scratch} + "/development"`)).toBe('');
    const stored = `builtins.path { path = ${scratch} + "/development"; name = "source"; }`;
    expect(await hook(stored)).toContain('export LOCK2NIX_PROJECT="$PWD"');
  });
});

describe('`pythonModules`', () => {
  const module = 'builtins.getAttr "left" (recipe.pythonModules)';

  testWith(['nix'], 'propagate the whole closure, without going in circles', async () => {
    expect(
      await evaluate(`let
        set = pkgs;
        python = stub pkgs "3.12.4" // { pkgs = { toPythonModule = drv: drv.overrideAttrs (old: { passthru = old.passthru or { } // { pythonModule = true; }; }); }; };
        recipe = linux "cycle" { inherit python; };
        left = ${module};
      in {
        inherit (left) pname version pythonModule;
        dependencies = shown left.propagatedBuildInputs;
        further = map (each: [ each.pythonModule (each.propagatedBuildInputs or [ ]) ]) left.propagatedBuildInputs;
        own = map (each: each.outPath) left.propagatedBuildInputs == [ recipe.packages.right.outPath ];
      }`),
    ).toEqual({
      pname: 'left',
      version: '1.0',
      pythonModule: true,
      dependencies: ['right 1.0'],
      further: [[true, []]],
      own: true,
    });
  });

  testWith(['nix'], 'need an interpreter with a package set', async () => {
    const log = await failure(`let recipe = linux "cycle" { }; in (${module}).outPath`);
    expect(stripped(log)).toBe(
      'lock2nix: `pythonModules` is for interpreters that have a package set, as those of nixpkgs do; this `python` has no `pkgs.toPythonModule`',
    );
  });

  testWith(['nix'], 'are there for packages that `packageOverrides` adds', async () => {
    expect(
      await evaluate(`builtins.attrNames (linux "cycle" {
        packageOverrides = _final: prev: { more = prev.left; };
      }).pythonModules`),
    ).toEqual(['left', 'more', 'right']);
  });
});

describe('`meta`', () => {
  const metaOf = (system: string, graph: string, name: string) =>
    `(on "${system}" "${graph}" { }).packages.${name}.meta`;

  testWith(['nix'], 'says where a package has files, and of what kind they are', async () => {
    const systems = ['aarch64-darwin', 'x86_64-linux'];
    const text = systems.flatMap((system) =>
      ['greenlet', 'markupsafe', 'uvloop', 'wheel'].map(
        (name) => `(let meta = ${metaOf(system, 'wheels-by-platform', name)}; in {
          provenance = map (each: each.shortName) (meta.sourceProvenance or [ ]);
          platforms = meta.platforms or null;
        })`,
      ),
    );
    const native = { provenance: ['binaryNativeCode'], platforms: null };
    const source = { provenance: [], platforms: null };
    const platforms = ['aarch64-linux', 'x86_64-linux'];
    expect(await evaluate(`[ ${text.join('\n')} ]`)).toEqual([
      ...[native, source, { provenance: [], platforms }, source],
      ...[native, native, { ...native, platforms }, source],
    ]);
  });

  testWith(['nix'], 'names licences as nixpkgs does', async () => {
    expect(
      await evaluate(`builtins.mapAttrs
        (_: package: map (licence: licence.shortName or licence) (pkgs.lib.toList (package.meta.license or [ ])))
        (linux "development" { }).packages`),
    ).toMatchObject({
      app: ['Proprietary to Acme'],
      'acme-lib': [],
      'acme-fixed': [],
      attrs: ['MIT'],
      packaging: ['Apache-2.0', 'BSD-2-Clause'],
    });
  });

  testWith(
    ['nix'],
    'names only licences that `lib.licenses` has, by the right identifier',
    async () => {
      const found = (await evaluate(
        `builtins.listToAttrs (map (name: { inherit name; value = pkgs.lib.licenses.\${name}.spdxId or null; }) [ ${knownLicences.map((name) => `"${name}"`).join(' ')} ])`,
      )) as Record<string, string | null>;
      const { publicDomain, ...others } = found;
      expect(publicDomain).toBeNull();
      for (const [name, id] of Object.entries(others)) {
        expect([id, nixpkgsLicences(id ?? '')]).toEqual([id, [name]]);
      }
    },
  );
});

describe('the recipe', () => {
  testWith(['nix'], 'closes over cycles at run time', async () => {
    expect(
      await evaluate(`let inherit (linux "cycle" { }) packages env; in {
        left = shown packages.left.env.packages;
        right = shown packages.right.env.packages;
        env = shown env.packages;
        paths = map (each: each.env.outPath != "") [ packages.left packages.right ];
      }`),
    ).toEqual({
      left: ['left 1.0', 'right 1.0'],
      right: ['right 1.0', 'left 1.0'],
      env: ['left 1.0', 'right 1.0'],
      paths: [true, true],
    });
  });

  testWith(['nix'], 'follows extras where they were asked for', async () => {
    const own = (name: string, system: string): string =>
      `(shown (on "${system}" "extras" { }).packages.${name}.env.packages)`;
    expect(
      await evaluate(
        `[ ${own('celery', 'x86_64-linux')} ${own('celery', 'aarch64-linux')} ${own('kombu', 'x86_64-linux')} ]`,
      ),
    ).toEqual([
      ['celery 5.4.0', 'kombu 5.3.7', 'redis 5.0.7', 'vine 5.1.0', 'hiredis 2.3.2'],
      ['celery 5.4.0', 'kombu 5.3.7', 'redis 5.0.7', 'vine 5.1.0'],
      ['kombu 5.3.7', 'vine 5.1.0'],
    ]);
  });

  testWith(['nix'], 'has each environment under its name, and checks for it', async () => {
    expect(
      await evaluate(`let recipe = linux "two-names" { }; in {
        envs = builtins.mapAttrs (_: env: shown env.packages) recipe.envs;
        same = recipe.env.outPath == recipe.envs.default.outPath;
        checks = builtins.attrNames recipe.checks;
        names = map (env: env.name) (builtins.attrValues recipe.envs);
      }`),
    ).toEqual({
      envs: { default: ['left 1.0'], second: ['right 1.0'] },
      same: true,
      checks: ['default', 'second'],
      names: ['python3.12-default-env', 'python3.12-second-env'],
    });
  });

  testWith(
    ['nix'],
    'makes `app` of the packages that were asked for, in its versions',
    async () => {
      const app = (system: string): string =>
        `(shown (on "${system}" "by-name" { }).app.env.packages)`;
      expect(await evaluate(`[ ${app('x86_64-linux')} ${app('aarch64-darwin')} ]`)).toEqual([
        ['right 2.0', 'left 1.0'],
        ['right 1.0', 'left 1.0'],
      ]);
      expect(
        await evaluate(`let recipe = linux "by-name" { }; in [
        recipe.app.name (recipe.app.outPath != "") (recipe.shell.outPath != "")
      ]`),
      ).toEqual(['right-2.0', true, true]);
      expect(await failure('(on "aarch64-linux" "by-name" { }).app.outPath')).toContain(
        'the input has no project of its own, so there is no `app`',
      );
    },
  );

  testWith(['nix'], "makes `app` of the project's own scripts", async () => {
    expect(
      await evaluate(`let recipe = linux "application" { src = ${scratch} + "/lib"; }; in {
        inherit (recipe.app) pname version name;
        inherit (recipe.app.meta) mainProgram description;
        license = recipe.app.meta.license.fullName;
        runs = shown recipe.app.env.packages;
        evaluates = [ (recipe.app.outPath != "") (recipe.checks.default.outPath != "") ];
      }`),
    ).toEqual({
      pname: 'app',
      version: '0.1.0',
      name: 'app-0.1.0',
      mainProgram: 'app',
      description: 'Says "hello" to \\ and $' + '{you}',
      license: 'MIT License',
      runs: ['app 0.1.0', '2to3 1.0', 'with 2.0'],
      evaluates: [true, true],
    });
  });

  testWith(['nix'], 'keeps the name of a live wheel, by which it is known as pure', async () => {
    expect(
      await evaluate(`let inherit (linux "path-sources" { }) packages; in {
        name = baseNameOf packages.acme-wheel.src.outPath;
        inputs = packages.acme-wheel.buildInputs;
        sdist = packages.acme-sdist.src.name;
      }`),
    ).toEqual({
      name: expect.stringMatching(/^[0-9a-z]{32}-acme_wheel-1\.0-py3-none-any\.whl$/),
      inputs: [],
      sdist: 'source',
    });
  });

  testWith(['nix'], 'says which live source is not there', async () => {
    const missing = (path: string) =>
      evaluate(`(on "x86_64-linux" "path-sources" { src = ${scratch} + "/path-sources/${path}"; })
        .packages.acme-lib.drvPath`);
    await expect(missing('dists')).rejects.toThrow(
      /lock2nix: `\.\.\/lib` is not there, seen from `src`, which is .*\/path-sources\/dists; it lies outside/,
    );
    await expect(
      evaluate(`(on "x86_64-linux" "path-sources" { src = ${scratch} + "/lib"; })
        .packages.acme-wheel.drvPath`),
    ).rejects.toThrow(
      'acme_wheel-1.0-py3-none-any.whl` is not there, seen from `src`, which is ' +
        `${scratch}/lib; bring it back`,
    );
  });

  testWith(['nix'], 'has what is built from source know its version', async () => {
    const names = [
      'PBR_VERSION',
      'PDM_BUILD_SCM_VERSION',
      'POETRY_DYNAMIC_VERSIONING_BYPASS',
      'SETUPTOOLS_SCM_PRETEND_VERSION',
      'SETUPTOOLS_SCM_PRETEND_VERSION_FOR_ACME_LIB',
      'UV_DYNAMIC_VERSIONING_BYPASS',
    ];
    expect(
      await evaluate(`let
        inherit (linux "path-sources" { }) packages;
        told = package: builtins.intersectAttrs { ${names.map((name) => `${name} = null;`).join(' ')} } package.drvAttrs;
      in { lib = told packages.acme-lib; wheel = told packages.acme-wheel; }`),
    ).toEqual({ lib: Object.fromEntries(names.map((name) => [name, '1.0'])), wheel: {} });
  });

  testWith(['nix'], 'takes of a live source what is source', async () => {
    const kept = [
      'build/make.py',
      'lib/x.py',
      'pyproject.toml',
      'sub/nix/lock2nix/x',
      'sub/result',
      'venv/module.py',
    ];
    const left = [
      ...[
        '.git/HEAD',
        '.venv/x',
        'env-of-2.7/bin/activate_this.py',
        'node_modules/x',
        'sub/.tox/x',
        'nix/lock2nix/default.nix',
      ],
      ...[
        'build/lib/x.py',
        'build/lib.linux-x86_64/x',
        'build/bdist.linux-x86_64/x',
        'build/temp.x/y',
      ],
      ...[
        'app.egg-info/PKG-INFO',
        'src/app.egg-info/PKG-INFO',
        'own-env/pyvenv.cfg',
        'own-env/bin/python',
      ],
      ...['__pycache__/x.py', 'lib/x.pyc', 'sub/.DS_Store', '.eggs/x', '.idea/x', '.coverage'],
    ];
    const project = join(scratch, 'live');
    for (const path of [...kept, ...left]) {
      mkdirSync(dirname(join(project, path)), { recursive: true });
      writeFileSync(join(project, path), '');
    }
    symlinkSync('gone', join(project, 'result'));
    symlinkSync('gone', join(project, 'result-bin'));
    spawnSync('mkfifo', [join(project, 'pipe')]);
    const runtime = join(import.meta.dirname, '../../../recipes/runtime/python/source.nix');
    const filtered = `(import <nixpkgs> { }).lib.cleanSourceWith { src = ${project}; filter = _: type: type != "unknown"; }`;
    for (const src of [project, filtered]) {
      const source = `(import ${runtime} { inherit (import <nixpkgs> { }) lib; src = ${src}; exclude = [ "nix/lock2nix" ]; } ".")`;
      const { exitCode, output, log } = await nix().run([
        ...['nix-instantiate', '--eval', '--read-write-mode', '--json', '-E', `"\${${source}}"`],
      ]);
      expect({ exitCode, log }).toEqual({ exitCode: 0, log: '' });
      const copied = readdirSync(JSON.parse(output) as string, {
        recursive: true,
        withFileTypes: true,
      });
      const files = copied
        .filter((entry) => !entry.isDirectory())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(nix().storeDir.length + 1)
            .split('/')
            .slice(1)
            .join('/'),
        );
      expect(files.sort()).toEqual(kept);
    }
  });
});

describe('a package of nixpkgs', () => {
  /** The recipe with a package set of these packages; `module NAME VERSION PROPAGATED` makes one. */
  const taking = (set: string, what: string): string => `
    let
      module = pname: version: propagatedBuildInputs: {
        type = "derivation";
        name = "\${pname}-\${version}";
        outPath = "/stub/\${pname}-\${version}";
        pythonModule = true;
        inherit pname version propagatedBuildInputs;
      };
      six = module "six" "1.16.0" [ ];
      python = stub pkgs "3.12.4" // { pkgs = { inherit module; } // ${set}; };
      recipe = linux "from-nixpkgs" { inherit python; };
    in ${what}`;

  testWith(['nix'], 'brings what it propagates', async () => {
    const set = '{ tkinter = module "tkinter" "3.12.4" [ (module "tk-more" "1" [ six ]) ]; }';
    const packages = 'map (each: each.name) recipe.env.packages';
    expect(await evaluate(taking(set, packages))).toEqual(
      ['python3.12-pyyaml-5.3.1', 'tkinter-3.12.4', 'tk-more-1', 'six-1.16.0'].map((name) =>
        name.replace('python3.12-', ''),
      ),
    );
  });

  testWith(['nix'], 'must have the version that is pinned, and be there', async () => {
    const version = taking('{ tkinter = module "tkinter" "3.12.1" [ ]; }', 'recipe.env.packages');
    expect(await failure(version)).toContain(
      'lock2nix: `tkinter` is taken from nixpkgs, which has version 3.12.1 where 3.12.4 is pinned; write `source = { nixpkgs = "tkinter", version = "3.12.1" }` if that one will do',
    );
    expect(await failure(taking('{ }', 'recipe.env.packages'))).toContain(
      'lock2nix: `tkinter` is taken from nixpkgs, which has no `python.pkgs.tkinter`',
    );
    expect(await failure('(linux "from-nixpkgs" { }).env.packages')).toContain(
      'this `python` has no package set; pass one of nixpkgs',
    );
  });

  testWith(['nix'], 'that brings what the recipe pins is refused by name', async () => {
    const set = '{ tkinter = module "tkinter" "3.12.4" [ (module "PyYAML" "6.0" [ ]) ]; }';
    expect(await failure(taking(set, 'recipe.env.packages'))).toContain(
      'lock2nix: `pyyaml` comes twice: 6.0 of nixpkgs with `tkinter`, and 5.3.1 of this recipe; take both from nixpkgs with [[package]] name = "pyyaml"',
    );
  });
});

describe('changes', () => {
  testWith(['nix'], 'of a platform take the place of those of all', async () => {
    const flags = (system: string): string =>
      `(on "${system}" "rules" { }).packages.pyyaml.drvAttrs.CFLAGS`;
    expect(
      await evaluate(
        `[ ${['x86_64-linux', 'aarch64-darwin'].map((each) => `(${flags(each)})`).join(' ')} ]`,
      ),
    ).toEqual(['-O1 "${', '-O0']);
  });
});
