/** Credentials taken out of text that is shown. */

const secretName = /auth|credential|key|passw|secret|sig|token/i;

const redactQuery = (whole: string): string => {
  const [address = '', query = ''] = whole.split('?', 2);
  const isSecret = query.split(/[&;]/).some((part) => secretName.test(part.split('=')[0] ?? ''));
  return isSecret ? address : whole;
};

/**
 * A text on one line without the users, passwords and secret queries of its URLs:
 * `a @ https://u:p@b/c?token=d` becomes `a @ https://b/c`.
 */
export const redact = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/(?<=:\/\/)[^/\s]*@/g, '')
    .replace(/(?<=:\/\/)[^\s?#]*\?[^\s#]*/g, redactQuery);
