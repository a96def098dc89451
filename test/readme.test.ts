import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { copyProject, demoCache, runLock2nix } from './support/convert.ts';
import {
  readmePath,
  readTranscript,
  replaceTranscript,
  transcriptReport,
} from './support/transcript.ts';

const project = copyProject('demo');
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** An entry of a pins file, as it stands there. */
const entryOf = (pins: string, name: string): string => {
  const start = pins.indexOf(`  ${name} = `);
  return pins.slice(start, pins.indexOf('\n  };\n', start) + '\n  };\n'.length);
};

test('the transcript of the README is what the commands print', async () => {
  const { exitCode, stderr } = await runLock2nix(
    ['convert', 'poetry.lock', '--offline', '--cache-dir', demoCache],
    project,
  );
  expect(exitCode).toBe(0);
  const pins = readFileSync(join(project, 'nix', 'lock2nix', 'pins.nix'), 'utf8');
  const transcript = [
    `$ convert poetry.lock\n${stderr}`,
    `$ grep -A 20 'markupsafe =' nix/lock2nix/pins.nix\n${entryOf(pins, 'markupsafe')}`,
    '$ nix-build nix/lock2nix -A app\n',
    `$ result/bin/demo-app --check\n${JSON.stringify(transcriptReport(), null, 2)}\n`,
  ].join('');
  const readme = readFileSync(readmePath, 'utf8');
  if (process.env['UPDATE_GOLDEN'] === '1') {
    writeFileSync(readmePath, replaceTranscript(readme, transcript));
    return;
  }
  expect(readTranscript(readme)).toBe(transcript);
});

test('each local link of the README and the docs has its file', () => {
  const links = [...readFileSync(readmePath, 'utf8').matchAll(/\]\((?!https?:)(?<path>[^)#]+)/g)];
  expect(links.length).toBeGreaterThan(3);
  for (const { groups } of links) {
    expect(() => readFileSync(join(readmePath, '..', groups?.['path'] ?? ''))).not.toThrow();
  }
});
