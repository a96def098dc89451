/** The releases of a project, from one or several simple indexes. */
import type { IndexChoice } from '../../../graph/requirements.ts';
import type { PackageIndex, ProjectListing, Release } from '../../registry/types.ts';
import type { Listing } from './listing.ts';
import { type Listings, type Project, projectOn } from './listings.ts';

export interface ProjectsOptions {
  readonly listings: Listings;
  /** The index that is asked when a choice names none. */
  readonly publicIndex: string;
}

/** The indexes to ask, first to last, each once. */
const indexesOf = (choice: IndexChoice, publicIndex: string): readonly string[] => {
  const last = choice.index === undefined ? publicIndex : choice.index;
  return last === false ? choice.extra : [...choice.extra, last];
};

/** The project on each index, each index once. */
const placesOf = (indexes: readonly string[], name: string): readonly Project[] => {
  const places = new Map<string, Project>();
  for (const index of indexes) {
    const place = projectOn(index, name);
    if (!places.has(place.index)) places.set(place.index, place);
  }
  return [...places.values()];
};

/** Of a version that several lists have, the release of the first of them; newest first. */
const merge = (lists: readonly (readonly Release[])[]): readonly Release[] => {
  const byKey = new Map<string, Release>();
  for (const release of lists.flat()) {
    if (!byKey.has(release.version.key)) byKey.set(release.version.key, release);
  }
  return [...byKey].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, release]) => release);
};

/**
 * Lists projects. An index that says that it has no such project (404, 410) is passed over; one that
 * says anything else, or nothing, is not: a name that only the company's index is to have must not
 * come from elsewhere because that one is down.
 */
export const createProjects = ({
  listings,
  publicIndex,
}: ProjectsOptions): Pick<PackageIndex, 'project'> => {
  const list = (place: Project): Promise<Listing | undefined> =>
    listings.current(place, 'the list of versions');

  /** The listings that count, in the order of the indexes. */
  const ask = async (
    places: readonly Project[],
    strategy: IndexChoice['strategy'],
  ): Promise<readonly (readonly Release[])[]> => {
    if (strategy === 'best-match') {
      const found = await Promise.allSettled(places.map(list));
      return found.flatMap((result) => {
        if (result.status === 'rejected') throw result.reason;
        return result.value === undefined ? [] : [result.value.releases];
      });
    }
    for (const place of places) {
      const found = await list(place);
      if (found !== undefined) return [found.releases];
    }
    return [];
  };

  return {
    async project(name, indexes, only): Promise<ProjectListing | undefined> {
      const places = placesOf(only === undefined ? indexesOf(indexes, publicIndex) : [only], name);
      const lists = await ask(places, indexes.strategy);
      if (lists.length === 0) return undefined;
      return { releases: lists.length === 1 ? (lists[0] ?? []) : merge(lists) };
    },
  };
};
