import type { Diagnostic } from '../graph/errors.ts';
import { type LockedArtifact, type LockedPackage, packageId } from '../graph/types.ts';
import type { PackageRule, Replacement } from './types.ts';

const fileNameOf = (path: string): string =>
  path
    .replace(/[?#].*$/s, '')
    .replace(/\/+$/, '')
    .split('/')
    .at(-1) || 'source';

const artifactOf = ({
  source,
  integrities,
}: Extract<Replacement, { readonly kind: 'source' }>): LockedArtifact => {
  if (source.kind === 'git') return { kind: 'tree', fileName: 'source', source, integrities };
  const fileName = fileNameOf(source.kind === 'path' ? source.path : source.url);
  const isArchive = /\.(?:zip|whl|tgz|tbz2?|txz|tar(?:\.[0-9a-z]+)?)$/i.test(fileName);
  if (source.kind === 'path' && !isArchive) {
    return { kind: 'tree', fileName: 'source', source, integrities };
  }
  const kind = fileName.toLowerCase().endsWith('.whl') ? 'wheel' : 'sdist';
  return { kind, fileName, source, integrities };
};

/** The package as the last rule that names a source has it; its dependencies stay those of the lock. */
export const replaceSource = (
  locked: LockedPackage,
  rules: readonly PackageRule[],
  report: (diagnostic: Diagnostic) => void,
): LockedPackage => {
  const rule = rules.findLast(({ replacement }) => replacement !== undefined);
  const replacement = rule?.replacement;
  if (rule === undefined || replacement === undefined) return locked;
  if (rule.place === locked.ruledBy) {
    return replacement.kind === 'source'
      ? { ...locked, artifacts: [artifactOf(replacement)] }
      : locked;
  }
  const version = replacement.version ?? locked.version;
  const { hashes: _, ...rest } = locked;
  const renamed =
    version === locked.version ? rest : { ...rest, id: packageId(locked.name, version), version };
  if (version !== locked.version) {
    report({
      severity: 'note',
      code: 'version-replaced',
      message: `${rule.place}: \`${locked.name}\` is ${version} instead of ${locked.version}, with the dependencies that are known of ${locked.version}`,
      hint: 'say what differs in `dependencies` of a rule',
    });
  }
  switch (replacement.kind) {
    case 'version':
      return version === locked.version ? locked : { ...renamed, artifacts: [] };
    case 'nixpkgs':
      return { ...renamed, artifacts: [], nixpkgs: replacement.attribute };
    case 'source':
      return { ...renamed, artifacts: [artifactOf(replacement)] };
  }
};
