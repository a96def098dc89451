import type { CommanderError } from 'commander';
import { Lock2nixError } from '../graph/errors.ts';

/** The name that commander thinks was meant. */
const suggested = (text: string): string | undefined =>
  /^\(Did you mean (?:one of )?(?<name>[^,?]+)/.exec(text)?.groups?.['name'];

/** `'x'` -> `` `x` ``; quotes inside of words stay. */
const withBackTicks = (text: string): string => text.replace(/(?<=^|\s)'|'(?=\s|\.|$)/g, '`');

const hintFor = (near: string | undefined, argv: readonly string[], known: boolean): string => {
  const [word = ''] = argv;
  const help = known ? `lock2nix ${word} --help` : 'lock2nix --help';
  if (near !== undefined) return `did you mean \`${near}\`? \`${help}\` lists all`;
  if (known) return `\`${help}\` lists all options`;
  if (/[./]/.test(word)) return `lock2nix convert ${word}`;
  return word.startsWith('-')
    ? `options stand behind the command: lock2nix convert ${word}; \`${help}\` lists the commands`
    : `\`${help}\` lists the commands`;
};

/** What commander complains of, as an error of ours with the next thing to type. */
export const usageError = (
  { message }: CommanderError,
  argv: readonly string[],
  commands: readonly string[],
): Lock2nixError => {
  const [first = '', second = ''] = message.replace(/^error: /, '').split('\n');
  const isCommand = argv[0] !== undefined && commands.includes(argv[0]);
  return new Lock2nixError('USAGE', withBackTicks(first.replace(/\.$/, '')), {
    hint: hintFor(suggested(second), argv, isCommand),
  });
};
