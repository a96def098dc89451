import type { AskedRequirement, RequirementSet } from '../../graph/requirements.ts';
import { unnamedRoot } from '../shared/root.ts';
import type { ConvertedRequirements, ConverterInput } from '../types.ts';
import { nameSetOf } from './binary.ts';
import { collect } from './collect.ts';

/**
 * Converts a requirements file of pip, with those that it names. All of its requirements are the
 * group `main` of a root that has nothing of its own. Paths are relative to the folder of the input,
 * as if pip ran there; those behind `-r` and `-c` to the file that names them. Throws as `collect`.
 */
export const convert = (input: ConverterInput): ConvertedRequirements => {
  const found = collect(input);
  const onlyBinary = nameSetOf(found.binary.only);
  const noBinary = nameSetOf(found.binary.no);
  const set: RequirementSet = {
    ecosystem: 'pypi',
    format: { name: 'requirements', file: input.file },
    roots: [
      {
        name: unnamedRoot,
        groups: { main: found.requirements.map(({ asked }) => asked) },
        extras: {},
        scripts: [],
        metadata: {},
      },
    ],
    constraints: found.constraints.map(({ asked }) => asked),
    indexes: {
      ...(found.index === undefined ? {} : { index: found.index }),
      extra: found.extra,
    },
    ...(onlyBinary === undefined ? {} : { onlyBinary }),
    ...(noBinary === undefined ? {} : { noBinary }),
    ...(found.prereleases ? { prereleases: true } : {}),
    ...(found.requireHashes ? { requireHashes: true } : {}),
    diagnostics: found.diagnostics,
  };
  return { kind: 'requirements', set };
};

/**
 * A file of constraints that the command line names (pip's `-c`). Throws as `collect`, and
 * REQUIREMENT_INVALID for constraints with extras, without a name, or editable.
 */
export const readConstraints = (input: ConverterInput): readonly AskedRequirement[] =>
  collect(input, 'constraints').constraints.map(({ asked }) => asked);
