/** Several rules of one package as one. */
import type { RuleTable } from './types.ts';

const union = (...lists: readonly (readonly string[] | undefined)[]): readonly string[] =>
  [...new Set(lists.flatMap((each) => each ?? []))].sort();

type Lists = Readonly<Record<string, readonly string[]>>;

const mergeLists = (left: Lists = {}, right: Lists = {}): Lists =>
  Object.fromEntries(
    [...new Set([...Object.keys(left), ...Object.keys(right)])].map((key) => [
      key,
      union(left[key], right[key]),
    ]),
  );

const present = <Value extends object>(key: string, value: Value): object =>
  Object.keys(value).length === 0 ? {} : { [key]: value };

/** Lists unite; of what is one value the later one holds; reasons follow each other. */
export const mergeRules = <Rule extends RuleTable>(left: Rule, right: Rule): Rule => {
  const { build, dependencies, native, env, source, why } = right;
  const reasons = [...new Set([left.why, why].flatMap((each) => each ?? []))];
  return {
    ...left,
    ...right,
    ...(reasons.length === 0 ? {} : { why: reasons.join('; ') }),
    ...present('source', { ...left.source, ...source }),
    ...present('build', mergeLists({ ...left.build }, { ...build })),
    ...present('dependencies', mergeLists({ ...left.dependencies }, { ...dependencies })),
    ...present('native', mergeLists({ ...left.native }, { ...native })),
    ...present('env', { ...left.env, ...env }),
  };
};
