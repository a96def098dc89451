const longest = 200;

/**
 * A piece of untrusted text as messages show it: in back-ticks, control characters and back-ticks
 * escaped, long text cut. Example: `quoted('a\nb')` gives `` `a\x0ab` ``.
 */
export const quoted = (text: string): string => {
  const shown = text.length > longest ? `${text.slice(0, longest)}…` : text;
  const escaped = shown.replace(
    // Also the characters that reorder or hide text on a terminal, and lone surrogates.
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}`]/gu,
    (character) => {
      const code = character.codePointAt(0) ?? 0;
      return code < 0x100
        ? `\\x${code.toString(16).padStart(2, '0')}`
        : `\\u{${code.toString(16)}}`;
    },
  );
  return `\`${escaped}\``;
};
