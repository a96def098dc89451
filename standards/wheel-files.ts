/** What a wheel installs, without installing it (binary distribution format, PEP 427). */

import { readArchive } from './archive.ts';
import { hashBytes } from './integrity.ts';

/**
 * Installed path -> digest of what stands there. Paths are relative to an environment, with
 * `lib/python*` for the library folder; programs of entry points are told apart by what they call.
 */
export type WheelFiles = ReadonlyMap<string, string>;

const library = 'lib/python*/site-packages';

/** `NAME.data/SCHEME/…`: where each scheme goes. `headers` are no part of this. */
const schemes: ReadonlyMap<string, string> = new Map([
  ['purelib', `${library}/`],
  ['platlib', `${library}/`],
  ['scripts', 'bin/'],
  ['data', ''],
]);

const installedPath = (path: string): string | undefined => {
  const [first = '', scheme = '', ...rest] = path.split('/');
  if (!first.endsWith('.data')) return `${library}/${path}`;
  const place = schemes.get(scheme);
  return place === undefined ? undefined : `${place}${rest.join('/')}`;
};

/** `NAME = MODULE:FUNCTION` lines of the sections that make programs. */
const programs = (entryPoints: string): readonly (readonly [string, string])[] => {
  const found: [string, string][] = [];
  let makesPrograms = false;
  for (const line of entryPoints.split(/\r?\n/)) {
    const section = /^\s*\[(?<name>[^\]]+)\]/.exec(line)?.groups?.['name'];
    if (section !== undefined) makesPrograms = /^\s*(?:console|gui)_scripts\s*$/.test(section);
    const entry = /^\s*(?<name>[^#;=\s][^=]*?)\s*=\s*(?<call>\S+)/.exec(line)?.groups;
    if (makesPrograms && section === undefined && entry !== undefined) {
      found.push([`bin/${entry['name']}`, `entry point ${entry['call']}`]);
    }
  }
  return found;
};

/** Declares a namespace, or nothing at all: environments merge such files (PEP 420, pkgutil, pkg_resources). */
const mayBeNamespace = (path: string, contents: Uint8Array): boolean => {
  if (!path.endsWith('/__init__.py')) return false;
  const text = Buffer.from(contents).toString('latin1');
  return /extend_path|declare_namespace/.test(text) || text.replace(/#.*/g, '').trim() === '';
};

/**
 * The files that a wheel installs, but its own metadata and what may be a namespace's
 * `__init__.py`. Throws ARCHIVE_INVALID.
 */
export const readWheelFiles = async (bytes: Uint8Array, fileName: string): Promise<WheelFiles> => {
  const files = new Map<string, string>();
  for (const { path, kind, contents } of await readArchive(bytes, fileName)) {
    if (kind !== 'file') continue;
    if (/^[^/]+\.dist-info\//.test(path)) {
      if (!path.endsWith('.dist-info/entry_points.txt')) continue;
      for (const [program, call] of programs(Buffer.from(contents).toString('utf8'))) {
        files.set(program, call);
      }
      continue;
    }
    const installed = installedPath(path);
    if (installed === undefined || mayBeNamespace(installed, contents)) continue;
    files.set(installed, hashBytes('sha256', contents));
  }
  return files;
};
