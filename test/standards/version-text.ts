import fc from 'fast-check';

const number = fc.oneof(fc.nat(3), fc.nat(30));
const part = (prefix: string) =>
  fc
    .option(number, { nil: undefined })
    .map((value) => (value === undefined ? '' : `${prefix}${value}`));

/** Texts of versions, close together so that they meet in comparisons. */
export const versionText = fc
  .tuple(
    fc.constantFrom('', '', '', '1!'),
    fc.array(number, { minLength: 1, maxLength: 3 }).map((release) => release.join('.')),
    fc.oneof(part('a'), part('b'), part('rc')),
    part('.post'),
    part('.dev'),
    fc.constantFrom('', '', '', '+x', '+x.1', '+1', '+1e5', '+0'),
  )
  .map((parts) => parts.join(''));

/** Clauses of specifiers around such versions. */
export const clauseText = fc
  .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>='), versionText)
  .map(([operator, version]) =>
    operator === '==' || operator === '!='
      ? operator + version
      : operator + version.replace(/\+.*/, ''),
  );
