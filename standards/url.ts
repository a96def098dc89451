/**
 * Parses a URL (WHATWG); undefined when it is none. `URL.canParse` is not to be used: once V8 has
 * optimised it, Node 20 says no to every URL with Latin-1 letters such as `ü`.
 */
export const tryParseUrl = (text: string, base?: string): URL | undefined => {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
};
