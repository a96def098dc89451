/** A text as one word of a POSIX shell: as it is when that is safe, else in single quotes. */
export const quoteShell = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
