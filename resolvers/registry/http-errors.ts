import { Lock2nixError } from '../../graph/errors.ts';
import { redactText, shownUrl } from './url.ts';

const property = (value: unknown, name: string): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, name);
  return typeof found === 'string' ? found : undefined;
};

/** The code that Node, got and zlib put into their errors. */
export const failureCode = (error: unknown): string | undefined => property(error, 'code');

/** Codes of Node's TLS layer: the certificate is at fault, asking again changes nothing. */
const isCertificateFault = (code: string | undefined): boolean =>
  code !== undefined && /CERT|ERR_TLS|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)/.test(code);

/** Whether a status (429, 5xx except 501 and 505) or a failed connection is worth another attempt. */
export const isRetryable = (problem: unknown): boolean =>
  typeof problem === 'number'
    ? problem === 408 || problem === 429 || (problem >= 500 && problem !== 501 && problem !== 505)
    : !isCertificateFault(failureCode(problem));

/** Milliseconds that a `Retry-After` header (RFC 9110, 10.2.3) asks for. */
export const retryAfter = (value: string | undefined, now = Date.now()): number | undefined => {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};

/** `REGISTRY_ANSWER`: somebody answers, but not with what was asked for. */
export const answerError = (url: URL | string, what: string, status?: number): Lock2nixError =>
  new Lock2nixError('REGISTRY_ANSWER', `\`${shownUrl(url)}\` ${what}`, {
    hint:
      status === 401 || status === 403
        ? `put user and password for \`${new URL(url).host}\` into ~/.netrc`
        : 'try again later, or use --offline with a warm cache',
  });

/**
 * `REGISTRY_UNREACHABLE`: no answer, or none to its end. The cause is not handed on: got's errors hold
 * the request's headers.
 */
export const unreachable = (url: URL, attempts: number, cause: unknown): Lock2nixError => {
  const code = failureCode(cause);
  const why = redactText(property(cause, 'message') ?? code ?? 'no answer').split('\n')[0];
  return new Lock2nixError(
    'REGISTRY_UNREACHABLE',
    `cannot get \`${shownUrl(url)}\` from \`${url.host}\` (attempts: ${attempts}): ${why}`,
    {
      hint: isCertificateFault(code)
        ? 'set NODE_EXTRA_CA_CERTS to the certificates of your own authority'
        : 'check the network, or use --offline with a warm cache',
    },
  );
};
