/** A project with a dependency of every kind of source, and the servers that they come from. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { commitFiles, runGit } from '../support/git-repository.ts';
import { serveRepositories } from '../support/git-server.ts';
import { startLoopback } from '../support/loopback.ts';
import {
  fileSdist,
  forgeTree,
  forgeZip,
  makeWheel,
  ownBackend,
  ownBackendTable,
  projectFiles,
  setupPy,
  urlSdist,
  value,
} from './sources-files.ts';

export interface SourcesProject {
  /** Holds everything; the caller removes it. */
  readonly folder: string;
  /** The folder of the lock. */
  readonly project: string;
  /** A repository with the project's whole folder and what lies beside it. */
  readonly repository: { readonly url: string; readonly rev: string };
  /** Digests of the forge's archive, one for each that was sent. */
  readonly sent: readonly string[];
  close(): Promise<void>;
}

type Files = Readonly<Record<string, string | Uint8Array>>;

const writeFiles = (folder: string, files: Files): void => {
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), contents);
  }
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface LockedSource {
  readonly name: string;
  readonly version: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly develop?: boolean;
  readonly source: Readonly<Record<string, string>>;
}

const lockedText = ({ name, version, files = {}, develop, source }: LockedSource): string => {
  const listed = Object.entries(files).map(
    ([file, hash]) => `    {file = "${file}", hash = "sha256:${hash}"},\n`,
  );
  const stated = Object.entries(source).map(([key, text]) => `${key} = "${text}"\n`);
  return `[[package]]
name = "${name}"
version = "${version}"
description = ""
optional = false
python-versions = ">=3.8"
groups = ["main"]
files = [
${listed.join('')}]
${develop === undefined ? '' : `develop = ${develop}\n`}
[package.source]
${stated.join('')}
`;
};

const lockText = (packages: readonly LockedSource[]): string => `${packages
  .map(lockedText)
  .join('')}[metadata]
lock-version = "2.1"
python-versions = ">=3.8"
content-hash = "${'0'.repeat(64)}"
`;

/** Nothing here may ask the server: git is waited for, and so nobody would answer. */
const makeRepositories = (folder: string, url: string) => {
  const vendored = commitFiles(join(folder, 'vendored'), {
    '__init__.py': value('vendored'),
  });
  const whole = join(folder, 'whole');
  commitFiles(whole, { README: 'main\n' });
  runGit(whole, 'checkout', '--quiet', '-b', 'next');
  mkdirSync(join(whole, 'vendored'));
  runGit(whole, 'update-index', '--add', '--cacheinfo', `160000,${vendored},vendored`);
  const rev = commitFiles(whole, {
    '.gitmodules': `[submodule "vendored"]\n\tpath = vendored\n\turl = ${url}/vendored\n`,
    'setup.py': setupPy(
      'acme-git',
      'os.environ["SETUPTOOLS_SCM_PRETEND_VERSION"]',
      'packages=["acme_vendored"], package_dir={"acme_vendored": "vendored"}',
    ),
    'acme_git.py': value('git'),
    // Left as it is: an archive of the commit would have the commit's id here.
    '.gitattributes': 'revision export-subst\n',
    revision: '$Format:%H$\n',
  });
  // Neither branch ends at the commit.
  commitFiles(whole, { 'setup.py': 'raise SystemExit("too new")\n' });
  runGit(whole, 'checkout', '--quiet', 'main');
  const mono = commitFiles(join(folder, 'mono'), {
    'packages/one/pyproject.toml': ownBackendTable('_build'),
    'packages/one/_build/backend.py': ownBackend(
      'acme_mono',
      'SETUPTOOLS_SCM_PRETEND_VERSION_FOR_ACME_MONO',
    ),
    'packages/one/acme_mono.py': value('mono'),
  });
  return { whole: rev, mono };
};

/** Writes the project and starts its servers. */
export const makeSourcesProject = async (): Promise<SourcesProject> => {
  const folder = mkdtempSync(join(tmpdir(), 'l2n-sources-'));
  const project = join(folder, 'work', 'app');
  const repositories = join(folder, 'repositories');
  const git = await serveRepositories(repositories);
  const revs = makeRepositories(repositories, git.url);

  const sent: string[] = [];
  const compressed = (): Buffer => gzipSync(forgeTree, { level: 1 + (sent.length % 9) });
  const urlWheel = makeWheel('acme_url_wheel', '1.0');
  const files = await startLoopback({
    '/dists/Acme_URL-1.0.tar.gz': { body: urlSdist },
    '/dists/acme_url_wheel-1.0-py3-none-any.whl': { body: urlWheel },
    '/acme/zipped/archive/v1.zip': { body: forgeZip },
    '/acme/forge/archive/v2.0.tar.gz': (_, response) => {
      const body = compressed();
      sent.push(sha256(body));
      response.end(body);
    },
  });

  const fileWheel = makeWheel('acme_wheel', '1.0');
  const packages: readonly LockedSource[] = [
    {
      name: 'acme-forge',
      version: '2.0',
      files: { 'v2.0.tar.gz': sha256(compressed()) },
      source: { type: 'url', url: `${files.url}/acme/forge/archive/v2.0.tar.gz` },
    },
    {
      name: 'acme-git',
      version: '1.0.dev3+g0123456',
      develop: false,
      source: {
        type: 'git',
        url: `${git.url}/whole`,
        reference: 'next',
        resolved_reference: revs.whole,
      },
    },
    {
      name: 'acme-inside',
      version: '1.1',
      develop: false,
      source: { type: 'directory', url: 'packages/inside' },
    },
    {
      name: 'acme-mono',
      version: '3.0',
      develop: false,
      source: {
        type: 'git',
        url: `${git.url}/mono`,
        reference: 'main',
        resolved_reference: revs.mono,
        subdirectory: 'packages/one',
      },
    },
    {
      name: 'acme-nested',
      version: '1.2',
      develop: false,
      source: { type: 'directory', url: 'packages/inside/nested' },
    },
    {
      name: 'acme-sibling',
      version: '1.3',
      develop: true,
      source: { type: 'directory', url: '../sibling' },
    },
    {
      name: 'acme-url',
      version: '1.0',
      source: {
        type: 'url',
        url: `${files.url}/dists/Acme_URL-1.0.tar.gz`,
        subdirectory: 'python',
      },
    },
    {
      name: 'acme-url-wheel',
      version: '1.0',
      files: { 'acme_url_wheel-1.0-py3-none-any.whl': sha256(urlWheel) },
      source: { type: 'url', url: `${files.url}/dists/acme_url_wheel-1.0-py3-none-any.whl` },
    },
    {
      name: 'acme-wheel',
      version: '1.0',
      files: { 'acme_wheel-1.0-py3-none-any.whl': sha256(fileWheel) },
      source: { type: 'file', url: 'dists/acme_wheel-1.0-py3-none-any.whl' },
    },
    {
      name: 'acme-zip',
      version: '1.0',
      files: { 'Acme.Zip-1.0.zip': sha256(fileSdist) },
      source: { type: 'file', url: 'dists/Acme.Zip-1.0.zip' },
    },
    {
      name: 'acme-zipped',
      version: '1.0',
      source: { type: 'url', url: `${files.url}/acme/zipped/archive/v1.zip` },
    },
  ];
  const names = packages.map(({ name }) => `"${name}"`);
  const { 'app/pyproject.toml': pyproject, ...rest } = projectFiles;
  writeFiles(join(folder, 'work'), {
    ...rest,
    'app/pyproject.toml': pyproject.replace(
      '[tool.setuptools]',
      `dependencies = [${names.join(', ')}]\n\n[tool.setuptools]`,
    ),
    'app/poetry.lock': lockText(packages),
    'app/dists/acme_wheel-1.0-py3-none-any.whl': fileWheel,
    'app/dists/Acme.Zip-1.0.zip': fileSdist,
  });
  const rev = commitFiles(join(folder, 'work'), {});
  runGit(repositories, 'clone', '--quiet', '--bare', join(folder, 'work'), 'work');
  return {
    folder,
    project,
    repository: { url: `${git.url}/work`, rev },
    sent,
    close: async () => {
      await Promise.all([git.close(), files.close()]);
    },
  };
};
