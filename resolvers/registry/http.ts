import pLimit from 'p-limit';
import { isLock2nixError, Lock2nixError } from '../../graph/errors.ts';
import { type Credentials, createCredentials } from './credentials.ts';
import { answerError, failureCode, isRetryable, retryAfter, unreachable } from './http-errors.ts';
import { createTransport, type Reply, type Transport } from './transport.ts';
import { parseHttpUrl, publicUrl, shownUrl, tryParseHttpUrl } from './url.ts';

/** What has been asked and answered so far, for a progress line. */
export interface Progress {
  readonly started: number;
  readonly finished: number;
}

export interface HttpOptions {
  readonly userAgent: string;
  /** Files that are got at once; 16. */
  readonly concurrency?: number;
  /** Small answers that are got at once, besides; 50. */
  readonly smallConcurrency?: number;
  /** Milliseconds of silence after which an attempt is given up; 30,000. */
  readonly timeout?: number;
  /** Attempts after the first one; 4. */
  readonly retries?: number;
  readonly offline?: boolean;
  readonly credentials?: Credentials;
  /** Where proxies are looked for; nowhere. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: (progress: Progress) => void;
  /** Waits so many milliseconds between attempts; tests need not. */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

export interface GetOptions {
  /** Media types, for the `Accept` header. Absent: a file, taken byte for byte. */
  readonly accept?: string;
  /** Of the answer that is known already. */
  readonly etag?: string;
  /** A longer body is refused. */
  readonly maxBytes: number;
  /** Little is expected: more of such questions are asked at once. */
  readonly small?: true;
  /** Attempts after the first one, when these are to be fewer. */
  readonly retries?: number;
  /** Called at the start of each attempt: what takes the body's parts. Then `body` stays empty. */
  readonly collect?: () => (part: Buffer) => void;
}

/** A part of a file (RFC 9110, 14.2): bytes `start` to `end`, both included, or the last ones. */
export type Range = { readonly start: number; readonly end: number } | { readonly last: number };

export interface RangeOptions extends Omit<GetOptions, 'accept' | 'etag' | 'collect'> {
  readonly range: Range;
}

/** What came of a file: `body` lies at `start` of its `total` bytes. */
export interface Part {
  readonly kind: 'part';
  readonly url: string;
  readonly start: number;
  readonly total: number;
  readonly body: Buffer;
}

export type PartAnswer =
  | Part
  | { readonly kind: 'unranged' }
  | { readonly kind: 'missing'; readonly status: 404 | 410 };

/** `url` is the public form of the one that answered, behind redirects: relative links start there. */
export type Answer =
  | {
      readonly kind: 'found';
      readonly url: string;
      readonly contentType: string;
      readonly etag?: string;
      readonly body: Buffer;
    }
  | { readonly kind: 'missing'; readonly status: 404 | 410 }
  | { readonly kind: 'unchanged' };

export interface Http {
  readonly offline: boolean;
  /**
   * GETs a URL. Throws `URL_INVALID`, `OFFLINE`, `REGISTRY_UNREACHABLE` (nobody answered) or
   * `REGISTRY_ANSWER` (the answer is of no use). Neither messages nor results hold credentials.
   */
  get(url: string, options: GetOptions): Promise<Answer>;
  /**
   * GETs a part of a file. `unranged`: the server knows no ranges, or sends another part; a whole file
   * is not taken from it. Throws as `get`.
   */
  getRange(url: string, options: RangeOptions): Promise<PartAnswer>;
  /** Notes user and password of a URL, for whatever else is asked of its host. */
  remember(url: string): void;
  /** Closes idle connections. */
  close(): void;
}

const maxRedirects = 10;
const longestPause = 60_000;

const header = (reply: Reply, name: string): string | undefined => {
  const value = reply.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** Waits 0.5, 1, 2 … seconds, up to 8, plus up to a quarter so that parallel requests spread. */
const backOff = (attempt: number): number =>
  Math.min(500 * 2 ** (attempt - 1), 8000) * (1 + Math.random() / 4);

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** Where a redirect leads; refuses to leave https. */
const redirectTarget = (from: URL, location: string): URL => {
  const to = tryParseHttpUrl(location, from);
  if (to === undefined || (from.protocol === 'https:' && to.protocol !== 'https:')) {
    throw answerError(from, `redirects away from ${from.protocol.slice(0, -1)}; refused`);
  }
  return to;
};

/** Reads a body to its end; refuses one that is longer than `maxBytes`. */
const readBody = async (url: URL, reply: Reply, options: GetOptions): Promise<Buffer> => {
  const parts: Buffer[] = [];
  const take = options.collect?.() ?? ((part: Buffer) => parts.push(part));
  let size = 0;
  for await (const part of reply.body) {
    size += part.length;
    if (size > options.maxBytes) {
      throw answerError(url, `sends more than ${options.maxBytes} bytes; refused`);
    }
    take(part);
  }
  return Buffer.concat(parts);
};

/** Lets a body go that nobody needs; a short one is read, so that its connection can be kept. */
const discardBody = async (reply: Reply): Promise<void> => {
  let size = 0;
  for await (const part of reply.body) {
    size += part.length;
    if (size > 65_536) break;
  }
};

/** The options of either question. */
type Request = GetOptions & { readonly range?: Range };

type AnyAnswer = Answer | PartAnswer;

const formatRange = (range: Range): string =>
  'last' in range ? `bytes=-${range.last}` : `bytes=${range.start}-${range.end}`;

/** The part that a `Content-Range` names, if it is the one that was asked for. */
const partOf = (
  reply: Reply,
  range: Range,
): { readonly start: number; readonly end: number; readonly total: number } | undefined => {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(
    header(reply, 'content-range') ?? '',
  );
  const [start = -1, end = -1, total = -1] = (match ?? []).slice(1).map(Number);
  const from = 'last' in range ? Math.max(0, total - range.last) : range.start;
  const to = 'last' in range ? total - 1 : Math.min(range.end, total - 1);
  return match !== null && start === from && end === to && start <= end
    ? { start, end, total }
    : undefined;
};

/** Statuses of servers that know no ranges and send all, or refuse this one. */
const unrangedStatuses = [200, 206, 400, 405, 416, 501];

interface Attempt {
  readonly transport: Transport;
  readonly credentials: Credentials;
  readonly userAgent: string;
}

/** One attempt, redirects included: the last reply and who sent it. */
const follow = async (
  start: URL,
  options: Request,
  { transport, credentials, userAgent }: Attempt,
): Promise<{ url: URL; reply: Reply }> => {
  let url = start;
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    // Asked for again at each hop: credentials belong to a host and never travel to the next one.
    const authorization = credentials.authorization(url);
    const reply = await transport.send({
      url: new URL(publicUrl(url)),
      headers: {
        'user-agent': userAgent,
        accept: options.accept ?? '*/*',
        ...(options.etag === undefined ? {} : { 'if-none-match': options.etag }),
        ...(options.range === undefined ? {} : { range: formatRange(options.range) }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      decompress: options.accept !== undefined,
    });
    const location = header(reply, 'location');
    if (![301, 302, 303, 307, 308].includes(reply.status) || location === undefined) {
      return { url, reply };
    }
    await discardBody(reply);
    url = redirectTarget(url, location);
  }
  throw answerError(start, `redirects more than ${maxRedirects} times`);
};

/** What one attempt came to; `again` when another one may do better. */
type Outcome =
  | { readonly kind: 'answer'; readonly answer: AnyAnswer }
  | { readonly kind: 'again'; readonly why: string; readonly after?: number | undefined }
  | { readonly kind: 'silent'; readonly cause: unknown };

/** The answer to a question for a part; undefined when it has nothing to do with parts. */
const readPart = async (
  url: URL,
  reply: Reply,
  options: Request,
): Promise<PartAnswer | undefined> => {
  const { range } = options;
  if (range === undefined || !unrangedStatuses.includes(reply.status)) return undefined;
  const found = reply.status === 206 ? partOf(reply, range) : undefined;
  if (found === undefined) {
    await discardBody(reply);
    return { kind: 'unranged' };
  }
  const { start, end, total } = found;
  const body = await readBody(url, reply, options);
  return body.length === end - start + 1
    ? { kind: 'part', url: publicUrl(url), start, total, body }
    : { kind: 'unranged' };
};

const tryOnce = async (start: URL, options: Request, attempt: Attempt): Promise<Outcome> => {
  try {
    const { url, reply } = await follow(start, options, attempt);
    const { status } = reply;
    const part = await readPart(url, reply, options);
    if (part !== undefined) return { kind: 'answer', answer: part };
    if (status === 200) {
      const body = await readBody(url, reply, options);
      const etag = header(reply, 'etag');
      const contentType = (header(reply, 'content-type') ?? '').split(';')[0]?.trim() ?? '';
      const found = { url: publicUrl(url), contentType: contentType.toLowerCase(), body };
      return {
        kind: 'answer',
        answer: { kind: 'found', ...found, ...(etag === undefined ? {} : { etag }) },
      };
    }
    await discardBody(reply);
    if (status === 404 || status === 410) {
      return { kind: 'answer', answer: { kind: 'missing', status } };
    }
    if (status === 304 && options.etag !== undefined) {
      return { kind: 'answer', answer: { kind: 'unchanged' } };
    }
    if (isRetryable(status)) {
      const after = retryAfter(header(reply, 'retry-after'));
      return { kind: 'again', why: `answers ${status}`, after };
    }
    throw answerError(url, `answers ${status}`, status);
  } catch (error) {
    // What the network does to us has a code; what has none is a bug.
    if (isLock2nixError(error) || failureCode(error) === undefined) throw error;
    return { kind: 'silent', cause: error };
  }
};

/**
 * The one way to the network. Shares connections, limits how much is asked at once, and repeats what
 * failed: silence, 429 and 5xx, after a growing pause or what `Retry-After` says.
 */
export const createHttp = (options: HttpOptions): Http => {
  const { concurrency = 16, timeout = 30_000, retries = 4, offline = false } = options;
  const { smallConcurrency = 50 } = options;
  const {
    userAgent,
    credentials = createCredentials(),
    onProgress,
    pause = sleep,
    env = {},
  } = options;
  const limits = { files: pLimit(concurrency), small: pLimit(smallConcurrency) };
  const attempt: Attempt = {
    transport: createTransport({
      concurrency: concurrency + smallConcurrency,
      timeout,
      env,
    }),
    credentials,
    userAgent,
  };
  const progress = { started: 0, finished: 0 };

  const tryOften = async (url: URL, request: Request): Promise<AnyAnswer> => {
    const most = Math.min(retries, request.retries ?? retries);
    for (let count = 1; ; count += 1) {
      const outcome = await tryOnce(url, request, attempt);
      if (outcome.kind === 'answer') return outcome.answer;
      const after = outcome.kind === 'again' ? outcome.after : undefined;
      const isLast = count > most || (after !== undefined && after > longestPause);
      if (outcome.kind === 'silent') {
        if (isLast || !isRetryable(outcome.cause)) throw unreachable(url, count, outcome.cause);
      } else if (isLast) {
        throw answerError(url, `${outcome.why} (attempts: ${count})`);
      }
      await pause(after ?? backOff(count));
    }
  };

  const ask = async (text: string, request: Request): Promise<AnyAnswer> => {
    const url = parseHttpUrl(text);
    credentials.learn(url);
    if (offline) {
      throw new Lock2nixError('OFFLINE', `\`${shownUrl(url)}\` is not in the cache`, {
        hint: 'run once without --offline to fill the cache',
      });
    }
    progress.started += 1;
    onProgress?.({ ...progress });
    try {
      return await limits[request.small ? 'small' : 'files'](() => tryOften(url, request));
    } finally {
      progress.finished += 1;
      onProgress?.({ ...progress });
    }
  };

  return {
    offline,
    async get(text, request) {
      const answer = await ask(text, request);
      if (answer.kind === 'part' || answer.kind === 'unranged') {
        throw new Error('a part came where none was asked for');
      }
      return answer;
    },
    async getRange(text, request) {
      const answer = await ask(text, request);
      if (answer.kind === 'found' || answer.kind === 'unchanged') {
        throw new Error('no part came where one was asked for');
      }
      return answer;
    },
    remember: (text) => credentials.learn(parseHttpUrl(text)),
    close: () => attempt.transport.close(),
  };
};
