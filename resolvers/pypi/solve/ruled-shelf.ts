/** `source` of overrides.toml: the versions of a name once rules took the place of some. */
import type { SourceRule } from '../../../graph/requirements.ts';
import { parseSpecifierSet, specifierContains } from '../../../standards/specifier.ts';
import { formatVersion, parseVersion, type Version } from '../../../standards/version.ts';
import { groupedBy } from './by-name.ts';
import type { DirectFound, DirectRequest } from './direct.ts';
import type { Eventually } from './library.ts';
import { pointOf } from './sets.ts';
import { type DirectSource, type Shelf, shelfOfWares, type Wares } from './shelf.ts';
import { textOfSource } from './source-text.ts';

export interface RuledShelves {
  /** Whether rules say something of a name. */
  readonly has: (name: string) => boolean;
  /** Whether a name is taken from a rule's source, whatever is asked for. */
  readonly replacesAll: (name: string) => boolean;
  /** The versions of such a name; `listed` asks the index. Throws what looking into a source throws. */
  readonly shelf: (
    name: string,
    listed: () => Eventually<Shelf | undefined>,
  ) => Eventually<Shelf | undefined>;
  /** The same when it is known already. */
  readonly known: (name: string) => Shelf | undefined;
  /** The versions that sources say they are, as points, which come before others. */
  readonly preferred: (name: string) => readonly string[];
}

const replaces = ({ replaces: set }: SourceRule, version: string): boolean =>
  set === undefined || specifierContains(parseSpecifierSet(set), version);

/** A version that is in nixpkgs: nobody looks into it. */
const fromNixpkgs = (attribute: string): DirectSource => ({
  source: { kind: 'path', path: '' },
  text: `nixpkgs ${attribute}`,
  fileName: '',
  kind: 'tree',
  sris: [],
  facts: { requiresDist: [], extras: [], reliable: true },
  nixpkgs: attribute,
});

const requestOf = (
  { name, place }: SourceRule,
  take: Extract<SourceRule['take'], { readonly kind: 'source' }>,
): DirectRequest => ({
  source: take.source,
  name,
  integrities: take.integrities,
  text: textOfSource(take.source),
  origin: place,
});

/** A rule's own version, where it states one or its source tells it. */
interface Own {
  readonly rule: SourceRule;
  readonly direct?: DirectSource;
  readonly version?: Version;
  /** Whether the rule states it; else what it replaces keeps its version. */
  readonly isStated: boolean;
}

const ownOf = async (
  rule: SourceRule,
  find: (request: DirectRequest) => Promise<DirectFound>,
): Promise<Own> => {
  const { take } = rule;
  const stated = take.version === undefined ? {} : { version: parseVersion(take.version) };
  const isStated = take.version !== undefined;
  if (take.kind === 'version') return { rule, ...stated, isStated };
  if (take.kind === 'nixpkgs')
    return {
      rule,
      ...stated,
      isStated,
      ...(isStated ? { direct: fromNixpkgs(take.attribute) } : {}),
    };
  const found = await find(requestOf(rule, take));
  const told = found.isTold ? { version: found.version } : {};
  return { rule, direct: found.direct, ...told, ...stated, isStated };
};

/** The same with the rule that has it taken. What an index lists finds out what it is when it is asked. */
const withRule = (ware: Wares, ruledBy: string): Wares => ({
  get version() {
    return ware.version;
  },
  get text() {
    return ware.text;
  },
  get files() {
    return ware.files;
  },
  get firstUpload() {
    return ware.firstUpload;
  },
  ...(ware.key === undefined ? {} : { key: ware.key }),
  index: ware.index,
  ruledBy,
});

/** What becomes of a listed version: the last rule that replaces it decides. */
const replaced = (ware: Wares, owns: readonly Own[]): readonly Wares[] => {
  const text = formatVersion(ware.version);
  const own = owns.findLast(({ rule }) => replaces(rule, text));
  const isTaken = ({ rule: { take } }: Own): boolean =>
    take.kind === 'version' && formatVersion(parseVersion(take.version)) === text;
  if (own === undefined) {
    const ruledBy = owns.findLast(isTaken)?.rule.place;
    return [ruledBy === undefined ? ware : withRule(ware, ruledBy)];
  }
  if (own.rule.take.kind === 'version') return isTaken(own) ? [withRule(ware, own.rule.place)] : [];
  if (own.isStated || own.direct === undefined) return [];
  const { direct, rule } = own;
  return [{ version: ware.version, text, files: [], index: '', direct, ruledBy: rule.place }];
};

/** The version that a rule brings along. */
const brought = ({ rule, direct, isStated, version }: Own): readonly Wares[] => {
  if (direct === undefined || version === undefined) return [];
  const text = formatVersion(version);
  if (!isStated && !replaces(rule, text)) return [];
  return [{ version, text, files: [], index: '', direct, ruledBy: rule.place }];
};

/** The rules of names, looked into when a name is first needed. */
export const createRuledShelves = (
  rules: readonly SourceRule[],
  find: (request: DirectRequest) => Promise<DirectFound>,
): RuledShelves => {
  // A package of nixpkgs whose version nobody states is put in place of the one that is found.
  const early = rules.filter(({ take }) => take.kind !== 'nixpkgs' || take.version !== undefined);
  const byName = groupedBy(early, ({ name }) => name);
  const shelves = new Map<string, Shelf | undefined>();
  const open = new Map<string, Promise<Shelf | undefined>>();
  const points = new Map<string, readonly string[]>();
  const lastForAll = (name: string): SourceRule | undefined =>
    byName.get(name)?.findLast((rule) => rule.replaces === undefined);

  const make = async (
    name: string,
    listed: () => Eventually<Shelf | undefined>,
  ): Promise<Shelf | undefined> => {
    const mine = byName.get(name) ?? [];
    const from = mine.findLastIndex((rule) => rule.replaces === undefined);
    const owns = await Promise.all(mine.slice(Math.max(from, 0)).map((rule) => ownOf(rule, find)));
    const [first] = owns;
    const needsIndex =
      from < 0 || owns.length > 1 || !first?.isStated || first.rule.take.kind === 'version';
    const shelf = needsIndex ? await listed() : undefined;
    const wares = (shelf?.wares ?? []).flatMap((ware) => replaced(ware, owns));
    const own = owns.flatMap(brought);
    const all = [...own, ...wares];
    if (all.length === 0 && shelf === undefined) {
      const unknown = owns.find(({ direct }) => direct !== undefined);
      if (unknown?.direct === undefined) return undefined;
      all.push({
        version: parseVersion('0'),
        text: '0',
        files: [],
        index: '',
        direct: unknown.direct,
        ruledBy: unknown.rule.place,
      });
    }
    points.set(
      name,
      owns
        .filter(({ rule }) => rule.replaces === undefined)
        .flatMap(brought)
        .map(({ version }) => pointOf(version)),
    );
    return shelfOfWares(name, all);
  };

  return {
    has: (name) => byName.has(name),
    replacesAll: (name) => {
      const rule = lastForAll(name);
      return rule !== undefined && rule.take.kind !== 'version';
    },
    shelf: (name, listed) => {
      if (shelves.has(name)) return shelves.get(name);
      const known = open.get(name);
      if (known !== undefined) return known;
      const made = make(name, listed).then((shelf) => {
        shelves.set(name, shelf);
        return shelf;
      });
      made.catch(() => {});
      open.set(name, made);
      return made;
    },
    known: (name) => shelves.get(name),
    preferred: (name) => points.get(name) ?? [],
  };
};
