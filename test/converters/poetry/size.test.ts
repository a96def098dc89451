import type { JsonMap } from '@iarna/toml';
import { expect, test } from '@jest/globals';
import { convertTexts, dependenciesOf, failure, groupOf, makeLock } from './support.ts';

const count = 5_000;
const name = (number: number): string => `p${number % count}`;
const numbers = Array.from({ length: count }, (_, number) => number);
const file = (number: number): JsonMap => ({
  file: `p${number}-1.0.tar.gz`,
  hash: `sha256:${number.toString(16).padStart(64, '0')}`,
});

/** Each package requires the next ones, the last ones the first: one circle of all of them. */
const circle: readonly JsonMap[] = numbers.map((number) => ({
  name: name(number),
  files: [file(number)],
  dependencies: { [name(number + 1)]: '>=1', [name(number + 2)]: '*', [name(number + 7)]: '<2' },
}));

test.each(['2.1', '2.0'])('%s: 5,000 packages in one circle', (version) => {
  const graph = convertTexts(makeLock(circle, { metadata: { 'lock-version': version } }));
  expect(graph.packages.size).toBe(count);
  expect(dependenciesOf(graph, 'p4999@1.0')).toEqual([
    'p0 -> p0@1.0',
    'p1 -> p1@1.0',
    'p6 -> p6@1.0',
  ]);
  expect(groupOf(graph)).toHaveLength(count);
});

test('1.1: 5,000 packages in one chain have one beginning', () => {
  const chain = numbers.map((number) => ({
    name: name(number),
    files: undefined as never,
    dependencies: number + 1 < count ? { [name(number + 1)]: '*' } : {},
  }));
  const files = Object.fromEntries(numbers.map((number) => [name(number), [file(number)]]));
  const graph = convertTexts(makeLock(chain, { metadata: { 'lock-version': '1.1', files } }));
  expect(groupOf(graph)).toEqual(['p0 -> p0@1.0']);
});

test('5,000 packages with a manifest that names them all', () => {
  const lines = numbers.map((number) => `${name(number)} = "*"`);
  const manifest = `[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\n${lines.join('\n')}\n`;
  expect(groupOf(convertTexts(makeLock(circle), manifest))).toHaveLength(count);
});

test('1,000 versions of one name, each with all files of the name to choose from', () => {
  const versions = numbers.slice(0, 1_000).map((number) => `1.${number}`);
  const packages = versions.map((version) => ({ name: 'a', version, files: undefined as never }));
  const hash = `sha256:${'0'.repeat(64)}`;
  const a = versions.map((version) => ({ file: `a-${version}.tar.gz`, hash }));
  const graph = convertTexts(
    makeLock(packages, { metadata: { 'lock-version': '1.1', files: { a } } }),
  );
  expect(graph.packages.get('a@1.999' as never)?.artifacts.map(({ fileName }) => fileName)).toEqual(
    ['a-1.999.tar.gz'],
  );
});

test('5,000 sources with credentials: thousands of warnings, the first with their lines', () => {
  const packages = numbers.map((number) => ({
    name: name(number),
    source: { type: 'legacy', url: `https://me:s3cret@x.example/${number}/`, reference: 'x' },
  }));
  const { diagnostics } = convertTexts(makeLock(packages));
  expect(diagnostics).toHaveLength(count);
  expect(diagnostics.filter(({ location }) => location?.line !== undefined)).toHaveLength(20);
});

test('the error of the last of 5,000 packages names its line', () => {
  const lock = makeLock([...circle, { name: 'last', dependencies: { gone: '*' } }]);
  const line = lock.split('\n').findIndex((text) => text.trim() === 'gone = "*"') + 1;
  expect(failure(() => convertTexts(lock))).toBe(
    `LOCK_DANGLING app/poetry.lock:${line} package \`last\`: it depends on \`gone (*)\`, which is not in the lock`,
  );
});

test('groups that include each other in many ways are read once each', () => {
  const depth = 200;
  const groups = numbers.slice(0, depth).map((number) => {
    const includes =
      number + 1 < depth ? Array(3).fill(`{ include-group = "g${number + 1}" }`) : [];
    return `g${number} = [${['"a"', ...includes].join(', ')}]`;
  });
  const manifest = `[project]\nname = "x"\n[dependency-groups]\n${groups.join('\n')}\n`;
  expect(groupOf(convertTexts(makeLock([{ name: 'a' }]), manifest), 'g0')).toEqual(['a -> a@1.0']);
});

test.each([
  ['groups', (at: number) => `g${at} = [{ include-group = "g${at + 1}" }]`, '[dependency-groups]'],
  ['extras', (at: number) => `g${at} = ["x[g${at + 1}]"]`, '[project.optional-dependencies]'],
])('a chain of 1,000 %s does not exhaust the stack', (kind, line, table) => {
  const lines = numbers.slice(0, 1_000).map(line);
  const manifest = `[project]\nname = "x"\n${table}\n${lines.join('\n')}\ng1000 = ["a"]\n`;
  const graph = convertTexts(makeLock([{ name: 'a' }]), manifest);
  const found = kind === 'groups' ? groupOf(graph, 'g0') : groupOf(graph);
  expect(found[0]).toBe(kind === 'groups' ? 'a -> a@1.0' : 'a {g0} -> a@1.0');
});

test('extras of the project that ask for each other are no circle without end', () => {
  const manifest =
    '[project]\nname = "x"\n[project.optional-dependencies]\none = ["x[two]", "a"]\ntwo = ["X[one]"]\n';
  expect(groupOf(convertTexts(makeLock([{ name: 'a' }]), manifest))).toEqual([
    'a {one} -> a@1.0',
    'a {two} -> a@1.0',
  ]);
});

test('unread values may be nested as deeply as they like', () => {
  const depth = 50_000;
  const deep = `x = ${'['.repeat(depth)}${']'.repeat(depth)}\n`;
  const manifest = `[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\n[tool.other]\n${deep}`;
  expect(groupOf(convertTexts(`${deep}${makeLock([{ name: 'a' }])}`, manifest))).toEqual([]);
});
