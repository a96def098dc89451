/** The options that only finding versions knows: as the record has them, and as one types them. */
import { Lock2nixError } from '../graph/errors.ts';
import { shownUrl, tryParseHttpUrl } from '../resolvers/registry/url.ts';
import { normaliseName } from '../standards/name.ts';
import { parseInstant } from './instant.ts';
import type { AskedSolveOptions } from './options.ts';
import { allNames, type RecordSolveOptions } from './record.ts';
import { quoteShell } from './shell.ts';

/** Takes back the names before it, as pip's options of these names have it. */
export const noNames = ':none:';

/** pip's reading of `--only-binary` and `--no-binary`: `:all:` stands alone, `:none:` starts anew. */
const nameSet = (asked: readonly string[]): readonly string[] => {
  const last = asked.slice(asked.lastIndexOf(noNames) + 1);
  return last.includes(allNames) ? [allNames] : [...new Set(last.map(normaliseName))].sort();
};

const publicIndexUrl = (option: string, text: string): string => {
  const url = tryParseHttpUrl(text);
  // The text is not shown: it may hold a password.
  if (url === undefined) {
    throw new Lock2nixError('USAGE', `what stands behind \`${option}\` is no http or https URL`, {
      hint: `write it as ${option} https://pypi.org/simple`,
    });
  }
  return shownUrl(url);
};

const listOf = <Key extends string>(
  key: Key,
  values: readonly string[],
): { readonly [_ in Key]?: readonly string[] } =>
  values.length === 0 ? {} : ({ [key]: values } as { [_ in Key]: readonly string[] });

const refuseBoth = (onlyBinary: readonly string[], noBinary: readonly string[]): void => {
  const both = onlyBinary.find((name) => noBinary.includes(name));
  if (both === undefined) return;
  throw new Lock2nixError(
    'USAGE',
    `\`--only-binary ${both}\` and \`--no-binary ${both}\` leave no file to take`,
    { hint: 'leave out one of them' },
  );
};

/** What is not the default, in the form that the record has. Throws USAGE. */
export const recordedSolveOptions = (asked: AskedSolveOptions): RecordSolveOptions => {
  const { resolution, indexStrategy, excludeNewer, indexUrl } = asked;
  const onlyBinary = nameSet(asked.onlyBinary ?? []);
  const noBinary = nameSet(asked.noBinary ?? []);
  refuseBoth(onlyBinary, noBinary);
  const extra = (asked.extraIndexUrl ?? []).map((url) => publicIndexUrl('--extra-index-url', url));
  return {
    ...listOf('preferWheels', [...new Set((asked.preferWheels ?? []).map(normaliseName))].sort()),
    ...listOf('onlyBinary', onlyBinary),
    ...listOf('noBinary', noBinary),
    ...(asked.pre === true ? { pre: true } : {}),
    ...(resolution === undefined || resolution === 'highest' ? {} : { resolution }),
    ...(excludeNewer === undefined ? {} : { excludeNewer: parseInstant(excludeNewer).text }),
    ...(indexUrl === undefined ? {} : { indexUrl: publicIndexUrl('--index-url', indexUrl) }),
    ...listOf('extraIndexUrl', extra),
    ...(indexStrategy === undefined || indexStrategy === 'first-index' ? {} : { indexStrategy }),
    ...listOf('constraints', [...new Set(asked.constraints ?? [])].sort()),
  };
};

/** An option with its values, as it stands on a command line. */
export interface TypedOption {
  readonly name: string;
  /** One for each time that it stands there. */
  readonly values: readonly string[];
}

/** Every option that is not its default, in the order of `--help`. */
export const typedSolveOptions = (options: RecordSolveOptions): readonly TypedOption[] =>
  [
    { name: '--prefer', values: (options.preferWheels ?? []).map((name) => `${name}=wheel`) },
    { name: '--only-binary', values: options.onlyBinary ?? [] },
    { name: '--no-binary', values: options.noBinary ?? [] },
    { name: '--pre', values: options.pre === true ? [''] : [] },
    { name: '--resolution', values: [options.resolution ?? []].flat() },
    { name: '--exclude-newer', values: [options.excludeNewer ?? []].flat() },
    { name: '--index-url', values: [options.indexUrl ?? []].flat() },
    { name: '--extra-index-url', values: options.extraIndexUrl ?? [] },
    { name: '--index-strategy', values: [options.indexStrategy ?? []].flat() },
    { name: '--constraints', values: options.constraints ?? [] },
  ].filter(({ values }) => values.length > 0);

const formatTyped = ({ name, values }: TypedOption): readonly string[] =>
  name === '--only-binary' || name === '--no-binary'
    ? [`${name} ${quoteShell(values.join(','))}`]
    : values.map((value) => (value === '' ? name : `${name} ${quoteShell(value)}`));

/** Options as one types them. */
export const formatSolveOptions = (options: RecordSolveOptions): readonly string[] =>
  typedSolveOptions(options).flatMap(formatTyped);
