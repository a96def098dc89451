import type { PythonTarget } from '../../../graph/types.ts';
import type { CustomCause } from '../../solver/cause.ts';

const most = 3;

/** What is said of several versions at once, when the same is wrong with each, each in its words. */
export const commonCause = (
  newest: CustomCause,
  all: readonly CustomCause[],
  { version }: Pick<PythonTarget, 'version'>,
): CustomCause => {
  const messages = [...new Set(all.map(({ message }) => message))];
  if (messages.length < 2) return newest;
  if (newest.reason === 'requires-python') {
    const needs = messages.map((message) => message.replace(/^needs Python /, ''));
    const shown = needs.length > most ? [...needs.slice(0, 1), '…', ...needs.slice(-1)] : needs;
    return {
      ...newest,
      message: `needs another Python than ${version} (${shown.join(' or ').replaceAll(' or … or ', ' … ')})`,
    };
  }
  if (newest.reason === 'yanked') return { ...newest, message: 'was yanked' };
  return newest;
};
