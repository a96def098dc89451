import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Python, scripts, testOnPythons, withFolder } from './support.ts';

const explain = async (python: Python, log: string | Uint8Array): Promise<string> => {
  let text = '';
  await withFolder(async (folder) => {
    writeFileSync(join(folder, 'log'), log);
    const { exitCode, stdout, stderr } = await python.run('explain_failure.py', [
      join(folder, 'log'),
      'umemcache',
      join(scripts, 'libraries.json'),
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

const missing = (soname: string): string =>
  `error: auto-patchelf could not satisfy dependency ${soname} wanted by /store/x/m.so\n`;

testOnPythons('missing libraries end with the attributes that have them', async (python) => {
  const log = [missing('libpng16.so.16'), missing('libX11.so.6'), missing('libX11.so.6')].join('');
  expect(
    await explain(python, log),
  ).toBe(`error: umemcache cannot be built: libraries are missing (m.so wants libX11.so.6; m.so wants libpng16.so.16)
hint: add these lines to overrides.toml and run \`convert\` again:

[[package]]
name = "umemcache"
native = { libraries = ["libpng", "xorg.libX11"] }
`);
  expect(await explain(python, missing('libforeign.so.7'))).toContain(
    'native = { libraries = ["ATTRIBUTE"] } # ATTRIBUTE: the attribute of nixpkgs that has libforeign.so.7\n',
  );
});

test('the table names libraries by soname and attribute path', () => {
  const table: unknown = JSON.parse(readFileSync(join(scripts, 'libraries.json'), 'utf8'));
  const entries = Object.entries(table ?? {});
  expect(entries.length).toBeGreaterThan(80);
  for (const [soname, attribute] of entries) {
    expect(soname).toMatch(/^lib[\w+.-]+\.so(?:\.[\d.]+)?$/);
    expect(attribute).toMatch(/^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*$/);
  }
});

testOnPythons('other failures are left to their own words', async (python) => {
  const warning = gcc.replace('error', 'warning');
  expect(await explain(python, `${warning}\nerror: command 'gcc' failed\n`)).toBe('');
  expect(await explain(python, '')).toBe('');
});
