/** A simple index in memory, made from a short table. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lock2nixError } from '../../graph/errors.ts';
import { publicIndex } from '../../resolvers/pypi/public-index.ts';
import type {
  DistributionMetadata,
  IndexFile,
  PackageIndex,
  ProjectListing,
  Release,
} from '../../resolvers/registry/types.ts';
import { normaliseName } from '../../standards/name.ts';
import { compareVersions, tryParseVersion } from '../../standards/version.ts';
import { sriOf } from './fake-registry.ts';

/** A file: its name, or its name with what the index says of it. */
export type FakeFile = string | (Partial<IndexFile> & Pick<IndexFile, 'fileName'>);

export interface FakeRelease {
  /** `Requires-Dist`, those of extras with their markers. */
  readonly needs?: readonly string[];
  /** Extras; without it, those that the markers of `needs` name. */
  readonly extras?: readonly string[];
  /** In the index and in the metadata. */
  readonly requiresPython?: string;
  readonly yanked?: string | true;
  readonly uploadTime?: string;
  /** Without it, one wheel for everything. */
  readonly files?: readonly FakeFile[];
  /** What the metadata say otherwise, by file name or, with `''`, of all; undefined: there are none. */
  readonly metadata?: Readonly<Record<string, Partial<DistributionMetadata> | undefined>>;
}

/** By name and version; an array is `needs`. Example: `{ flask: { '3.0': ['werkzeug>=3.0'] } }`. */
export type FakeProjects = Readonly<
  Record<string, Readonly<Record<string, readonly string[] | FakeRelease>>>
>;

export interface FakeIndexOptions {
  /** More indexes, by their base URL. */
  readonly others?: Readonly<Record<string, FakeProjects>>;
  /** Failures, by the question as `questions` has it. */
  readonly failures?: Readonly<Record<string, Lock2nixError>>;
  /** Milliseconds before the answer to a question. */
  readonly delay?: (question: string) => number;
}

export interface FakeIndex extends PackageIndex {
  /** What was asked, in order: `project flask`, `metadata flask-3.0-py2.py3-none-any.whl`. */
  readonly questions: string[];
}

/** The wheel that a release has unless it lists other files. */
export const wheelOf = (name: string, version: string, tags = 'py2.py3-none-any'): string =>
  `${name.replaceAll('-', '_')}-${version}-${tags}.whl`;

const isNeeds = (release: readonly string[] | FakeRelease): release is readonly string[] =>
  Array.isArray(release);

const outlineOf = (release: readonly string[] | FakeRelease): FakeRelease =>
  isNeeds(release) ? { needs: release } : release;

const extrasIn = (needs: readonly string[]): readonly string[] => {
  const named = needs.flatMap((text) =>
    [...text.matchAll(/extra *== *["']([^"']*)["']/g)].map(([, extra = '']) =>
      normaliseName(extra),
    ),
  );
  return [...new Set(named)].sort();
};

const filesOf = (name: string, version: string, outline: FakeRelease): readonly IndexFile[] => {
  const { files = [wheelOf(name, version)], requiresPython, yanked, uploadTime } = outline;
  return files.map((file) => {
    const own = typeof file === 'string' ? { fileName: file } : file;
    return {
      url: `https://files.example/${own.fileName}`,
      sris: [sriOf(own.fileName)],
      ...(requiresPython === undefined ? {} : { requiresPython }),
      ...(yanked === undefined ? {} : { yanked }),
      ...(uploadTime === undefined ? {} : { uploadTime }),
      ...own,
    };
  });
};

const listingOf = (
  index: string,
  projects: FakeProjects,
  name: string,
): ProjectListing | undefined => {
  const versions = Object.hasOwn(projects, name) ? projects[name] : undefined;
  if (versions === undefined) return undefined;
  const releases = Object.entries(versions).flatMap(([text, release]): readonly Release[] => {
    const version = tryParseVersion(text);
    if (version === undefined) return [];
    return [{ version, text, files: filesOf(name, text, outlineOf(release)), index }];
  });
  return { releases: releases.sort((a, b) => compareVersions(b.version, a.version)) };
};

const metadataOf = (
  name: string,
  { text, fileName }: { readonly text: string; readonly fileName: string },
  outline: FakeRelease,
): DistributionMetadata | undefined => {
  const { needs = [], extras = extrasIn(needs), requiresPython, metadata = {} } = outline;
  const key = [fileName, ''].find((each) => Object.hasOwn(metadata, each));
  const own = key === undefined ? {} : metadata[key];
  if (own === undefined) return undefined;
  return {
    name,
    version: text,
    requiresDist: needs,
    ...(requiresPython === undefined ? {} : { requiresPython }),
    extras,
    reliable: fileName.endsWith('.whl'),
    ...own,
  };
};

/** An index of these projects; files are at `https://files.example/FILE`, hashed by their name. */
export const fakeIndex = (projects: FakeProjects, options: FakeIndexOptions = {}): FakeIndex => {
  const { others = {}, failures = {}, delay } = options;
  const questions: string[] = [];
  const all: Readonly<Record<string, FakeProjects>> = { ...others, [publicIndex]: projects };
  const ask = async (...words: readonly (string | undefined)[]): Promise<void> => {
    const question = words.filter((word) => word !== undefined).join(' ');
    questions.push(question);
    const milliseconds = delay?.(question) ?? 0;
    if (milliseconds > 0) await sleep(milliseconds);
    const failure = failures[question];
    if (failure !== undefined) throw failure;
  };
  return {
    questions,
    project: async (name, { index = publicIndex, extra, strategy }, only) => {
      await ask('project', name, only);
      const urls = only === undefined ? [...extra, ...(index === false ? [] : [index])] : [only];
      const found = urls.flatMap((url) => listingOf(url, all[url] ?? {}, name) ?? []);
      if (strategy === 'first-index' || found.length < 2) return found[0];
      const releases = found.flatMap((each) => each.releases);
      return { releases: releases.sort((a, b) => compareVersions(b.version, a.version)) };
    },
    metadata: async ({ name, version, index, file: { fileName } }) => {
      await ask('metadata', fileName);
      const release = all[index]?.[name]?.[version];
      // Of files that are on no index it knows nothing.
      if (release === undefined) return undefined;
      return metadataOf(name, { text: version, fileName }, outlineOf(release));
    },
  };
};
