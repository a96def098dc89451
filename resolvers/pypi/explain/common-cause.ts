import type { PythonTarget } from '../../../graph/types.ts';
import type { CustomCause } from '../../solver/cause.ts';

const most = 3;

/** Reasons that are told together, whatever each version says of them. */
const together: readonly string[] = ['python', 'yanked'];

/** Whether the same is wrong with two versions. */
export const isAlike = (a: CustomCause, b: CustomCause): boolean =>
  a.reason === b.reason && (together.includes(a.reason) || a.message === b.message);

/** What is said of several versions at once, when the same is wrong with each, each in its words. */
export const commonCause = (
  newest: CustomCause,
  all: readonly CustomCause[],
  { version }: Pick<PythonTarget, 'version'>,
): CustomCause => {
  const messages = [...new Set(all.map(({ message }) => message))];
  if (messages.length < 2) return newest;
  if (newest.reason === 'python') {
    const needs = messages.map((message) => message.replace(/^needs Python /, ''));
    const shown = needs.length > most ? [...needs.slice(0, 1), '…', ...needs.slice(-1)] : needs;
    return {
      ...newest,
      message: `needs another Python than ${version} (${shown.join(' or ').replaceAll(' or … or ', ' … ')})`,
    };
  }
  if (newest.reason === 'yanked') {
    const said = messages.flatMap((message) => /^was yanked \((.*)\)$/.exec(message)?.[1] ?? []);
    const shown = said.slice(0, most).join('; ');
    return { ...newest, message: shown === '' ? 'was yanked' : `was yanked (${shown})` };
  }
  return newest;
};
