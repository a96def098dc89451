import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { type Python, testOnPythons, withFolder } from './support.ts';

const explain = async (python: Python, log: string | Uint8Array): Promise<string> => {
  let text = '';
  await withFolder(async (folder) => {
    writeFileSync(join(folder, 'log'), log);
    const { exitCode, stdout, stderr } = await python.run('explain_failure.py', [
      join(folder, 'log'),
      'umemcache',
    ]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    text = stderr;
  });
  return text;
};

const cure = `error: umemcache cannot be built: its code does not compile with the hardening flag \`format\` (-Werror=format-security)
hint: add these lines to overrides.toml and run \`convert\` again:

[[package]]
name = "umemcache"
native = { hardening-disable = ["format"] }
`;

const gcc =
  'a.cpp:8:2: error: format not a string literal and no format arguments [-Werror=\x1b]8;;';
const clang =
  'a.c:8:2: error: format string is not a string literal (potentially insecure) [-Werror,-Wformat-security]';

testOnPythons('a build that hardening stops ends with the lines that cure it', async (python) => {
  expect(await explain(python, `one\n${gcc}\n${gcc}\nlast\n`)).toBe(cure);
  expect(await explain(python, clang)).toBe(cure);
  expect(await explain(python, Buffer.from([0xff, 0xfe, 0x0a, ...Buffer.from(gcc)]))).toBe(cure);
});

testOnPythons('other failures are left to their own words', async (python) => {
  const warning = gcc.replace('error', 'warning');
  expect(await explain(python, `${warning}\nerror: command 'gcc' failed\n`)).toBe('');
  expect(await explain(python, '')).toBe('');
});
