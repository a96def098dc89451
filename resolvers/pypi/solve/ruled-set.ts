/** `drop`, `dependencies` and `source` of overrides.toml in what the project itself asks. */
import type { Requirement } from '../../../graph/marker.ts';
import type { AskedRequirement, AskingRoot, RequirementSet } from '../../../graph/requirements.ts';
import { redactText } from '../../registry/url.ts';
import { directOfUrl } from './find-directs.ts';
import type { NeedChanges } from './need-changes.ts';
import type { RuledShelves } from './ruled-shelf.ts';

const askedOfRule = (requirement: Requirement, text: string, origin: string): AskedRequirement => {
  const { name, extras, specifier, url, marker } = requirement;
  const direct = url === undefined ? undefined : directOfUrl(url);
  return {
    name,
    extras,
    ...(direct === undefined ? {} : { source: direct.source }),
    ...(specifier === undefined ? {} : { specifier }),
    ...(marker === undefined ? {} : { marker }),
    text: redactText(text.replace(/\s*;.*$/s, '')),
    origin,
    integrities: direct?.integrities ?? [],
  };
};

/** What a rule's source takes the place of is not looked into. */
const withoutSource = (asked: AskedRequirement, ruled: RuledShelves): AskedRequirement => {
  if (asked.name === undefined || asked.source === undefined || !ruled.replacesAll(asked.name))
    return asked;
  const { source: _, ...rest } = asked;
  return rest;
};

/** The set as the rules have it. What a rule adds to a project is needed at run time. */
export const ruledSet = (
  set: RequirementSet,
  { changes, ruled }: { readonly changes: NeedChanges | undefined; readonly ruled: RuledShelves },
): RequirementSet => {
  const sourced = (list: readonly AskedRequirement[]) =>
    list.map((asked) => withoutSource(asked, ruled));
  const rootOf = (root: AskingRoot): AskingRoot => {
    const { name, version } = root;
    const change = (list: readonly AskedRequirement[], isExtra: boolean) => {
      const owner = { name, isExtra, ...(version === undefined ? {} : { version }) };
      return sourced(changes?.change(owner, list, askedOfRule) ?? list);
    };
    const groups = { main: [], ...root.groups };
    return {
      ...root,
      groups: Object.fromEntries(
        Object.entries(groups).map(([group, list]) => [
          group,
          group === 'main' ? change(list, false) : sourced(changes?.drop(list) ?? list),
        ]),
      ),
      extras: Object.fromEntries(
        Object.entries(root.extras).map(([extra, list]) => [extra, change(list, true)]),
      ),
    };
  };
  return {
    ...set,
    roots: set.roots.map(rootOf),
    constraints: sourced(changes?.drop(set.constraints) ?? set.constraints),
  };
};
