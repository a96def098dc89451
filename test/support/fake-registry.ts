import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lock2nixError } from '../../graph/errors.ts';
import type { ArchiveFacts, IndexFile, Registry } from '../../resolvers/registry/types.ts';
import { hashBytes } from '../../standards/integrity.ts';

/** The SHA-256 of a text, which stands for a file or tree of that name. */
export const sriOf = (text: string): string => hashBytes('sha256', Buffer.from(text));

export interface FakeRegistry extends Registry {
  /** What was asked, in order: `fileUrls flask flask-3.0.tar.gz`. */
  readonly questions: string[];
}

export interface FakeOptions {
  /** Files of releases, by `NAME VERSION`. */
  readonly releases?: Readonly<Record<string, readonly IndexFile[]>>;
  /** What sources say of themselves, by file name or URL; they have a setup.py unless they say otherwise. */
  readonly facts?: Readonly<Record<string, Partial<ArchiveFacts>>>;
  /** Failures, by the question as `questions` has it. */
  readonly failures?: Readonly<Record<string, Lock2nixError>>;
  /** Milliseconds before the answer to a question. */
  readonly delay?: (question: string) => number;
}

const factsOf = (facts: Partial<ArchiveFacts> = {}): ArchiveFacts => ({
  hasSetupPy: true,
  requiresDist: [],
  dynamic: [],
  metadata: {},
  ...facts,
});

/**
 * A registry in memory that has every file: `FILE` is at `https://files.example/FILE`, files and
 * trees are hashed by their URL,
 * and so are the commits of branches and tags.
 */
export const fakeRegistry = (options: FakeOptions = {}): FakeRegistry => {
  const { releases = {}, facts = {}, failures = {}, delay } = options;
  const questions: string[] = [];
  const ask = async (...words: readonly (string | undefined)[]): Promise<void> => {
    const question = words.filter((word) => word !== undefined && word !== '').join(' ');
    questions.push(question);
    if (delay !== undefined) await sleep(delay(question));
    const failure = failures[question];
    if (failure !== undefined) throw failure;
  };
  return {
    questions,
    fileUrls: async (index, name, files) => {
      await ask('fileUrls', index, name, ...files.map(({ fileName }) => fileName));
      return new Map(
        files.map(({ fileName }) => [fileName, `https://files.example/${fileName}`] as const),
      );
    },
    releaseFiles: async (index, name, version) => {
      await ask('releaseFiles', index, name, version);
      return releases[`${name} ${version}`] ?? [];
    },
    archiveFacts: async ({ fileName, subdirectory }) => {
      await ask('archiveFacts', fileName, subdirectory);
      return factsOf(facts[fileName]);
    },
    urlIntegrity: async (url, sris = []) => {
      await ask('urlIntegrity', url, ...sris);
      return { sri: sriOf(url), of: 'file' };
    },
    unpackedSource: async ({ url, sris = [], subdirectory }) => {
      await ask('unpackedSource', url, ...sris, subdirectory);
      return { integrity: { sri: sriOf(url), of: 'tree' }, facts: factsOf(facts[url]) };
    },
    gitSource: async ({ url, rev, subdirectory }) => {
      await ask('gitSource', url, rev, subdirectory);
      return { integrity: { sri: sriOf(rev), of: 'tree' }, facts: factsOf(facts[url]) };
    },
    gitCommit: async ({ url, ref }) => {
      if (/^[0-9a-f]{40}$/.test(ref)) return ref;
      await ask('gitCommit', url, ref);
      return createHash('sha1').update(`${url} ${ref}`).digest('hex');
    },
  };
};
