import { Lock2nixError } from '../graph/errors.ts';

/** The input of a command that takes one at most. Throws USAGE for several. */
export const theInput = (command: string, inputs: readonly string[]): string | undefined => {
  const [input, ...others] = inputs;
  if (others.length === 0) return input;
  throw new Lock2nixError(
    'USAGE',
    `\`${command}\` takes one input, and was given ${inputs.length}`,
    { hint: `${command} each lock on its own, with \`-o DIR\` for each` },
  );
};
