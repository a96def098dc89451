/** What an update moved, as text, Markdown or data. */
import type { Change, Scope } from '../graph/diff.ts';

export const changeFormats = ['text', 'markdown', 'json'] as const;
export type ChangeFormat = (typeof changeFormats)[number];

const titles: Readonly<Record<Scope, string>> = {
  runtime: 'Packages',
  build: 'Build requirements',
};

const words = (versions: readonly string[]): string => versions.join(', ');

/** `3.0.2 -> 3.0.3`, `3.0.3 added`, `3.0.3 removed`, `3.0.3, other files`. */
const outcome = ({ kind, from, to }: Change, arrow: string): string => {
  if (kind === 'added') return `${words(to)} added`;
  if (kind === 'removed') return `${words(from)} removed`;
  if (kind === 'files') return `${words(to)}, other files`;
  return `${words(from)} ${arrow} ${words(to)}`;
};

const fileLines = ({ filesFrom = [], filesTo = [] }: Change): readonly string[] => [
  ...filesFrom.map((name) => `- ${name}`),
  ...filesTo.map((name) => `+ ${name}`),
];

const sections = (changes: readonly Change[]): readonly (readonly [Scope, readonly Change[]])[] =>
  (['runtime', 'build'] as const)
    .map((scope) => [scope, changes.filter((each) => each.scope === scope)] as const)
    .filter(([, some]) => some.length > 0);

const text = (changes: readonly Change[]): string =>
  sections(changes)
    .map(
      ([scope, some]) =>
        `${titles[scope]}:\n${some
          .flatMap((change) => [
            `  ${change.name}: ${outcome(change, '->')}`,
            ...fileLines(change).map((line) => `    ${line}`),
          ])
          .join('\n')}\n`,
    )
    .join('\n');

/** Versions and file names come from indexes: nothing of them may end a cell or be markup. */
const cell = (value: string): string => value.replace(/[\\`*_[\]<>|~&]/g, '\\$&');

const row = ({ name, kind, from, to }: Change): string => {
  const note = kind === 'files' ? 'other files' : kind;
  return `| ${cell(name)} | ${cell(words(from))} | ${cell(words(to))} | ${note} |`;
};

const markdown = (changes: readonly Change[]): string =>
  sections(changes)
    .map(
      ([scope, some]) =>
        `### ${titles[scope]}\n\n| name | from | to | |\n| --- | --- | --- | --- |\n${some.map(row).join('\n')}\n`,
    )
    .join('\n');

/** Changes as text or Markdown, nothing at all when there are none; as JSON always an array. */
export const printChanges = (changes: readonly Change[], format: ChangeFormat): string => {
  if (format === 'json') return `${JSON.stringify(changes, null, 2)}\n`;
  return format === 'markdown' ? markdown(changes) : text(changes);
};
