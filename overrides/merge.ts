import type { Overrides } from './types.ts';

export const noOverrides: Overrides = { packages: [], collisions: [], constraints: [] };

/** Rules of several places as one, the first layer first: the collection's, the project's, the command line's. */
export const mergeOverrides = (...layers: readonly Overrides[]): Overrides => ({
  packages: layers.flatMap(({ packages }) => packages),
  collisions: layers.flatMap(({ collisions }) => collisions),
  constraints: layers.flatMap(({ constraints }) => constraints),
});
