/**
 * Makes a small and lasting cache of one that was filled: `slim-cache FILLED CACHE RECORD…`. Listings of
 * projects keep the releases that a record (lock2nix.json) holds, so that these stay the newest that
 * satisfy; times, and what is only asked for online, go.
 */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, formatListing, tryParseListing } from '../resolvers/pypi/index/listing.ts';
import { publicIndex } from '../resolvers/pypi/public-index.ts';
import { openCache } from '../resolvers/registry/cache.ts';

interface RecordedGraph {
  readonly packages: Readonly<Record<string, { readonly name: string; readonly version: string }>>;
}

const [filled = '', folder = '', ...records] = process.argv.slice(2);

const versions = new Map<string, Set<string>>();
for (const record of records) {
  const { graph } = JSON.parse(readFileSync(record, 'utf8')) as { readonly graph: RecordedGraph };
  for (const { name, version } of Object.values(graph.packages)) {
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
}

const damaged = (): never => {
  throw new Error(`${filled} changes while it is read`);
};

const from = openCache({ folder: filled, readOnly: true });
const to = openCache({ folder });
const index = publicIndex;
for (const [name, wanted] of [...versions].sort()) {
  const key = { index, name };
  const listing = from.recallPaged('listing', key, (head, read) =>
    tryParseListing(head, { index, read, again: damaged }),
  );
  const releases = (listing?.releases ?? []).filter(({ text }) => wanted.has(text));
  if (listing === undefined || releases.length === 0) continue;
  const files = filesOf({ ...listing, releases, others: [] });
  await to.writePaged('listing', key, formatListing(files, name, { at: 0 }));
}
for (const bucket of ['archive', 'file-url', 'git', 'metadata', 'url-hash']) {
  const path = join(filled, 'v1', bucket);
  if (existsSync(path)) cpSync(path, join(folder, 'v1', bucket), { recursive: true });
}
