import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRequirement } from '../../../../standards/requirement.ts';
import { parseSpecifierSet, specifierContains } from '../../../../standards/specifier.ts';
import type { FakeProjects, FakeRelease } from '../../../support/fake-index.ts';
import { answer } from './ask.ts';

const names = ['a', 'b', 'c', 'd', 'e'] as const;
const versions = ['1', '2', '3'] as const;
const extras = ['x', 'y'] as const;

const name = fc.constantFrom(...names);
const asked = fc
  .tuple(
    name,
    fc.constantFrom('', '', '', '[x]', '[y]', '[x,y]'),
    fc.constantFrom('', '', '>=2', '<3', '<=1', '>1', '!=2', '~=1.0'),
  )
  .map((parts) => parts.join(''));
const marked = fc
  .tuple(
    asked,
    fc.constantFrom(
      '',
      '',
      '; extra == "x"',
      '; extra == "y"',
      '; sys_platform == "linux"',
      '; sys_platform == "darwin"',
      '; python_version < "3" or extra == "x"',
    ),
  )
  .map((parts) => parts.join(''));
const release = fc.record({
  needs: fc.array(marked, { maxLength: 3 }),
  yanked: fc.constantFrom(undefined, undefined, undefined, true as const),
  requiresPython: fc.constantFrom(undefined, undefined, undefined, '<3'),
});
const universe: fc.Arbitrary<FakeProjects> = fc
  .array(fc.array(release, { minLength: 1, maxLength: versions.length }), {
    minLength: names.length,
    maxLength: names.length,
  })
  .map((all) =>
    Object.fromEntries(
      all.map((releases, index) => [
        names[index] ?? '',
        Object.fromEntries(
          releases.map(({ needs, yanked, requiresPython }, number) => [
            versions[number] ?? '',
            {
              needs,
              extras: [...extras],
              ...(yanked === undefined ? {} : { yanked }),
              ...(requiresPython === undefined ? {} : { requiresPython }),
            },
          ]),
        ),
      ]),
    ),
  );
const rootAsked = fc.oneof(
  asked,
  name.map((each) => `${each}==2`),
  name.map((each) => `${each}==1`),
);
const roots = fc.array(rootAsked, { minLength: 1, maxLength: 3 });

const releaseOf = (
  projects: FakeProjects,
  each: string,
  version: string,
): FakeRelease | undefined => projects[each]?.[version] as FakeRelease | undefined;

/** Whether a requirement's marker holds on Linux and Python 3.12; written apart from the resolver. */
const holds = (text: string, extra: string | undefined): boolean => {
  const marker = text.split(';')[1]?.trim();
  if (marker === undefined || marker.includes('linux')) return true;
  return extra !== undefined && marker.includes(`extra == "${extra}"`);
};

/** What is installed when each name has the version of `choice`; undefined when that is not allowed. */
const install = (
  projects: FakeProjects,
  asking: readonly string[],
  choice: Readonly<Record<string, string>>,
): readonly string[] | undefined => {
  const pinned = new Set(
    asking.filter((text) => text.includes('==')).map((text) => text.replace('==', '@')),
  );
  const seen = new Set<string>();
  const open = [...asking];
  const ids = new Set<string>();
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    const {
      name: each,
      specifier = '',
      extras: wanted,
    } = parseRequirement(text.split(';')[0] ?? '');
    const version = choice[each] ?? '';
    const found = releaseOf(projects, each, version);
    const id = `${each}@${version}`;
    if (found === undefined || found.requiresPython !== undefined) return undefined;
    if (found.yanked !== undefined && !pinned.has(id)) return undefined;
    if (!specifierContains(parseSpecifierSet(specifier), version)) return undefined;
    ids.add(id);
    for (const extra of [undefined, ...wanted]) {
      if (seen.has(`${id} ${extra}`)) continue;
      seen.add(`${id} ${extra}`);
      open.push(...(found.needs ?? []).filter((need) => holds(need, extra)));
    }
  }
  return [...ids].sort();
};

const allChoices = (open: readonly string[]): readonly Readonly<Record<string, string>>[] => {
  const [first, ...rest] = open;
  if (first === undefined) return [{}];
  return allChoices(rest).flatMap((choice) =>
    versions.map((each) => ({ ...choice, [first]: each })),
  );
};
const choices = allChoices(names);

test('a solution is valid, and there is none when the resolver says so', async () => {
  await fc.assert(
    fc.asyncProperty(universe, roots, async (projects, asking) => {
      const found = await answer(projects, asking);
      if (typeof found === 'string') {
        expect(found).toMatch(/^UNSATISFIABLE: /);
        expect(choices.find((choice) => install(projects, asking, choice) !== undefined)).toBe(
          undefined,
        );
        return;
      }
      const choice = Object.fromEntries(found.map((id) => id.split('@')));
      expect(found).toEqual(install(projects, asking, choice));
    }),
    { numRuns: 200 },
  );
});

test('the answer is the same on each run, whatever answer of the index comes first', async () => {
  await fc.assert(
    fc.asyncProperty(
      universe,
      roots,
      fc.integer({ min: 1, max: 97 }),
      async (projects, asking, seed) => {
        const systems = ['x86_64-linux', 'aarch64-darwin'];
        const delay = (question: string): number =>
          ([...question].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) * seed) % 3;
        const one = await answer(projects, asking, { systems });
        expect(await answer(projects, asking, { systems, delay })).toEqual(one);
      },
    ),
    { numRuns: 25 },
  );
});

test('a solution for two platforms is one for each', async () => {
  await fc.assert(
    fc.asyncProperty(universe, roots, async (projects, asking) => {
      const found = await answer(projects, asking, { systems: ['x86_64-linux', 'aarch64-darwin'] });
      const linux = await answer(projects, asking, { systems: ['x86_64-linux'] });
      const mac = await answer(projects, asking, { systems: ['aarch64-darwin'] });
      expect(typeof found === 'string').toBe(typeof linux === 'string' || typeof mac === 'string');
    }),
    { numRuns: 80 },
  );
});
