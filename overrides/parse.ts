import type { ConstraintRule } from '../graph/requirements.ts';
import type { CollisionRule } from '../graph/types.ts';
import { quoted } from '../standards/quoted.ts';
import { parseRequirement } from '../standards/requirement.ts';
import { checkShape, compileShape } from '../standards/shape.ts';
import { formatSpecifierSet, parseSpecifierSet } from '../standards/specifier.ts';
import {
  errorAt,
  readAt,
  readTomlDocument,
  type TomlDocument,
} from '../standards/toml-document.ts';
import type { TomlPath } from '../standards/toml-location.ts';
import { type RuleOrigin, readPackage } from './parse-package.ts';
import { describe, isInside, nameAt, placeOf } from './place.ts';
import { type OverridesFile, overridesSchema } from './schema.ts';
import type { Overrides } from './types.ts';

const overridesShape = compileShape<OverridesFile>(overridesSchema);

type ConstraintTable = NonNullable<OverridesFile['constraint']>[number];
type CollisionTable = NonNullable<OverridesFile['collision']>[number];

const readCollision = (
  document: TomlDocument,
  table: CollisionTable,
  index: number,
): CollisionRule & { place: string } => {
  const at = (key: string): TomlPath => ['collision', index, key];
  const place = { document, path: at('path'), subject: describe(at('path')).subject };
  if (!isInside(table.path)) {
    throw errorAt(place, 'OVERRIDES_SHAPE', {
      text: `\`path\` is ${quoted(table.path)}, which is not a path inside an environment`,
      hint: 'write it as in `lib/python*/site-packages/backports/__init__.py`',
    });
  }
  const { keep, 'drop-from': dropFrom } = table;
  if ((keep === undefined) === (dropFrom === undefined)) {
    throw errorAt({ ...place, path: ['collision', index] }, 'OVERRIDES_SHAPE', {
      text: 'it needs either `keep` or `drop-from`',
      hint: 'keep = "NAME" takes the file of one package, drop-from = ["NAME"] leaves out that of another',
    });
  }
  return {
    path: table.path,
    ...(keep === undefined ? {} : { keep: nameAt(document, at('keep'), keep) }),
    ...(dropFrom === undefined
      ? {}
      : { dropFrom: dropFrom.map((name) => nameAt(document, at('drop-from'), name)) }),
    place: placeOf(document, ['collision', index]),
  };
};

/** `==1.0`, or `cornice==1.0` where the rule is on cornice; always without the name. */
const readUse = (document: TomlDocument, path: TomlPath, text: string, on: string): string => {
  const place = { document, path, subject: describe(path).subject };
  const refuse = (why: string) =>
    errorAt(place, 'OVERRIDES_SHAPE', {
      text: `\`use\` is ${quoted(text)}, ${why}`,
      hint: `write it as in \`use = "${on}==1.0"\``,
    });
  return readAt(place, () => {
    if (/^\s*[<>=!~]/.test(text)) return formatSpecifierSet(parseSpecifierSet(text));
    const { name, extras, specifier, url, marker } = parseRequirement(text);
    if (name !== on) throw refuse(`but the rule is about ${quoted(on)}`);
    if (url !== undefined || marker !== undefined) throw refuse('which is not a version specifier');
    if (extras.length > 0) throw refuse('but extras stay as they are asked for');
    if (specifier === undefined) throw refuse('which has no version specifier');
    return specifier;
  });
};

const readConstraint = (
  document: TomlDocument,
  table: ConstraintTable,
  index: number,
): ConstraintRule => {
  const at = (key: string): TomlPath => ['constraint', index, key];
  const whole = { document, path: ['constraint', index], subject: describe(at('of')).subject };
  const { use, ignore, why } = table;
  if ((use === undefined) !== (ignore === true)) {
    throw errorAt(whole, 'OVERRIDES_SHAPE', {
      text: 'it needs either `use` or `ignore = true`',
      hint: 'use = "NAME==1.0" is asked for instead of the requirement, ignore = true drops it',
    });
  }
  const on = nameAt(document, at('on'), table.on);
  return {
    of: table.of === '*' ? '*' : nameAt(document, at('of'), table.of),
    on,
    use: use === undefined ? undefined : readUse(document, at('use'), use, on),
    ...(why === undefined ? {} : { why }),
    place: placeOf(document, ['constraint', index]),
  };
};

/**
 * Reads an `overrides.toml`. Without an origin its rules are the project's, and recipes name the
 * file alone. Throws OVERRIDES_SYNTAX, OVERRIDES_SHAPE, NAME_INVALID, REQUIREMENT_INVALID,
 * SPECIFIER_INVALID, VERSION_INVALID or HASH_INVALID, with line and column, and with the nearest
 * known key for one that is not known.
 */
export const parseOverrides = (
  file: string,
  text: string,
  from: RuleOrigin = { origin: 'project', file: file.slice(file.lastIndexOf('/') + 1) },
): Overrides => {
  const document = readTomlDocument(file, text, {
    code: 'OVERRIDES_SYNTAX',
    next: 'run `convert`',
  });
  const data = checkShape(document, overridesShape, { code: 'OVERRIDES_SHAPE', describe });
  return {
    packages: (data.package ?? []).map((table, index) =>
      readPackage(document, table, { ...from, index }),
    ),
    collisions: (data.collision ?? []).map((table, index) => readCollision(document, table, index)),
    constraints: (data.constraint ?? []).map((table, index) => ({
      ...readConstraint(document, table, index),
      ...from,
    })),
  };
};
