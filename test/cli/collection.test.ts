import { expect, test } from '@jest/globals';
import { listing, makeFolder, writeFiles } from './support.ts';
import { openShop } from './universe.ts';

const fixed = ['--python', '3.12', '--systems', 'x86_64-linux'];
const projects = {
  pastedeploy: { '2.1': [] },
  setuptools: { '69.0': [], '70.0': [] },
  gone: { '1': ['nowhere'] },
};

const convert = async (files: Readonly<Record<string, string>>, ...argv: readonly string[]) => {
  const shop = await openShop(writeFiles(makeFolder(), files), projects);
  const result = await shop.run('convert', ...argv, ...fixed);
  const recipe = listing(shop.cwd)['nix/lock2nix/lock2nix.json'];
  const record = recipe === undefined ? undefined : (JSON.parse(recipe) as Recorded);
  return { ...result, shop, record };
};

interface Recorded {
  readonly options: Readonly<Record<string, unknown>>;
  readonly graph: {
    readonly packages: Readonly<
      Record<
        string,
        {
          readonly rules?: readonly object[];
          readonly requirements?: object;
          readonly dependencies?: readonly object[];
        }
      >
    >;
  };
}

const namesIn = (record: Recorded | undefined): readonly string[] =>
  Object.keys(record?.graph.packages ?? {});

test('bundled rules act where versions are sought, and are recorded with their reasons', async () => {
  const { exitCode, record } = await convert({}, 'pypi:pastedeploy');
  expect(exitCode).toBe(0);
  expect(record?.options).not.toHaveProperty('noCollection');
  expect(record?.graph.packages['pastedeploy@2.1']).toMatchObject({
    rules: [
      {
        origin: 'collection',
        file: 'collection/pastedeploy.toml',
        why: 'it imports pkg_resources and does not require setuptools',
        fields: ['dependencies'],
      },
    ],
    requirements: { add: ['setuptools'] },
  });
  expect(namesIn(record)).toContain('setuptools@70.0');
});

test('--no-collection leaves them out, and is recorded', async () => {
  const { shop, record } = await convert({}, 'pypi:pastedeploy', '--no-collection');
  expect(record?.options).toMatchObject({ noCollection: true });
  expect(record?.graph.packages['pastedeploy@2.1']).not.toHaveProperty('rules');
  expect(await shop.run('check', '--no-collection')).toMatchObject({ exitCode: 0 });
  // It stays as recorded.
  expect(await shop.run('update')).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('unchanged'),
  });
});

test('the project’s rules come after the bundled ones', async () => {
  const rules = `[[package]]
name = "pastedeploy"
dependencies = { remove = ["setuptools"] }
[[package]]
name = "nowhere"
drop = true
`;
  const { record, exitCode } = await convert(
    { 'overrides.toml': rules },
    'pypi:pastedeploy',
    'pypi:gone',
  );
  expect(exitCode).toBe(0);
  const pastedeploy = record?.graph.packages['pastedeploy@2.1'];
  expect(pastedeploy).not.toHaveProperty('dependencies.0');
  expect(record?.graph.packages['gone@1']).toMatchObject({
    requirements: { remove: ['nowhere'] },
  });
});

test('another version of the index takes the place of the newest', async () => {
  const rules = `[[package]]
name = "setuptools"
when = { version = ">=70" }
source = { version = "69.0" }
`;
  const { record, exitCode, stderr } = await convert(
    { 'overrides.toml': rules },
    'pypi:setuptools',
  );
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 0,
    stderr: expect.not.stringContaining('warning'),
  });
  expect(record?.graph.packages['setuptools@69.0']).toMatchObject({
    rules: [{ file: 'overrides.toml', fields: ['source'] }],
    artifacts: [{ fileName: 'setuptools-69.0-py2.py3-none-any.whl' }],
  });
});
