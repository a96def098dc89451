import {
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { planOutput, takeStep } from '../../cli/output.ts';
import { recordName } from '../../cli/output-view.ts';
import { digest } from '../../cli/record.ts';
import { writeOutput } from '../../cli/write-output.ts';
import { type Files, listing, makeFolder, writeFiles } from './support.ts';

/** A record as far as the writer reads it. */
const recordOf = (files: Files, note = ''): string =>
  `${JSON.stringify({
    lock2nix: '0',
    note,
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, digest(text)])),
  })}\n`;

interface Output {
  readonly files: Files;
  readonly record: string;
}

const output = (files: Files, note = ''): Output => ({ files, record: recordOf(files, note) });

const write = (folder: string, { files, record }: Output) =>
  writeOutput(folder, new Map(Object.entries(files)), record);

/** Takes the first steps of what is to be done, as a run that is killed then; says whether it was all. */
const writeUntil = (folder: string, { files, record }: Output, count: number): boolean => {
  const { steps } = planOutput(folder, new Map(Object.entries(files)), record);
  for (const step of steps.slice(0, count)) takeStep(step);
  return count >= steps.length;
};

const fresh = (wanted: Output): Record<string, string> => {
  const folder = makeFolder();
  write(folder, wanted);
  return listing(folder);
};

const first = output({ 'default.nix': 'one', 'a/b/old.nix': 'old', 'a/c.nix': 'c' });
const second = output({ 'default.nix': 'two', 'a/c.nix': 'c', 'n/ew.nix': 'new' });
const third = output({ 'default.nix': 'one', 'x/y.nix': 'y' });
const noted = output(first.files, 'only the record differs');

test('writes files and record into a folder that is not there', () => {
  const folder = join(makeFolder(), 'deep', 'er');
  expect(write(folder, first)).toEqual({
    written: ['a/b/old.nix', 'a/c.nix', 'default.nix', recordName],
    removed: [],
  });
  expect(listing(folder)).toEqual({
    'a/': '',
    'a/b/': '',
    'a/b/old.nix': 'old',
    'a/c.nix': 'c',
    'default.nix': 'one',
    [recordName]: first.record,
  });
});

test('changes what differs, removes what is no longer part, with folders that are empty then', () => {
  const folder = makeFolder();
  write(folder, first);
  const kept = statSync(join(folder, 'a/c.nix')).ino;
  expect(write(folder, second)).toEqual({
    written: ['default.nix', recordName, 'n/ew.nix'],
    removed: ['a/b/old.nix'],
  });
  expect(listing(folder)).toEqual(fresh(second));
  expect(statSync(join(folder, 'a/c.nix')).ino).toBe(kept);
});

test('what is up to date is not touched', () => {
  const folder = makeFolder();
  write(folder, first);
  const names = [...Object.keys(first.files), recordName];
  for (const name of names) utimesSync(join(folder, name), 1000, 1000);
  const times = (): number[] =>
    [folder, ...names.map((name) => join(folder, name))].map((path) => statSync(path).mtimeMs);
  const before = times();
  expect(write(folder, first)).toEqual({ written: [], removed: [] });
  expect(times()).toEqual(before);
});

test.each([
  ['nothing', undefined, first],
  ['the first', first, second],
  ['the second', second, first],
  ['the first', first, third],
  ['the same files', first, noted],
])(
  'killed after any step on top of %s, the next run ends in the same bytes',
  (_, start, wanted) => {
    const expected = fresh(wanted);
    let kills = 0;
    for (let isDone = false; !isDone; kills += 1) {
      const folder = makeFolder();
      if (start !== undefined) write(folder, start);
      isDone = writeUntil(folder, wanted, kills);
      write(folder, wanted);
      expect(listing(folder)).toEqual(expected);
    }
    expect(kills).toBeGreaterThan(3);
  },
);

test('killed twice on the way to different outputs, and then run for either or a third', () => {
  let runs = 0;
  for (const last of [first, second, third]) {
    const expected = fresh(last);
    for (let i = 0, isFirstDone = false; !isFirstDone; i += 1) {
      for (let j = 0, isSecondDone = false; !isSecondDone; j += 1) {
        const folder = makeFolder();
        write(folder, first);
        isFirstDone = writeUntil(folder, second, i);
        isSecondDone = writeUntil(folder, third, j);
        write(folder, last);
        expect(listing(folder)).toEqual(expected);
        runs += 1;
      }
    }
  }
  expect(runs).toBeGreaterThan(300);
});

test('a half state is of ours, also when its record was never written', () => {
  const folder = makeFolder();
  writeUntil(folder, first, 4);
  expect(existsSync(join(folder, recordName))).toBe(false);
  expect(Object.values(listing(folder))).toContain('one');
  write(folder, second);
  expect(listing(folder)).toEqual(fresh(second));
});

test.each<[string, Files, string]>([
  ['a file', { 'default.nix': 'theirs' }, 'default.nix'],
  ['a file in a folder', { 'a/c.nix': 'theirs' }, 'a/c.nix'],
  ['a file in the place of a folder', { a: 'theirs' }, 'a'],
  ['a folder in the place of a file', { 'default.nix/x': '' }, 'default.nix'],
  ['a record of something else', { [recordName]: '{"name": "x"}' }, recordName],
  ['a record that is no JSON', { [recordName]: 'x' }, recordName],
  ['a folder in the place of the record', { [`${recordName}/x`]: '' }, recordName],
])('%s that is not ours is refused, and nothing changes', (_, files, name) => {
  const folder = writeFiles(makeFolder(), files);
  const before = listing(folder);
  expect(() => write(folder, first)).toThrow(
    expect.objectContaining({
      code: 'OUTPUT_FOREIGN',
      message: expect.stringContaining(`\`${join(folder, name)}\``),
    }),
  );
  expect(listing(folder)).toEqual(before);
});

test('a foreign file with the wanted contents is no harm', () => {
  const folder = writeFiles(makeFolder(), { 'default.nix': 'one', 'notes.txt': 'mine' });
  expect(write(folder, first).written).not.toContain('default.nix');
  expect(listing(folder)).toEqual({ ...fresh(first), 'notes.txt': 'mine' });
});

test('what somebody else put beside our files stays, also when its folder is no longer ours', () => {
  const folder = makeFolder();
  write(folder, first);
  writeFiles(folder, { 'a/b/mine.txt': 'mine' });
  write(folder, second);
  expect(listing(folder)).toEqual({ ...fresh(second), 'a/b/': '', 'a/b/mine.txt': 'mine' });
});

test('a file of ours that was changed by hand is written again, but not removed', () => {
  const folder = makeFolder();
  write(folder, first);
  writeFiles(folder, { 'a/b/old.nix': 'changed', 'a/c.nix': 'changed' });
  write(folder, second);
  expect(listing(folder)).toEqual({ ...fresh(second), 'a/b/': '', 'a/b/old.nix': 'changed' });
});

test.each(['default.nix', 'a', recordName, '.lock2nix.json.next'])(
  'a symbolic link %s is not followed',
  (name) => {
    const elsewhere = writeFiles(makeFolder(), { file: 'precious', 'folder/c.nix': 'c' });
    const folder = makeFolder();
    write(folder, first);
    if (name !== 'a' && existsSync(join(folder, name))) unlinkSync(join(folder, name));
    const link = name === 'a' ? makeFolder() : folder;
    symlinkSync(join(elsewhere, name === 'a' ? 'folder' : 'file'), join(link, name));
    const before = [listing(elsewhere), listing(link)];
    expect(() => write(link, second)).toThrow(expect.objectContaining({ code: 'OUTPUT_FOREIGN' }));
    expect([listing(elsewhere), listing(link)]).toEqual(before);
  },
);

test('a link in the place of a temporary file is replaced, not written through', () => {
  const elsewhere = writeFiles(makeFolder(), { file: 'precious' });
  const folder = makeFolder();
  for (const name of ['default.nix', recordName, '.lock2nix.json.next']) {
    symlinkSync(join(elsewhere, 'file'), join(folder, `${name}.lock2nix-part`));
  }
  write(folder, first);
  expect(readFileSync(join(elsewhere, 'file'), 'utf8')).toBe('precious');
  expect(listing(folder)).toEqual(fresh(first));
});

test.each(['../out.txt', '/etc/hostname', 'a/../../out.txt', '.', '', 'a/', 'link/out.txt'])(
  'a record that names %j removes nothing outside of the folder',
  (name) => {
    const parent = writeFiles(makeFolder(), { 'out.txt': 'precious', 'b/keep.txt': '' });
    const folder = join(parent, 'output');
    mkdirSync(folder);
    symlinkSync('..', join(folder, 'link'));
    writeFileSync(join(folder, recordName), recordOf({ [name]: 'precious' }));
    write(folder, first);
    expect(readFileSync(join(parent, 'out.txt'), 'utf8')).toBe('precious');
    expect(listing(folder)).toEqual({ ...fresh(first), link: '-> ..' });
  },
);

test('a folder that cannot be written to is an error of its own', () => {
  const folder = join(makeFolder(), 'x'.repeat(300));
  expect(() => write(folder, first)).toThrow(
    expect.objectContaining({
      code: 'OUTPUT_UNWRITABLE',
      message: `cannot write to \`${folder}\`: ENAMETOOLONG`,
    }),
  );
});
