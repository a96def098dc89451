import { Lock2nixError } from '../graph/errors.ts';
import { type Platform, systems, tryParsePlatform } from '../graph/platform.ts';
import { nearest } from '../standards/nearest.ts';
import type { World } from './world.ts';

/** The platforms of a lock whose systems nobody names. */
export const commonSystems: readonly string[] = [
  'aarch64-darwin',
  'aarch64-linux',
  'x86_64-darwin',
  'x86_64-linux',
];

const architectures: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
  ia32: 'i686',
  arm: 'armv7l',
  ppc64: 'powerpc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};

/**
 * The system of this machine, as Nix names it; musl is a matter of nixpkgs, not of the machine.
 * Throws SYSTEM_UNKNOWN.
 */
export const currentSystem = ({ platform, arch }: Pick<World, 'platform' | 'arch'>): string => {
  const name = `${architectures[arch]}-${platform}`;
  const system = systems.find((known) => known === name);
  if (system !== undefined) return system;
  throw new Lock2nixError(
    'SYSTEM_UNKNOWN',
    `this machine (${platform}, ${arch}) is no system that lock2nix knows`,
    { hint: `say what the recipe is for: --systems ${systems[0]}` },
  );
};

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
