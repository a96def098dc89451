import { Lock2nixError } from '../graph/errors.ts';
import { quoted } from '../standards/quoted.ts';
import type { ReadPath } from './collisions.ts';
import type { Overrides, RulePatch } from './types.ts';

type PatchFile = Extract<RulePatch, { readonly path: string }>;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const placed = (place: string) => {
  const [, file = place, line] = /^(.*):(\d+)$/.exec(place) ?? [];
  return { location: { file, ...(line === undefined ? {} : { line: Number(line) }) } };
};

const readText = (patch: PatchFile, read: ReadPath): string => {
  const { path, place } = patch;
  const bytes = read(path);
  if (bytes === undefined) {
    throw new Lock2nixError('INPUT_MISSING', `the patch ${quoted(path)} is not there`, {
      hint: `paths of patches are relative to the folder of ${quoted(place.replace(/:\d+$/, ''))}`,
      ...placed(place),
    });
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Lock2nixError(
      'OVERRIDES_SHAPE',
      `the patch ${quoted(path)} is not UTF-8, and a recipe holds texts only`,
      { hint: 'publish it, and name its `url` and `hash` instead of its `path`', ...placed(place) },
    );
  }
};

/**
 * The rules with the texts of their patches, which `read` finds relative to the file that has the
 * rules. Throws INPUT_MISSING, and OVERRIDES_SHAPE for what is no text.
 */
export const readPatches = (overrides: Overrides, read: ReadPath): Overrides => ({
  ...overrides,
  packages: overrides.packages.map((rule) =>
    rule.patches === undefined
      ? rule
      : {
          ...rule,
          patches: rule.patches.map((patch) =>
            'path' in patch ? { ...patch, text: readText(patch, read) } : patch,
          ),
        },
  ),
});
