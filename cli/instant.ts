import { Lock2nixError } from '../graph/errors.ts';

/** A moment that files are compared with. */
export interface Instant {
  /** Milliseconds since 1970. */
  readonly milliseconds: number;
  /** What the record holds: a date as it is, a time in UTC. */
  readonly text: string;
}

const date = /^\d{4}-\d{2}-\d{2}$/;
const time = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

const day = 24 * 60 * 60 * 1000;

/** `Date.parse` takes 31 February for a day in March. */
const isDay = (text: string): boolean => {
  const milliseconds = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  return (
    !Number.isNaN(milliseconds) &&
    new Date(milliseconds).toISOString().slice(0, 10) === text.slice(0, 10)
  );
};

/**
 * `--exclude-newer`: a date or a time of RFC 3339. A date holds all of its day, in UTC, as if the
 * first moment of the next one were named. Throws USAGE.
 */
export const parseInstant = (text: string): Instant => {
  const milliseconds = isDay(text) ? Date.parse(text.toUpperCase()) : Number.NaN;
  if (!Number.isNaN(milliseconds)) {
    if (date.test(text)) return { milliseconds: milliseconds + day, text };
    if (time.test(text)) return { milliseconds, text: new Date(milliseconds).toISOString() };
  }
  throw new Lock2nixError(
    'USAGE',
    `\`${text}\` is no date or time that \`--exclude-newer\` takes`,
    {
      hint: 'write it as 2024-03-25 or 2024-03-25T12:00:00Z (RFC 3339)',
    },
  );
};
