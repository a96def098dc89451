/** Packages that are asked for by name. */
import type { AskedRequirement, RequirementSet } from '../graph/requirements.ts';
import { askRequirement } from './shared/asked.ts';

/** Where the requirements of specs stand, for explanations. */
const origin = 'the command line';

const rootName = ({ name, text }: AskedRequirement): string => name ?? text;

/**
 * The requirements (PEP 508) of a command line as a question without a project. Its root has the
 * name of the first package and no source of its own; `apps` names the packages whose commands are
 * its own. Throws REQUIREMENT_INVALID, URL_INVALID.
 */
export const readSpecs = (requirements: readonly string[]): RequirementSet => {
  const asked = requirements.map((text) => askRequirement(text, origin));
  const names = [...new Set(asked.map(rootName))];
  return {
    ecosystem: 'pypi',
    format: { name: 'specs', file: origin },
    roots: [
      {
        name: names[0] ?? 'packages',
        apps: [...names].sort(),
        groups: { main: asked },
        extras: {},
        scripts: [],
        metadata: {},
      },
    ],
    constraints: [],
    indexes: { extra: [] },
    diagnostics: [],
  };
};
