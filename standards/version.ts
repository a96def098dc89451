/**
 * Versions (PEP 440). `@renovatebot/pep440` reads the public part; local labels and the order are
 * ours (docs/decisions/0001-pep440.md).
 */
import { parse } from '@renovatebot/pep440';
import { Lock2nixError } from '../graph/errors.ts';
import { quoted } from './quoted.ts';

export type PreReleaseLetter = 'a' | 'b' | 'rc';

/** The parts of a version before its local label. Absent parts are `undefined`. */
export interface PublicVersion {
  readonly epoch: number;
  /** As written, with its trailing zeros; never empty. */
  readonly release: readonly number[];
  readonly pre?: { readonly letter: PreReleaseLetter; readonly number: number } | undefined;
  readonly post?: number | undefined;
  readonly dev?: number | undefined;
}

export interface Version extends PublicVersion {
  /** Segments of the local label in normal form; digits only are numbers. Empty: no label. */
  readonly local: readonly string[];
  /** Code unit order of keys is PEP 440's order of versions; equal versions have equal keys. */
  readonly key: string;
}

const longestText = 1024;
const localGrammar = /^[a-z0-9]+(?:[-_.][a-z0-9]+)*$/i;
/** Beyond 15 digits a number is no longer exact in JavaScript. */
const inexactNumber = /[0-9]{16}/;

/*
 * Keys are built of self-delimiting pieces, so that no key is the beginning of another version's
 * public key. A number is a unit for its length, then its digits: `0x100 + length` lies above all
 * marks below and under `noDev`.
 */
const digitsKey = (digits: string): string => String.fromCharCode(0x100 + digits.length) + digits;
const numberKey = (value: number): string => digitsKey(String(value));
const absent = '\x01';
const end = '\x01';
const devOnly = '\x02';
const noPre = '\x7f';
const noDev = '\ufffe';
const localStart = '\x02';
const localText = '\x03';

const releaseKey = ({ epoch, release }: PublicVersion): string => {
  let length = release.length;
  while (length > 0 && release[length - 1] === 0) length -= 1;
  return numberKey(epoch) + release.slice(0, length).map(numberKey).join('') + end;
};

const preKey = ({ pre, post, dev }: PublicVersion): string => {
  if (pre !== undefined) return pre.letter + numberKey(pre.number);
  return post === undefined && dev !== undefined ? devOnly : noPre;
};

const localKey = (local: readonly string[]): string =>
  local.length === 0
    ? ''
    : localStart +
      local
        .map((part) => (/^[0-9]+$/.test(part) ? digitsKey(part) : localText + part + end))
        .join('') +
      end;

/** The key of a version without a local label. */
export const publicKey = (version: PublicVersion): string =>
  releaseKey(version) +
  preKey(version) +
  (version.post === undefined ? absent : numberKey(version.post)) +
  (version.dev === undefined ? noDev : numberKey(version.dev));

/**
 * A cut above every post-release of a final release: no version lies on it. (Above those of a
 * pre-release comes the next pre-release's first development release, which is a version.)
 */
export const keyAfterPosts = (version: Pick<PublicVersion, 'epoch' | 'release'>): string =>
  `${releaseKey({ epoch: version.epoch, release: version.release }) + noPre}\uffff`;

/** A cut directly above a version's own key and below its local labels, if it has none itself. */
export const keyAfter = (version: Version): string => version.key + absent;

const splitLocal = (text: string): { readonly main: string; readonly local?: string } => {
  const plus = text.indexOf('+');
  return plus < 0 ? { main: text } : { main: text.slice(0, plus), local: text.slice(plus + 1) };
};

const parseLocal = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/[-_.]/)
    .map((part) => (/^[0-9]+$/.test(part) ? part.replace(/^0+(?=[0-9])/, '') : part));

const isPreReleaseLetter = (letter: string): letter is PreReleaseLetter =>
  letter === 'a' || letter === 'b' || letter === 'rc';

/** Most versions; reading them by themselves is several times quicker. */
const plainRelease = /^[0-9]+(?:\.[0-9]+)*$/;

const parsePublic = (text: string): PublicVersion | undefined => {
  if (plainRelease.test(text)) return { epoch: 0, release: text.split('.').map(Number) };
  const parsed = parse(text);
  if (parsed === null) return undefined;
  const [letter, number] = parsed.pre ?? [];
  const pre =
    typeof letter === 'string' && isPreReleaseLetter(letter) && number !== undefined
      ? { letter, number: Number(number) }
      : undefined;
  return {
    epoch: parsed.epoch,
    release: parsed.release,
    pre,
    post: parsed.post === null ? undefined : Number(parsed.post[1]),
    dev: parsed.dev === null ? undefined : Number(parsed.dev[1]),
  };
};

/** `parseVersion` that gives undefined for what is no version. */
export const tryParseVersion = (text: string): Version | undefined => {
  if (text.length > longestText) return undefined;
  const { main, local: localLabel } = splitLocal(text.trim());
  if (inexactNumber.test(main)) return undefined;
  if (localLabel !== undefined && !localGrammar.test(localLabel)) return undefined;
  const version = parsePublic(main);
  if (version === undefined) return undefined;
  const local = localLabel === undefined ? [] : parseLocal(localLabel);
  return { ...version, local, key: publicKey(version) + localKey(local) };
};

/**
 * Reads a version in any spelling that PEP 440 allows: white space around it, a leading `v`,
 * `1.0-1` for `1.0.post1`. Example: `parseVersion('v1.0-RC_2+Ubuntu.01')` is `1.0rc2+ubuntu.1`.
 * Throws VERSION_INVALID; also for a number of more than 15 digits outside the local label.
 */
export const parseVersion = (text: string): Version => {
  const version = tryParseVersion(text);
  if (version !== undefined) return version;
  const why = inexactNumber.test(splitLocal(text).main)
    ? 'it has a number of more than 15 digits'
    : 'PEP 440 does not allow it';
  throw new Lock2nixError('VERSION_INVALID', `${quoted(text)} is not a version: ${why}`);
};

/** Negative when `a` is older, positive when newer, 0 when PEP 440 holds both to be equal. */
export const compareVersions = (a: Version, b: Version): number => {
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
};

/** Whether a version is a pre-release or a development release (of a post-release, too). */
export const isPrerelease = ({ pre, dev }: PublicVersion): boolean =>
  pre !== undefined || dev !== undefined;

/** The normal form (PEP 440, "Normalization"); trailing zeros stay. */
export const formatVersion = (version: PublicVersion & Partial<Pick<Version, 'local'>>): string => {
  const { epoch, release, pre, post, dev, local = [] } = version;
  return [
    epoch === 0 ? '' : `${epoch}!`,
    release.join('.'),
    pre === undefined ? '' : `${pre.letter}${pre.number}`,
    post === undefined ? '' : `.post${post}`,
    dev === undefined ? '' : `.dev${dev}`,
    local.length === 0 ? '' : `+${local.join('.')}`,
  ].join('');
};
