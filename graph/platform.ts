/** Nix system strings that lock2nix knows (Nix manual, `builtins.currentSystem`). */
export const systems = [
  'x86_64-linux',
  'aarch64-linux',
  'x86_64-darwin',
  'aarch64-darwin',
  'i686-linux',
  'armv7l-linux',
  'powerpc64le-linux',
  's390x-linux',
  'riscv64-linux',
] as const;

export type System = (typeof systems)[number];

/**
 * A platform that recipes are made for. `libc` is present on Linux only, `libcVersion` is the oldest
 * libc that the recipe must run on (`"2.28"`), `macosMinimum` the oldest macOS (`"11.0"`).
 */
export interface Platform {
  readonly system: System;
  readonly libc?: 'glibc' | 'musl';
  readonly libcVersion?: string;
  readonly macosMinimum?: string;
}

/** The name of a platform in recipes and records: its system, with `-musl` behind it on musl. */
export type PlatformName = System | `${System}-musl`;

/** The name of a platform: `x86_64-linux`, `x86_64-linux-musl`, `aarch64-darwin`. */
export const platformName = (platform: Platform): PlatformName =>
  platform.libc === 'musl' ? `${platform.system}-musl` : platform.system;

/** What is assumed of a platform whose floors nobody names. Recorded with every graph. */
export const platformFloors = { glibc: '2.28', musl: '1.2', macos: '11.0' } as const;

/** The platform of a name with the default floors; undefined when no such platform is known. */
export const tryParsePlatform = (name: string): Platform | undefined => {
  const musl = name.endsWith('-musl');
  const system = systems.find((known) => known === (musl ? name.slice(0, -'-musl'.length) : name));
  if (system === undefined) return undefined;
  if (system.endsWith('-darwin')) {
    return musl ? undefined : { system, macosMinimum: platformFloors.macos };
  }
  return musl
    ? { system, libc: 'musl', libcVersion: platformFloors.musl }
    : { system, libc: 'glibc', libcVersion: platformFloors.glibc };
};
