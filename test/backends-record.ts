/** Fills a cache with all that test/builds/backends.test.ts asks for: `backends-record CACHE RECORDS`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatJson, graphToJson } from '../graph/serialise.ts';
import { openRegistry } from '../resolvers/registry/registry.ts';
import { oldSamples, pinSamples, samples } from './builds/backends-recipe.ts';

const [cacheDir = '', records = ''] = process.argv.slice(2);
const sources = openRegistry({
  cacheDir,
  env: process.env,
  offline: false,
  userAgent: 'lock2nix-test',
  onProgress: () => {},
});
mkdirSync(records, { recursive: true });
for (const python of ['2.7', '3.11', '3.12', '3.13']) {
  const chosen = python === '2.7' ? oldSamples : samples;
  const pins = chosen.map(({ pin }) => pin);
  const graph = await pinSamples(pins, { python, sources });
  writeFileSync(join(records, `${python}.json`), `{"graph":${formatJson(graphToJson(graph))}}`);
}
sources.close();
