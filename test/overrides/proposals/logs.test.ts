import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseOverrides } from '../../../overrides/parse.ts';
import { formatProposal } from '../../../overrides/proposals/format.ts';
import { proposeRules } from '../../../overrides/proposals/propose.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'logs');
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

const proposed = (name: string): string =>
  proposeRules(readFileSync(join(folder, name, 'log.txt'), 'utf8'))
    .map(formatProposal)
    .join('\n');

test('there are enough logs, each with the command that made it', () => {
  expect(names.length).toBeGreaterThanOrEqual(15);
  for (const name of names) {
    expect(readFileSync(join(folder, name, 'command.txt'), 'utf8')).toMatch(/^\$ /m);
  }
});

describe('what a real log proposes', () => {
  test.each(names)('%s', (name) => {
    const text = proposed(name);
    const file = join(folder, name, 'expected.toml');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
    expect(existsSync(file)).toBe(true);
    expect(text).toBe(readFileSync(file, 'utf8'));
    const rules = parseOverrides('overrides.toml', text);
    for (const rule of [...rules.packages, ...rules.collisions, ...rules.constraints]) {
      expect(rule.place).toMatch(/^overrides\.toml:\d+$/);
    }
    // Every rule says why.
    expect(text.match(/^why = /gm)?.length ?? 0).toBe(text.match(/^\[\[/gm)?.length ?? 0);
  });
  test.each(names)('%s: no path of a machine is in the log', (name) => {
    expect(readFileSync(join(folder, name, 'log.txt'), 'utf8')).not.toMatch(
      /\/tmp\/|\/root\/|\/home\/|\/work\//,
    );
  });
});
