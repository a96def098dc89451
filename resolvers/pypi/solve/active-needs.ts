/** What an offer needs on which platforms, once markers, rules and direct sources are looked at. */
import { isLock2nixError } from '../../../graph/errors.ts';
import type { Platform } from '../../../graph/platform.ts';
import type { ConstraintRule } from '../../../graph/requirements.ts';
import { markerVariablesOf } from '../../../standards/marker.ts';
import { redactText } from '../../registry/url.ts';
import type { CustomCause } from '../../solver/cause.ts';
import { needsPython } from '../explain/causes.ts';
import type { Circumstances } from './circumstances.ts';
import { readablePython } from './circumstances.ts';
import type { Facts } from './library.ts';
import type { NeedChanges } from './need-changes.ts';
import { type Need, needOfRule } from './needs.ts';
import { changeOf } from './rules.ts';
import { type Asked, askedBy } from './sets.ts';
import type { Offer } from './shelf.ts';

/** A requirement that holds on some platforms, or whose marker depends on the patch release. */
export interface ActiveNeed {
  readonly need: Need;
  /** What is asked after the rules. */
  readonly asked: Asked;
  readonly text: string;
  readonly platforms: readonly Platform[];
  /** The rule that replaced what was asked. */
  readonly rule?: ConstraintRule;
}

export interface NeedsContext {
  readonly circumstances: Circumstances;
  readonly rules: readonly ConstraintRule[];
  /** The rules that changed something are added to it. */
  readonly fired: Set<ConstraintRule>;
  /** Other rules that change what is needed. */
  readonly changes: NeedChanges | undefined;
  /** Whether the URL is the one that a name is to be taken from. */
  readonly isSource: (name: string, url: string) => boolean;
}

const custom = (reason: string, message: string, hint?: string): CustomCause => ({
  kind: 'custom',
  reason,
  message,
  ...(hint === undefined ? {} : { hint }),
});

const mayDependOnPatch = ({ marker }: Need): boolean => {
  if (marker === undefined) return false;
  const variables = markerVariablesOf(marker);
  return variables.has('python_full_version') || variables.has('implementation_version');
};

const extrasText = (extras: readonly string[]): string =>
  extras.length === 0 ? '' : `[${extras.join(',')}]`;

const activeNeed = (
  need: Need,
  asker: string,
  { circumstances, fired, rules }: NeedsContext,
): ActiveNeed | undefined => {
  const platforms = circumstances.whereHolds(need.marker);
  if (platforms.length === 0 && !mayDependOnPatch(need)) return undefined;
  if (rules.length === 0) return { need, asked: need.asked, text: need.text, platforms };
  const change = changeOf(rules, asker, need);
  if (change.kind !== 'kept') fired.add(change.rule);
  if (change.kind === 'ignored') return undefined;
  if (change.kind === 'kept') return { need, asked: need.asked, text: need.text, platforms };
  const { rule } = change;
  const { url: _url, specifier: _specifier, ...rest } = need;
  const replaced = { ...rest, ...(rule.use === undefined ? {} : { specifier: rule.use }) };
  const text = `${need.name}${extrasText(need.extras)}${rule.use ?? ''}`;
  return { need: replaced, asked: askedBy(rule.use), text, platforms, rule };
};

/**
 * The needs of an offer, of one of its extras or of none; or why it cannot be used. An extra that it
 * does not have needs nothing.
 */
export const activeNeeds = (
  { name, text: version }: Offer,
  { facts, extra }: { readonly facts: Facts; readonly extra: string | undefined },
  context: NeedsContext,
): readonly ActiveNeed[] | CustomCause => {
  const { changes, circumstances, isSource } = context;
  if (!circumstances.allowsPython(facts.requiresPython))
    return needsPython(readablePython(facts.requiresPython ?? ''));
  if (extra !== undefined && !facts.extras.has(extra)) return [];
  const stated = facts.needs(extra);
  if ('why' in stated)
    return custom(
      'metadata',
      `has a requirement that cannot be read, \`${redactText(stated.text).slice(0, 200)}\``,
    );
  const owner = { name, version, isExtra: extra !== undefined };
  const needs =
    changes?.change(owner, stated, (requirement, _, place) => needOfRule(requirement, place)) ??
    stated;
  const active: ActiveNeed[] = [];
  for (const need of needs) {
    try {
      const each = activeNeed(need, name, context);
      if (each === undefined) continue;
      const { url } = each.need;
      if (url !== undefined && each.platforms.length > 0 && !isSource(need.name, url))
        return custom(
          'foreign-source',
          `needs ${need.text}, a source that only the project itself can name`,
          `to allow it, ask for \`${need.text}\` in the input`,
        );
      active.push(each);
    } catch (error) {
      if (!isLock2nixError(error)) throw error;
      return custom('metadata', `has a requirement that cannot be read, \`${need.text}\``);
    }
  }
  return active;
};

export const isUnusableCause = (value: readonly ActiveNeed[] | CustomCause): value is CustomCause =>
  'kind' in value;
