/** `source` of a rule: what its package is taken from. */
import type { Integrity, Source } from '../graph/types.ts';
import { toSri } from '../standards/integrity.ts';
import { quoted } from '../standards/quoted.ts';
import type { TomlDocument } from '../standards/toml-document.ts';
import type { TomlPath } from '../standards/toml-location.ts';
import { tryParseUrl } from '../standards/url.ts';
import { formatVersion, parseVersion } from '../standards/version.ts';
import { isInside, readPart, refuseAt } from './place.ts';
import type { PackageTable } from './schema.ts';
import type { Replacement } from './types.ts';

type SourceTable = NonNullable<PackageTable['source']>;
type SourceKey = keyof SourceTable;

/** What may stand beside the key that says where to look. */
const companions = {
  url: ['hash', 'subdirectory', 'version'],
  git: ['rev', 'hash', 'subdirectory', 'submodules', 'version'],
  path: ['version'],
  nixpkgs: ['version'],
  version: [],
} as const satisfies Readonly<Partial<Record<SourceKey, readonly SourceKey[]>>>;

type Way = keyof typeof companions;

const ways = ['url', 'git', 'path', 'nixpkgs', 'version'] as const satisfies readonly Way[];

/** The URL of a file. Credentials would end in recipes. Throws OVERRIDES_SHAPE. */
export const readUrl = (document: TomlDocument, path: TomlPath, text: string): string => {
  const url = tryParseUrl(text);
  const hint = 'write it as in `url = "https://example.org/name-1.0.tar.gz"`';
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || /\s/.test(text)) {
    throw refuseAt(document, path, { text: `\`url\` is ${quoted(text)}, which is no URL`, hint });
  }
  if (url.username !== '' || url.password !== '') {
    throw refuseAt(document, path, {
      text: '`url` has credentials, which would end in the recipe',
      hint: 'leave them out: netrc and the variables of the registry hold them',
    });
  }
  return text;
};

/** A hash of a file or of what is in it; none where the rule has none. Throws HASH_INVALID. */
export const readHash = (
  document: TomlDocument,
  path: TomlPath,
  text: string | undefined,
  of: Integrity['of'],
): readonly Integrity[] =>
  text === undefined ? [] : [{ sri: readPart(document, path, () => toSri(text)), of }];

const gitUrl =
  /^(?:(?:https?|ssh|git|file):\/\/[^\s"'`<>\\]+|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^\s"'`<>\\]+)$/;

const readGit = (document: TomlDocument, table: SourceTable, at: (key: string) => TomlPath) => {
  const { git = '', rev, subdirectory, submodules } = table;
  if (!gitUrl.test(git)) {
    throw refuseAt(document, at('git'), {
      text: `\`git\` is ${quoted(git)}, which is no URL of a repository`,
      hint: 'write it as in `git = "https://example.org/name.git"`',
    });
  }
  if (rev === undefined || !/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(rev)) {
    throw refuseAt(document, at(rev === undefined ? 'git' : 'rev'), {
      text:
        rev === undefined
          ? '`rev` is missing beside `git`'
          : `\`rev\` is ${quoted(rev)}, which is not a full commit`,
      hint: 'write the 40 digits of the commit: `git rev-parse HEAD` prints them',
    });
  }
  return {
    kind: 'git',
    url: git,
    rev,
    ...(subdirectory === undefined ? {} : { subdirectory }),
    ...(submodules === undefined ? {} : { submodules }),
  } as const satisfies Source;
};

const readReplacement = (
  document: TomlDocument,
  table: SourceTable,
  at: (key: string) => TomlPath,
): Replacement | undefined => {
  const { url, git, path, nixpkgs, hash, subdirectory } = table;
  const version =
    table.version === undefined
      ? undefined
      : readPart(document, at('version'), () => formatVersion(parseVersion(table.version ?? '')));
  const stated = version === undefined ? {} : { version };
  if (subdirectory !== undefined && !isInside(subdirectory)) {
    throw refuseAt(document, at('subdirectory'), {
      text: `\`subdirectory\` is ${quoted(subdirectory)}, which is not a folder inside the source`,
    });
  }
  if (url !== undefined) {
    return {
      kind: 'source',
      source: {
        kind: 'url',
        url: readUrl(document, at('url'), url),
        ...(subdirectory === undefined ? {} : { subdirectory }),
      },
      integrities: readHash(document, at('hash'), hash, 'file'),
      ...stated,
    };
  }
  if (git !== undefined) {
    const source = readGit(document, table, at);
    const integrities = readHash(document, at('hash'), hash, 'tree');
    return { kind: 'source', source, integrities, ...stated };
  }
  if (path !== undefined) {
    if (/^[/~]|[\p{Cc}\\]/u.test(path)) {
      throw refuseAt(document, at('path'), {
        text: `\`path\` is ${quoted(path)}, which is not relative to the project`,
        hint: 'write it as in `path = "vendor/name"`',
      });
    }
    const shortest = path.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '') || '.';
    return { kind: 'source', source: { kind: 'path', path: shortest }, integrities: [], ...stated };
  }
  if (nixpkgs !== undefined) return { kind: 'nixpkgs', attribute: nixpkgs, ...stated };
  return version === undefined ? undefined : { kind: 'version', version };
};

/**
 * Reads a `source` table. Throws OVERRIDES_SHAPE for keys that do not go together, HASH_INVALID,
 * VERSION_INVALID.
 */
export const readSource = (
  document: TomlDocument,
  table: SourceTable,
  path: TomlPath,
): { readonly prefer?: 'wheel' | 'sdist'; readonly replacement?: Replacement } => {
  const at = (key: string): TomlPath => [...path, key];
  const given = (key: SourceKey): boolean => table[key] !== undefined;
  const [way, other] = ways.filter(given);
  const { prefer } = table;
  if (way === undefined) {
    const stray = (['hash', 'rev', 'submodules', 'subdirectory'] as const).find(given);
    if (stray !== undefined || prefer === undefined) {
      throw refuseAt(document, stray === undefined ? path : at(stray), {
        text: stray === undefined ? '`source` says nothing' : `\`${stray}\` stands alone`,
        hint: `a source has one of prefer, ${ways.join(', ')}`,
      });
    }
    return { prefer };
  }
  const allowed: readonly string[] = [way, ...companions[way]];
  const foreign = (Object.keys(table) as SourceKey[]).find((key) => !allowed.includes(key));
  if (foreign !== undefined && (other !== 'version' || foreign !== 'version')) {
    throw refuseAt(document, at(foreign), {
      text: `\`${foreign}\` does not go with \`${way}\``,
      hint:
        companions[way].length === 0
          ? `\`${way}\` stands alone`
          : `beside \`${way}\` there may be ${companions[way].join(', ')}`,
    });
  }
  const replacement = readReplacement(document, table, at);
  return replacement === undefined ? {} : { replacement };
};
