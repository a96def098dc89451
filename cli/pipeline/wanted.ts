/** Which groups and extras of an input are wanted. */
import { Lock2nixError } from '../../graph/errors.ts';
import type { Wanted } from '../../resolvers/pypi/select.ts';
import { normaliseName } from '../../standards/name.ts';
import { nearest } from '../../standards/nearest.ts';
import type { AskedOptions } from '../options.ts';
import { allNames } from '../record.ts';

/** The groups (without `main`) and extras that an input has. */
export interface KnownNames {
  readonly groups: readonly string[];
  readonly extras: readonly string[];
}

interface Choice {
  readonly kind: 'extra' | 'group';
  readonly asked: readonly string[];
  readonly known: readonly string[];
  /** The input, as messages show it. */
  readonly file: string;
}

/** What was asked for of what there is. Throws EXTRA_UNKNOWN or GROUP_UNKNOWN with the nearest name. */
const chooseNames = ({ kind, asked, known, file }: Choice): readonly string[] => {
  if (asked.includes(allNames)) return known;
  const names = [...new Set(asked.map(normaliseName))].sort();
  const missing = names.find((name) => !known.includes(name));
  if (missing === undefined) return names;
  const near = nearest(missing, known);
  const list = known.length === 0 ? `it has no ${kind}s` : `its ${kind}s are ${known.join(', ')}`;
  throw new Lock2nixError(
    kind === 'extra' ? 'EXTRA_UNKNOWN' : 'GROUP_UNKNOWN',
    `\`${file}\` has no ${kind} \`${missing}\``,
    { hint: near === undefined ? list : `did you mean \`${near}\`? ${list}`, location: { file } },
  );
};

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

interface NamedRoot {
  readonly groups: Readonly<Record<string, unknown>>;
  readonly extras: readonly string[] | Readonly<Record<string, unknown>>;
}

const extrasOf = ({ extras }: NamedRoot): readonly string[] =>
  Array.isArray(extras) ? extras : Object.keys(extras);

/** The groups and extras of roots, locked ones or such that ask. */
export const knownNames = (roots: readonly NamedRoot[]): KnownNames => ({
  groups: unique(roots.flatMap(({ groups }) => Object.keys(groups))).filter(
    (name) => name !== 'main',
  ),
  extras: unique(roots.flatMap(extrasOf)),
});

/** What of an input is wanted. Throws EXTRA_UNKNOWN or GROUP_UNKNOWN. */
export const chooseWanted = (
  { groups, extras }: KnownNames,
  asked: Pick<AskedOptions, 'groups' | 'extras'>,
  file: string,
): Wanted => ({
  extras: chooseNames({ kind: 'extra', asked: asked.extras ?? [], known: extras, file }),
  groups: chooseNames({
    kind: 'group',
    asked: (asked.groups ?? []).filter((name) => name !== 'main'),
    known: groups,
    file,
  }),
});
