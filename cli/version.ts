import manifest from '../package.json' with { type: 'json' };

/** The version of lock2nix, from package.json. */
export const version: string = manifest.version;
