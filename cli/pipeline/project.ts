/** An input with all that stands beside it, converted. */
import { dirname, join } from 'node:path';
import { detectFormat } from '../../converters/registry.ts';
import type { Converted } from '../../converters/types.ts';
import type { AskedRequirement } from '../../graph/requirements.ts';
import type { Overrides } from '../../overrides/types.ts';
import { createSiblings, type Input, type Siblings } from '../input.ts';
import type { AskedOptions } from '../options.ts';
import { shownPath } from '../place.ts';

export interface Project {
  readonly input: Input;
  readonly siblings: Siblings;
  readonly overrides: Overrides;
  readonly converted: Converted;
  /** Of constraints files that the command line names. */
  readonly constraints: readonly AskedRequirement[];
}

/** Beside the input. */
const overridesName = 'overrides.toml';

/** A path of the input's folder, as messages show it. */
const shownBeside = (input: Input, path: string, cwd: string): string =>
  input.kind === 'file'
    ? join(dirname(input.shown), path)
    : shownPath(join(input.folder, path), cwd);

/** The rules of the `overrides.toml` beside the input; none when there is no such file. */
const readOverrides = async (input: Input, siblings: Siblings, cwd: string): Promise<Overrides> => {
  const text = siblings.read(overridesName);
  if (text === undefined) return { packages: [], collisions: [], constraints: [] };
  const { parseOverrides } = await import('../../overrides/parse.ts');
  return parseOverrides(shownBeside(input, overridesName, cwd), text);
};

const convertInput = async (input: Input, siblings: Siblings): Promise<Converted> => {
  if (input.kind === 'specs') {
    const { readSpecs } = await import('../../converters/specs.ts');
    return {
      kind: 'requirements',
      set: readSpecs(input.specs.map(({ requirement }) => requirement)),
    };
  }
  const converter = await detectFormat(input.shown, input.text).load();
  return converter.convert({ file: input.shown, text: input.text, read: siblings.read });
};

/**
 * Reads and converts an input. `asked.constraints` are relative to its folder. Throws Lock2nixError
 * for files that are not there or cannot be understood.
 */
export const openProject = async (
  input: Input,
  asked: AskedOptions,
  cwd: string,
): Promise<Project> => {
  const siblings = createSiblings(input.folder);
  const overrides = await readOverrides(input, siblings, cwd);
  const converted = await convertInput(input, siblings);
  const constraints: AskedRequirement[] = [];
  return { input, siblings, overrides, converted, constraints };
};
