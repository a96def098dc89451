import { Lock2nixError } from '../graph/errors.ts';
import { type Platform, systems, tryParsePlatform } from '../graph/platform.ts';
import { nearest } from '../standards/nearest.ts';

/** The platforms of a lock whose systems nobody names. */
export const commonSystems: readonly string[] = [
  'aarch64-darwin',
  'aarch64-linux',
  'x86_64-darwin',
  'x86_64-linux',
];

/** What `--systems` names, sorted, each once. Throws SYSTEM_UNKNOWN with the nearest system. */
export const parsePlatforms = (names: readonly string[]): readonly Platform[] => {
  const hint = `write one of ${systems.join(', ')}; \`-musl\` behind a Linux one means musl`;
  if (names.length === 0) {
    throw new Lock2nixError('SYSTEM_UNKNOWN', '`--systems` names no system', { hint });
  }
  return [...new Set(names)].sort().map((name) => {
    const platform = tryParsePlatform(name);
    if (platform !== undefined) return platform;
    const near = nearest(name, systems);
    throw new Lock2nixError('SYSTEM_UNKNOWN', `\`${name}\` is no system that lock2nix knows`, {
      hint: near === undefined ? hint : `did you mean \`${near}\`? Or ${hint}`,
    });
  });
};
