/** An input with all that stands beside it, converted. */
import { dirname, join } from 'node:path';
import { detectFormat } from '../../converters/registry.ts';
import type { Converted } from '../../converters/types.ts';
import { Lock2nixError } from '../../graph/errors.ts';
import type { AskedRequirement } from '../../graph/requirements.ts';
import type { Overrides } from '../../overrides/types.ts';
import { quoted } from '../../standards/quoted.ts';
import { createSiblings, type Input, type Siblings } from '../input.ts';
import type { AskedOptions } from '../options.ts';
import { shownPath } from '../place.ts';
import { recordedSolveOptions } from '../solve-options.ts';
import type { World } from '../world.ts';
import { hinting } from './hinting.ts';
import { refuseForLock } from './lock-options.ts';

export interface Project {
  readonly input: Input;
  readonly siblings: Siblings;
  /** The bundled rules, then those beside the input. */
  readonly overrides: Overrides;
  readonly converted: Converted;
  /** Of constraints files that the command line names. */
  readonly constraints: readonly AskedRequirement[];
}

/** Beside the input. */
export const overridesName = 'overrides.toml';

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
  const { readPatches } = await import('../../overrides/patches.ts');
  const rules = parseOverrides(shownBeside(input, overridesName, cwd), text);
  return readPatches(rules, siblings.readBytes);
};

/** All bundled rules: which names are needed is not known before versions and builds are. */
const readCollection = async (): Promise<Overrides> => {
  const { collectionOf } = await import('../../overrides/collection.ts');
  const { collectionNames, readCollectionFile } = await import('../collection-files.ts');
  return collectionOf(collectionNames(), readCollectionFile);
};

type Env = World['env'];

/** The next step after a fault in a file that people write. */
const correct = 'correct it, then convert again';

const convertInput = async (input: Input, siblings: Siblings, env: Env): Promise<Converted> => {
  if (input.kind === 'specs') {
    const { readSpecs } = await import('../../converters/specs.ts');
    return {
      kind: 'requirements',
      set: readSpecs(input.specs.map(({ requirement }) => requirement)),
    };
  }
  const { gives, load } = detectFormat(input.shown, input.text);
  const convert = async () =>
    (await load()).convert({ file: input.shown, text: input.text, read: siblings.read, env });
  return gives === 'locked' ? convert() : hinting(correct, convert);
};

/** The constraints of a file beside the input. Throws INPUT_MISSING. */
const readConstraintsFile = async (
  path: string,
  { input, siblings }: { readonly input: Input; readonly siblings: Siblings },
  { cwd, env }: Pick<World, 'cwd' | 'env'>,
): Promise<readonly AskedRequirement[]> => {
  const file = shownBeside(input, path, cwd);
  const text = siblings.read(path);
  if (text === undefined) {
    throw new Lock2nixError('INPUT_MISSING', `there is no file ${quoted(file)}`, {
      hint: 'name a constraints file: --constraints PATH/TO/constraints.txt',
    });
  }
  const { readConstraints } = await import('../../converters/requirements/convert.ts');
  // What it names itself is relative to it.
  const read = (other: string) => siblings.read(join(dirname(path), other));
  return hinting(correct, async () => readConstraints({ file, text, read, env }));
};

/**
 * Reads and converts an input. `asked.constraints` are relative to its folder. Throws Lock2nixError
 * for files that are not there or cannot be understood.
 */
export const openProject = async (
  input: Input,
  asked: AskedOptions,
  world: Pick<World, 'cwd' | 'env'>,
): Promise<Project> => {
  const siblings = createSiblings(input.folder);
  const { mergeOverrides, noOverrides } = await import('../../overrides/merge.ts');
  const overrides = mergeOverrides(
    asked.noCollection === true ? noOverrides : await readCollection(),
    await readOverrides(input, siblings, world.cwd),
  );
  const converted = await convertInput(input, siblings, world.env);
  if (converted.kind === 'locked') refuseForLock(asked, input.shown);
  const constraints: AskedRequirement[] = [];
  for (const path of recordedSolveOptions(asked).constraints ?? []) {
    constraints.push(...(await readConstraintsFile(path, { input, siblings }, world)));
  }
  return { input, siblings, overrides, converted, constraints };
};
