/** A simple index (PEP 691) on this machine, with wheels and sdists made from a short table. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { hashBytes } from '../../standards/integrity.ts';
import { makeTar, makeZip } from '../standards/make-archive.ts';
import { type Loopback, type Script, startLoopback } from './loopback.ts';

export interface ServedRelease {
  /** `Requires-Dist`, those of extras with their markers. */
  readonly needs?: readonly string[];
  readonly extras?: readonly string[];
  readonly requiresPython?: string;
  readonly yanked?: string | true;
  readonly uploadTime?: string;
  /** Tags of the wheels; without it one for everything. */
  readonly wheels?: readonly string[];
  /** An sdist with these files besides its PKG-INFO; absent: none. */
  readonly sdist?: Readonly<Record<string, string>>;
  /** Files in the wheels besides a module of the package's name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** By name and version; an array is `needs`. Example: `{ flask: { '3.0': ['werkzeug>=3.0'] } }`. */
export type ServedProjects = Readonly<
  Record<string, Readonly<Record<string, readonly string[] | ServedRelease>>>
>;

const isNeeds = (release: readonly string[] | ServedRelease): release is readonly string[] =>
  Array.isArray(release);

const metadataOf = (name: string, version: string, release: ServedRelease): string =>
  [
    'Metadata-Version: 2.3',
    `Name: ${name}`,
    `Version: ${version}`,
    ...(release.requiresPython === undefined ? [] : [`Requires-Python: ${release.requiresPython}`]),
    ...(release.extras ?? []).map((extra) => `Provides-Extra: ${extra}`),
    ...(release.needs ?? []).map((text) => `Requires-Dist: ${text}`),
    '',
  ].join('\n');

const wheelBytes = (name: string, version: string, release: ServedRelease): Buffer => {
  const escaped = name.replaceAll('-', '_');
  const info = `${escaped}-${version}.dist-info`;
  const files: Readonly<Record<string, string>> = {
    [`${escaped}/__init__.py`]: `version = "${version}"\n`,
    ...release.files,
    [`${info}/METADATA`]: metadataOf(name, version, release),
    [`${info}/WHEEL`]:
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  const record = [...Object.keys(files), `${info}/RECORD`].map((path) => `${path},,\n`).join('');
  return makeZip(
    Object.entries({ ...files, [`${info}/RECORD`]: record }).map(([path, contents]) => ({
      path,
      contents,
    })),
  );
};

const sdistBytes = (name: string, version: string, release: ServedRelease): Buffer => {
  const folder = `${name}-${version}`;
  const files = { 'PKG-INFO': metadataOf(name, version, release), ...release.sdist };
  return gzipSync(
    makeTar(
      Object.entries(files).map(([path, contents]) => ({ path: `${folder}/${path}`, contents })),
    ),
  );
};

interface ServedFile {
  readonly fileName: string;
  readonly bytes: Buffer;
}

const filesOf = (name: string, version: string, release: ServedRelease): readonly ServedFile[] => [
  ...(release.wheels ?? ['py2.py3-none-any']).map((tags) => ({
    fileName: `${name.replaceAll('-', '_')}-${version}-${tags}.whl`,
    bytes: wheelBytes(name, version, release),
  })),
  ...(release.sdist === undefined
    ? []
    : [{ fileName: `${name}-${version}.tar.gz`, bytes: sdistBytes(name, version, release) }]),
];

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const entryOf = ({ fileName, bytes }: ServedFile, release: ServedRelease, files: string) => ({
  filename: fileName,
  url: `${files}${fileName}`,
  hashes: { sha256: sha256(bytes) },
  size: bytes.length,
  ...(release.requiresPython === undefined ? {} : { 'requires-python': release.requiresPython }),
  ...(release.yanked === undefined ? {} : { yanked: release.yanked }),
  ...(release.uploadTime === undefined ? {} : { 'upload-time': release.uploadTime }),
});

export interface IndexScripts {
  /** `/simple/NAME/` and `/files/FILE`. */
  readonly scripts: Record<string, Script>;
  /** The SRI of each file, which depends on the zlib that compressed it. */
  readonly sris: ReadonlyMap<string, string>;
}

/**
 * What a server answers that has these projects. `files` is the URL below which it has their files;
 * an absolute one is asked for by way of a proxy.
 */
export const indexScripts = (projects: ServedProjects, files = '../../files/'): IndexScripts => {
  const at = new URL(files, 'http://index.example/simple/NAME/').pathname;
  const scripts: Record<string, Script> = {};
  const sris = new Map<string, string>();
  for (const [name, versions] of Object.entries(projects)) {
    const entries = Object.entries(versions).flatMap(([version, stated]) => {
      const release = isNeeds(stated) ? { needs: stated } : stated;
      return filesOf(name, version, release).map((file) => {
        scripts[at + file.fileName] = { body: file.bytes };
        sris.set(file.fileName, hashBytes('sha256', file.bytes));
        return entryOf(file, release, files);
      });
    });
    scripts[`/simple/${name}/`] = {
      headers: { 'content-type': 'application/vnd.pypi.simple.v1+json' },
      body: JSON.stringify({ meta: { 'api-version': '1.1' }, name, files: entries }),
    };
  }
  return { scripts, sris };
};

export interface LoopbackIndex extends Loopback {
  /** Base URL of the simple index. */
  readonly index: string;
  /**
   * A text with what differs from run to run and from Node to Node replaced: the server's address
   * by `https://index.example`, hashes by `sha256-of-FILE`.
   */
  readonly masked: (text: string) => string;
}

/** Starts a server with these projects; what is passed replaces its answers. */
export const startLoopbackIndex = async (
  projects: ServedProjects,
  replaced: Readonly<Record<string, Script | readonly Script[]>> = {},
): Promise<LoopbackIndex> => {
  const { scripts, sris } = indexScripts(projects);
  const server = await startLoopback({ ...scripts, ...replaced });
  return {
    ...server,
    index: `${server.url}/simple`,
    masked: (text) =>
      [...sris].reduce(
        (rest, [fileName, sri]) => rest.replaceAll(sri, `sha256-of-${fileName}`),
        text.replaceAll(server.url, 'https://index.example'),
      ),
  };
};

/** What recipes are built and checked with, as wheels that do nothing. */
export const servedTools: ServedProjects = {
  pip: { '20.3.4': { requiresPython: '>=2.7' }, '25.3': { requiresPython: '>=3.9' } },
  'poetry-core': { '2.2.1': { requiresPython: '>=3.9,<4.0' } },
  setuptools: { '44.1.1': { requiresPython: '>=2.7' }, '80.9.0': { requiresPython: '>=3.9' } },
  wheel: { '0.37.1': { requiresPython: '>=2.7' }, '0.45.1': { requiresPython: '>=3.8' } },
};
