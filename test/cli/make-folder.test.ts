import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { writeOutput } from '../../cli/write-output.ts';

// Linux alone has a file system that answers ENOENT where it makes no folder.
const run = existsSync('/proc/self') ? test : test.skip;

run('a file system that makes no folders ends the run with its reason', () => {
  expect(() => writeOutput('/proc/lock2nix', new Map([['a.nix', '1\n']]), '{}\n')).toThrow(
    expect.objectContaining({
      code: 'OUTPUT_UNWRITABLE',
      message: 'cannot write to `/proc/lock2nix`: ENOENT',
    }),
  );
});
