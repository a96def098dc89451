import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { hostInterpreters, lintOutput } from '../host/lint-output.ts';
import { type HostNix, type NixTarget, openHostNix, type RunOptions } from '../host/nix.ts';
import { requirement, testWith } from '../host/requirements.ts';
import { copyProject, python27Cache, runLock2nix } from '../support/convert.ts';

const convertOffline = [
  'convert',
  '--offline',
  '--cache-dir',
  python27Cache,
  '--python',
  '2.7',
  '--no-collection',
];
const needs = ['nix', 'python2.7'];

const allowed = { allowInsecurePython: 'true' };

/** The lines that the failed build of umemcache prints. */
const cure = `
[[package]]
name = "umemcache"
native = { hardening-disable = ["format"] }
`;

/** Tests build one after the other: each starts where the one before it ended. */
describe('a Pyramid application on Python 2.7', () => {
  const project = copyProject('poetry/python27-1.1');
  const recipe = join(project, 'nix', 'lock2nix');
  const scratch = mkdtempSync(join(tmpdir(), 'l2n-python27-'));
  let opened: HostNix | undefined;
  const nix = (): HostNix => {
    if (opened === undefined) throw new Error('no Nix');
    return opened;
  };
  const convert = async (): Promise<void> => {
    const { exitCode, stderr } = await runLock2nix(convertOffline, project);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  };
  const build = async (...attributes: readonly string[]): Promise<readonly string[]> => {
    const { paths } = await nix().nixBuild({ file: recipe, attributes, arguments: allowed });
    return paths;
  };
  const run = async (command: readonly string[], options: RunOptions = {}): Promise<string> => {
    const { exitCode, output, log } = await nix().run(command, { cwd: scratch, ...options });
    expect({ exitCode, log }).toEqual({ exitCode: 0, log: '' });
    return output.trim();
  };

  beforeAll(async () => {
    if (requirement('nix').available) opened = openHostNix();
    await convert();
  });
  afterAll(() => {
    opened?.close();
    rmSync(project, { recursive: true, force: true });
    rmSync(scratch, { recursive: true, force: true });
  });

  describe('the insecure interpreter', () => {
    const evaluate = async (target: Partial<NixTarget>, options?: RunOptions): Promise<unknown> =>
      nix().nixInstantiate({ file: recipe, attributes: ['env.drvPath'], ...target }, options);
    const permitting = (name: string): string =>
      `import <nixpkgs> { config.permittedInsecurePackages = [ "${name}" ]; }`;
    const nameOf = async (): Promise<string> =>
      String(await nix().nixInstantiate({ expression: '(import <nixpkgs> { }).python27.name' }));

    testWith(needs, 'is refused with both ways out, by its exact name', async () => {
      const name = await nameOf();
      expect(name).toMatch(/^python-2\.7\.\d+/);
      const message = await evaluate({}).then(String, String);
      expect(message).toContain(
        `lock2nix: nixpkgs marks ${name} as insecure (Python 2.7 has reached its end of life`,
      );
      expect(message).toContain('pass `allowInsecurePython = true` to this recipe');
      expect(message).toContain(`config.permittedInsecurePackages = [ "${name}" ]`);
      expect(message).not.toContain('refusing to evaluate');
    });

    testWith(needs, 'is taken when it is allowed in one of the ways', async () => {
      const name = await nameOf();
      const ways: readonly [Partial<NixTarget>, RunOptions?][] = [
        [{ arguments: allowed }],
        [{ arguments: { pkgs: permitting(name) } }],
        [{}, { environment: { NIXPKGS_ALLOW_INSECURE: '1' } }],
        [{ arguments: { ...allowed, pkgs: permitting(name) } }],
      ];
      const answers = await Promise.all(ways.map(([target, options]) => evaluate(target, options)));
      expect(answers[0]).toMatch(/python2\.7-default-env\.drv$/);
      // It is the same interpreter, whoever allowed it.
      expect(new Set(answers).size).toBe(1);
    });

    testWith(needs, 'is refused when another one is permitted', async () => {
      const pkgs = permitting('python-2.7.0');
      await expect(evaluate({ arguments: { pkgs } })).rejects.toThrow('as insecure');
    });

    // No nixpkgs stands behind such a derivation: no `override`, no `meta`, no `passthru`.
    testWith(needs, 'need not be that of nixpkgs', async () => {
      const python = `derivation {
        name = "cpython-2.7.18";
        version = "2.7.18";
        system = builtins.currentSystem;
        builder = "/bin/sh";
      }`;
      for (const more of [{}, allowed]) {
        const answer = await evaluate({ arguments: { python, ...more } });
        expect(answer).toMatch(/python2\.7-default-env\.drv$/);
      }
      const other = python.replace(/2\.7\.18/g, '3.12.1');
      await expect(evaluate({ arguments: { python: other } })).rejects.toThrow(
        'this recipe is for Python 2.7, but `python` is 3.12.1',
      );
    });
  });

  testWith(needs, 'what hardening stops ends with the lines that cure it', async () => {
    const failed = await nix().tryNixBuild({
      file: recipe,
      attributes: ['packages.umemcache'],
      arguments: allowed,
    });
    expect(failed.exitCode).not.toBe(0);
    expect(failed.log).toContain(`
error: umemcache cannot be built: its code does not compile with the hardening flag \`format\` (-Werror=format-security)
hint: add these lines to overrides.toml and run \`convert\` again:
${cure}error: builder for`);
    writeFileSync(join(project, 'overrides.toml'), cure);
    await convert();
    expect(await build('packages.umemcache')).toHaveLength(1);
  });

  testWith(needs, '`env` imports everything, from namespaces of each kind', async () => {
    const [env = '', checks = ''] = await build('env', 'checks.default');
    expect(readFileSync(join(checks, 'imports'), 'utf8').split('\n')).toEqual(
      expect.arrayContaining(['paste.deploy: ok', 'repoze.lru: ok', 'zope.interface: ok']),
    );
    const library = join(env, 'lib', 'python2.7', 'site-packages');
    const packages = await build(
      ...['configparser', 'backports-functools-lru-cache'].map((name) => `packages.${name}`),
    );
    const texts = packages.map((path) =>
      readFileSync(join(path, library.slice(env.length), 'backports', '__init__.py'), 'utf8'),
    );
    expect(texts).toHaveLength(2);
    // The collision that is merged without a rule is one.
    expect(texts[0]).not.toBe(texts[1]);
    expect(texts).toContain(readFileSync(join(library, 'backports', '__init__.py'), 'utf8'));
    const program = `
import sys, site
import backports.configparser, backports.functools_lru_cache
import zope.interface, zope.interface._zope_interface_coptimizations, zope.deprecation
import repoze.lru, paste.deploy, paste.httpserver
import greenlet, simplejson._speedups, umemcache, constraint, pyramid.config
import pkg_resources
pkg_resources.require('pyramid')
names = sorted(each.name for each in pkg_resources.iter_entry_points('paste.composite_factory'))
print(' '.join([sys.prefix, site.getsitepackages()[0]] + names + [str(greenlet.greenlet(lambda: 42).switch())]))
`;
    expect(await run([`${env}/bin/python`, '-c', program])).toBe(
      `${env} ${library} cascade urlmap 42`,
    );
  });

  testWith(needs, 'a lock of metadata 1.0 comes to the same environment', async () => {
    const older = copyProject('poetry/python27-1.0');
    writeFileSync(join(older, 'overrides.toml'), cure);
    try {
      const { exitCode, stderr } = await runLock2nix(convertOffline, older);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      const file = join(older, 'nix', 'lock2nix');
      const target = { attributes: ['env'], arguments: allowed };
      const { paths, built } = await nix().nixBuild({ ...target, file });
      expect(built).toEqual([]);
      expect(paths).toEqual(await build('env'));
    } finally {
      rmSync(older, { recursive: true, force: true });
    }
  });

  testWith(needs, 'programs and `app` run, with no variables, and through a link', async () => {
    const [env = '', app = ''] = await build('env', 'app');
    expect(await run([`${env}/bin/pserve`, '--help'])).toContain('usage: pserve');
    expect(await run(['env', '-i', `${app}/bin/ledger`, '1', '2', '39'])).toBe('total: 42');
    symlinkSync(join(app, 'bin', 'ledger'), join(scratch, 'ledger'));
    expect(await run([join(scratch, 'ledger'), '7'])).toBe('total: 7');
    // The entry points of the root are metadata, which Paste looks up.
    const load = 'import pkg_resources; print(pkg_resources.get_distribution("ledger").version)';
    const [own = ''] = await build('packages.ledger.env');
    expect(await run([`${own}/bin/python`, '-c', load])).toBe('0.3.0');
  });

  testWith(
    needs,
    'every package is built again with the same bytes, and passes the linter',
    async () => {
      const expression = `builtins.attrNames (import ${recipe} { allowInsecurePython = true; }).packages`;
      const names = (await nix().nixInstantiate({ expression })) as string[];
      expect(names).toContain('zope-interface');
      const paths = await build(...names.map((name) => `packages.${name}`));
      const provided = ['libpython2.7.so.1.0'];
      const { storeDir } = nix();
      const problems = paths.map((path) =>
        lintOutput(path, { storeDir, hostInterpreters, provided, allRecorded: true }),
      );
      expect(problems.flat()).toEqual([]);
      for (const path of await build('env', 'app', 'checks.default')) {
        expect(lintOutput(path, { storeDir, hostInterpreters, provided })).toEqual([]);
      }
      for (const path of await build('app', 'checks.default')) {
        const { failed, checked, log } = await nix().rebuildCheck(path);
        expect({ failed, log: failed.length > 0 ? log : '' }).toEqual({ failed: [], log: '' });
        expect(checked.length).toBeGreaterThan(20);
      }
      // What gcc made has a build-id, which is a hash of the code and its debug sections.
      const sources = ['simplejson', 'umemcache', 'zope-interface'].map(
        (name) => `packages.${name}`,
      );
      for (const path of await build(...sources)) {
        const [file = ''] = (await run(['find', path, '-name', '*.so'])).split('\n');
        expect(await run(['readelf', '-n', file])).toMatch(/Build ID: [0-9a-f]{40}/);
      }
    },
  );
});
