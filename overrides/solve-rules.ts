import type { DependencyRule, DropRule, SolveRules, SourceRule } from '../graph/requirements.ts';
import type { PythonTarget } from '../graph/types.ts';
import { holdsForPython } from './match.ts';
import type { Overrides } from './types.ts';

/**
 * The rules that act while versions are sought, as far as they hold for a Python; without one, those
 * that hold for each. What depends on other packages acts on what was found (`applyToLock`).
 */
export const solveRules = (
  { packages, constraints }: Overrides,
  python?: PythonTarget,
): SolveRules => {
  const held = packages.filter(({ when }) => holdsForPython(when?.python, python));
  const drops = new Map<string, DropRule[]>();
  for (const { name, drop, when, place } of held) {
    if (drop === false) drops.delete(name);
    if (drop !== true) continue;
    const systems = when?.systems === undefined ? {} : { systems: when.systems };
    drops.set(name, [...(drops.get(name) ?? []), { name, ...systems, place }]);
  }
  const early = held.filter(({ when }) => when?.with === undefined);
  const sources = early.flatMap(({ name, replacement, when, place }): readonly SourceRule[] =>
    replacement === undefined || when?.systems !== undefined
      ? []
      : [
          {
            name,
            ...(when?.version === undefined ? {} : { replaces: when.version }),
            take: replacement,
            place,
          },
        ],
  );
  const dependencies = early.flatMap((rule): readonly DependencyRule[] =>
    rule.dependencies === undefined
      ? []
      : [
          {
            of: rule.name,
            ...(rule.when?.version === undefined ? {} : { specifier: rule.when.version }),
            ...(rule.when?.systems === undefined ? {} : { systems: rule.when.systems }),
            ...rule.dependencies,
            place: rule.place,
          },
        ],
  );
  const prefer = new Map(
    early.flatMap(({ name, prefer: taken, when }) =>
      taken === undefined || when?.version !== undefined ? [] : [[name, taken] as const],
    ),
  );
  return {
    constraints,
    ...(drops.size === 0 ? {} : { drops: [...drops.values()].flat() }),
    ...(sources.length === 0 ? {} : { sources }),
    ...(dependencies.length === 0 ? {} : { dependencies }),
    ...(prefer.size === 0 ? {} : { prefer }),
  };
};
