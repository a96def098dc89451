/** Which attribute of nixpkgs has a header, a library or a program. */
import table from './native.json' with { type: 'json' };

/** What one attribute of nixpkgs has, and the Debian package with the same. */
export interface NativeEntry {
  readonly debian: string;
  /** As they are included; with a slash at the end all of a folder. */
  readonly headers?: readonly string[];
  /** As they stand behind `-l`. */
  readonly links?: readonly string[];
  readonly 'pkg-config'?: readonly string[];
  readonly sonames?: readonly string[];
  /** Name -> the attribute that has it in `bin`. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** By attribute, sorted. */
export const nativeTable: Readonly<Record<string, NativeEntry>> = table;

const entries = Object.entries(nativeTable);

const attributeWhere = (has: (entry: NativeEntry) => boolean | undefined): string | undefined =>
  entries.find(([, entry]) => has(entry))?.[0];

/** Example: `openssl/ssl.h` is of `openssl`. A header by its full name goes before a folder. */
export const attributeOfHeader = (header: string): string | undefined =>
  attributeWhere(({ headers }) => headers?.includes(header)) ??
  attributeWhere(({ headers }) =>
    headers?.some((each) => each.endsWith('/') && header.startsWith(each)),
  );

export const attributeOfLink = (name: string): string | undefined =>
  attributeWhere(({ links }) => links?.includes(name));

export const attributeOfModule = (name: string): string | undefined =>
  attributeWhere((entry) => entry['pkg-config']?.includes(name));

export const attributeOfSoname = (soname: string): string | undefined =>
  attributeWhere(({ sonames }) => sonames?.includes(soname));

/** What a program is in; of one that tells where a library is, the library as well. */
export const attributesOfProgram = (
  program: string,
): { readonly tool: string; readonly library?: string } | undefined => {
  const found = entries.find(
    ([, { programs }]) => programs !== undefined && Object.hasOwn(programs, program),
  );
  const tool = found?.[1].programs?.[program];
  if (found === undefined || tool === undefined) return undefined;
  return /[-_]config$/.test(program) && program !== 'pkg-config'
    ? { tool, library: found[0] }
    : { tool };
};
