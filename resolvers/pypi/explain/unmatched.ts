import type { Diagnostic } from '../../../graph/errors.ts';
import type { ConstraintRule } from '../../../graph/requirements.ts';
import { nearest } from '../../../standards/nearest.ts';

/** What versions were sought for. */
export interface Seen {
  /** The names of everybody who could ask: distributions and projects. */
  readonly askers: readonly string[];
  /** The names of everything that was asked for. */
  readonly asked: readonly string[];
}

const nearMiss = (name: string, known: readonly string[]): string | undefined =>
  known.includes(name) ? undefined : nearest(name, [...known].sort());

/** A rule that changed nothing, and the warning that says so. */
export interface IdleRule {
  readonly rule: ConstraintRule;
  readonly diagnostic: Diagnostic;
}

/** The constraints that found no requirement to change, with the nearest name. `fired`: the rules that did. */
export const unmatchedRules = (
  rules: readonly ConstraintRule[],
  fired: ReadonlySet<ConstraintRule>,
  { askers, asked }: Seen,
): readonly IdleRule[] =>
  rules
    .filter((rule) => !fired.has(rule))
    .map((rule) => {
      const { of, on, place } = rule;
      const near = nearMiss(on, asked) ?? (of === '*' ? undefined : nearMiss(of, askers));
      const who = of === '*' ? 'nobody' : `\`${of}\` does not`;
      const verb = of === '*' ? 'asks' : 'ask';
      const diagnostic: Diagnostic = {
        severity: 'warning',
        code: 'rule-unmatched',
        message: `${place}: ${who} ${verb} for \`${on}\`, so the rule does nothing`,
        ...(near === undefined ? {} : { hint: `did you mean \`${near}\`?` }),
      };
      return { rule, diagnostic };
    });
