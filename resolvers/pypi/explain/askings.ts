/** What a proof of failure says of requirements: who asks for which versions of what. */
import { tryParseRequirement } from '../../../standards/requirement.ts';
import { union, type VersionSet } from '../../../standards/version-set.ts';
import { evidenceOf, type Incompatibility } from '../../solver/incompatibility.ts';
import { rootPackage } from '../../solver/root.ts';

/** A requirement of the proof. Names are those of distributions; `of` is undefined for the project. */
export interface Asking {
  readonly of: string | undefined;
  /** The versions of `of` that ask. */
  readonly asking: VersionSet;
  readonly on: string;
  readonly set: VersionSet;
  /** The requirement as written, without its marker: `cornice==0.16.2`. */
  readonly text: string;
  /** The specifier in it; undefined when it is not written as PEP 440 has it. */
  readonly specifier: string | undefined;
  readonly origin: string | undefined;
}

/** Why versions of a package cannot be used, other than by requirements. */
export interface Fact {
  readonly name: string;
  readonly set: VersionSet;
  /** As in `CustomCause.reason`; `no-versions` where the set holds none that exists. */
  readonly reason: string;
  readonly message: string | undefined;
  readonly hint: string | undefined;
}

export interface Evidence {
  readonly askings: readonly Asking[];
  readonly facts: readonly Fact[];
}

/** The distribution behind a key of the solver: `flask[async]` is of flask. */
export const distributionOf = (key: string): string => key.replace(/[[\0].*$/s, '');

const askingOf = ({ terms, cause }: Incompatibility<VersionSet>): Asking | undefined => {
  if (cause.kind !== 'dependency') return undefined;
  const [of, on] = [cause.package, cause.on].map(distributionOf);
  const term = terms.find((each) => each.positive && each.package === cause.package);
  // That an extra needs its own distribution is nobody's requirement.
  if (on === undefined || of === on) return undefined;
  const requirement = cause.text === undefined ? undefined : tryParseRequirement(cause.text);
  const { extras = [], specifier = '' } = requirement ?? {};
  const name = extras.length === 0 ? on : `${on}[${extras.join(',')}]`;
  return {
    of: of === rootPackage ? undefined : of,
    asking: term?.set ?? cause.set,
    on,
    set: cause.set,
    text: requirement === undefined ? (cause.text ?? on) : `${name}${specifier}`,
    specifier: requirement === undefined || requirement.url !== undefined ? undefined : specifier,
    origin: cause.origin,
  };
};

const factsOf = ({ terms: [term], cause }: Incompatibility<VersionSet>): readonly Fact[] => {
  if (term === undefined || !term.positive) return [];
  const base = { name: distributionOf(term.package), set: term.set };
  if (cause.kind === 'no-versions')
    return [{ ...base, reason: 'no-versions', message: undefined, hint: cause.hint }];
  if (cause.kind !== 'custom') return [];
  return [{ ...base, reason: cause.reason, message: cause.message, hint: cause.hint }];
};

/** The requirements and facts of a proof, in its order; equal ones of several versions are one. */
export const readEvidence = (failure: Incompatibility<VersionSet>): Evidence => {
  const evidence = evidenceOf(failure);
  const askings = new Map<string, Asking>();
  for (const each of evidence) {
    const asking = askingOf(each);
    if (asking === undefined) continue;
    const { of, on, text, origin } = asking;
    const key = JSON.stringify([of, on, text, origin, asking.set.cuts]);
    const known = askings.get(key);
    const all = known === undefined ? asking.asking : union(known.asking, asking.asking);
    askings.set(key, { ...asking, asking: all });
  }
  return { askings: [...askings.values()], facts: evidence.flatMap(factsOf) };
};
