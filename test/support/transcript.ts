import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The README of the repository. */
export const readmePath = join(import.meta.dirname, '..', '..', 'README.md');

const block = /(?<=<!-- transcript -->\n```console\n)[\s\S]*?(?=```\n<!-- end of transcript -->)/;

/** The text between the marks in a README. */
export const readTranscript = (readme: string): string => {
  const found = block.exec(readme)?.[0];
  if (found === undefined) throw new Error('README.md has no transcript');
  return found;
};

export const replaceTranscript = (readme: string, transcript: string): string =>
  readme.replace(block, () => transcript);

/** What the built application prints in the transcript; `test/builds/demo.test.ts` compares it. */
export const transcriptReport = (): unknown =>
  JSON.parse(
    readTranscript(readFileSync(readmePath, 'utf8')).split('$ result/bin/demo-app --check\n')[1] ??
      'null',
  );
