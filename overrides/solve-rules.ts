import type { SolveRules } from '../graph/requirements.ts';
import type { Overrides } from './types.ts';

/** The rules of an `overrides.toml` that act while versions are sought. */
export const solveRules = ({ constraints }: Overrides): SolveRules => ({ constraints });
