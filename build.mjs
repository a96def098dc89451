// `npm run build`: bundles the program into dist/, with the files that it reads beside it. Nothing in dist/ needs
// node_modules. A finished dist/ is replaced file by file, so that a run of it meanwhile finds what it needs.
// Usage: node build.mjs [OUTDIR]
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = import.meta.dirname;
const [given, ...others] = process.argv.slice(2);
if (given?.startsWith('-') || others.length > 0) throw new Error('usage: node build.mjs [OUTDIR]');
const out = resolve(given ?? join(root, 'dist'));

/** Folders that the program reads at run time: source, place in dist/, and what of it is taken. */
const copied = [
  { from: 'recipes/runtime', to: 'runtime', only: /\.(?:json|nix|py)$/ },
  { from: 'overrides/collection', to: 'collection', only: /\.toml$/ },
];

const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/** The folders of the packages that went into the bundle: `node_modules/got`. */
const bundledPackages = (inputs) => [
  ...new Set(
    Object.keys(inputs)
      .map((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0])
      .filter((folder) => folder !== undefined),
  ),
];

/** Name, version and licence text of a bundled package; without a text, what its manifest says. */
const notice = (folder) => {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const { name, version, license, author, repository } = manifest;
  if (typeof license !== 'string') throw new Error(`${name} ${version} states no licence`);
  const file = readdirSync(join(root, folder)).find((each) =>
    /^(?:licen[cs]e|copying)/i.test(each),
  );
  const text =
    file === undefined
      ? `Copyright ${author?.name ?? author ?? `the authors of ${name}`}, ${repository?.url ?? repository}`
      : readFileSync(join(root, folder, file), 'utf8')
          .replaceAll('\r\n', '\n')
          .trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
};

const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['cli/lock2nix.ts', 'cli/convert.ts'],
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  outdir: out,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  // Some bundled packages are CommonJS and call `require` for modules of Node.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning',
});

const files = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
for (const { from, to, only } of copied) {
  for (const name of filesBelow(join(root, from)).filter((each) => only.test(each))) {
    files.set(join(out, to, name), readFileSync(join(root, from, name)));
  }
}

/** The schema of overrides.toml, for editors. */
const schema = await build({
  absWorkingDir: root,
  entryPoints: ['overrides/schema.ts'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  write: false,
  logLevel: 'warning',
});
const { overridesJsonSchema } = await import(
  `data:text/javascript,${encodeURIComponent(schema.outputFiles[0].text)}`
);
files.set(join(out, 'overrides.schema.json'), `${JSON.stringify(overridesJsonSchema, null, 2)}\n`);
files.set(
  join(out, 'THIRD-PARTY-NOTICES.txt'),
  bundledPackages(metafile.inputs)
    .map(notice)
    .sort()
    .join(`\n${'-'.repeat(80)}\n\n`),
);

for (const [path, contents] of files) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
}
for (const name of filesBelow(out)) {
  if (!files.has(join(out, name))) rmSync(join(out, name));
}
