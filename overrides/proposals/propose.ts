/** From the log of failed builds to the rules that cure them. */
import { curesOf } from './cures.ts';
import { importCures } from './imports.ts';
import { mergeRules } from './merge.ts';
import { rulesSaid, wheelsSaid } from './said.ts';
import { splitLog } from './split-log.ts';
import type { Cure, FailedBuild, Proposal, ProposalContext } from './types.ts';

const asProposal = ({ why, rule, name }: Cure, own: string | undefined): Proposal => {
  const about = name ?? own;
  if (rule === undefined || about === undefined) {
    return { kind: 'advice', ...(about === undefined ? {} : { name: about }), text: why };
  }
  return { kind: 'package', rule: { name: about, why, ...rule } };
};

const proposalsFor = (build: FailedBuild, context: ProposalContext): readonly Proposal[] => {
  const collisions = rulesSaid(build.text).filter(({ kind }) => kind === 'collision');
  if (build.kind === 'environment') return collisions;
  if (build.kind === 'check') {
    return importCures(build).map((cure) => asProposal(cure, cure.name));
  }
  const cures = curesOf(build, context.flags ?? new Map());
  if (cures.length > 0) return cures.map((cure) => asProposal(cure, build.name));
  return rulesSaid(build.text).filter(
    (each) => each.kind === 'package' && each.rule.name === build.name,
  );
};

/** Rules of one package become one, where the first of them stands; what is said twice is said once. */
const uniteProposals = (proposals: readonly Proposal[]): readonly Proposal[] => {
  const united = new Map<string, Proposal>();
  for (const proposal of proposals) {
    const key =
      proposal.kind === 'package' ? `package ${proposal.rule.name}` : JSON.stringify(proposal);
    const before = united.get(key);
    united.set(
      key,
      before?.kind === 'package' && proposal.kind === 'package'
        ? { kind: 'package', rule: mergeRules(before.rule, proposal.rule) }
        : proposal,
    );
  }
  return [...united.values()];
};

/**
 * What the log of failed builds teaches: rules with their reasons, and advice where no rule cures.
 * The log is of `nix-build -k` (of many derivations), `nix log` (of one), or an error of ours that
 * ends with rules. Pure; the same log gives the same proposals.
 */
export const proposeRules = (log: string, context: ProposalContext = {}): readonly Proposal[] => {
  const builds = splitLog(log, context);
  const said = rulesSaid(log).filter(({ kind }) => kind !== 'package');
  return uniteProposals([
    ...said,
    ...wheelsSaid(log),
    ...builds.flatMap((build) => proposalsFor(build, context)),
  ]);
};
