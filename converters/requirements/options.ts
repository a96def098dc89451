/** The options that a line of a requirements file may have (pip, "Requirements File Format"). */
import { Lock2nixError } from '../../graph/errors.ts';
import { nearest } from '../../standards/nearest.ts';
import { quoted } from '../../standards/quoted.ts';

/** An option by its long name, without dashes. */
export interface Option {
  readonly name: string;
  /** Empty for an option that takes none. */
  readonly value: string;
}

interface Known {
  readonly name: string;
  readonly letter?: string;
  readonly takesValue: boolean;
}

const option = (name: string, letter?: string): Known => ({
  name,
  takesValue: true,
  ...(letter === undefined ? {} : { letter }),
});
const flag = (name: string, letter?: string): Known => ({
  ...option(name, letter),
  takesValue: false,
});

/** Options that older versions of pip knew, and that say nothing today. */
export const obsoleteOptions: ReadonlySet<string> = new Set([
  'allow-all-external',
  'allow-external',
  'allow-unverified',
  'always-unzip',
  'no-use-wheel',
  'process-dependency-links',
  'use-wheel',
]);

const known: readonly Known[] = [
  option('requirement', 'r'),
  option('constraint', 'c'),
  option('editable', 'e'),
  option('index-url', 'i'),
  option('pypi-url'),
  option('extra-index-url'),
  flag('no-index'),
  option('find-links', 'f'),
  option('no-binary'),
  option('only-binary'),
  flag('prefer-binary'),
  flag('require-hashes'),
  flag('pre'),
  option('trusted-host'),
  option('use-feature'),
  option('hash'),
  option('global-option'),
  option('install-option'),
  option('config-settings', 'C'),
  flag('always-unzip', 'Z'),
  flag('allow-all-external'),
  option('allow-external'),
  option('allow-unverified'),
  flag('process-dependency-links'),
  flag('use-wheel'),
  flag('no-use-wheel'),
];

const refuse = (message: string, hint?: string): never => {
  throw new Lock2nixError('REQUIREMENT_INVALID', message, hint === undefined ? {} : { hint });
};

/** An option by its name, or by a beginning of it that no other one has. */
const findLong = (written: string): Known => {
  const exact = known.find(({ name }) => name === written);
  if (exact !== undefined) return exact;
  const [only, ...others] = known.filter(({ name }) => name.startsWith(written));
  if (only !== undefined && others.length === 0) return only;
  const names = known.map(({ name }) => name).filter((name) => !obsoleteOptions.has(name));
  const near = nearest(written, names);
  return refuse(
    `${quoted(`--${written}`)} is no option of a requirements file`,
    near === undefined
      ? `known are ${names.map((name) => `--${name}`).join(', ')}`
      : `did you mean \`--${near}\`?`,
  );
};

const findShort = (letter: string): Known =>
  known.find((one) => one.letter === letter) ??
  refuse(`${quoted(`-${letter}`)} is no option of a requirements file`);

/** Reads options as pip does. Throws REQUIREMENT_INVALID. */
export const parseOptions = (words: readonly string[]): readonly Option[] => {
  const options: Option[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const long = /^--(?<name>[^=]*)(?:=(?<value>[\s\S]*))?$/.exec(word)?.groups;
    if (!/^-./.test(word))
      refuse(`${quoted(word)} stands behind options, where only options stand`);
    const { name, takesValue } =
      long === undefined ? findShort(word[1] ?? '') : findLong(long['name'] ?? '');
    const attached = long === undefined ? word.slice(2) || undefined : long['value'];
    if (!takesValue) {
      if (attached !== undefined) refuse(`\`--${name}\` takes no value`);
      options.push({ name, value: '' });
      continue;
    }
    const value = attached ?? rest.shift();
    if (value === undefined || value === '') return refuse(`\`--${name}\` has no value`);
    options.push({ name, value });
  }
  return options;
};

/** The part of a line before its options, and the options: the first word with a dash begins them. */
export const splitLine = (text: string): readonly [subject: string, options: string] => {
  const start = text.startsWith('-') ? 0 : text.search(/ -/);
  return start < 0 ? [text, ''] : [text.slice(0, start).trim(), text.slice(start).trim()];
};
