/** What PyPI's JSON interface says of a release (`/pypi/NAME/VERSION/json`), where an index has it. */
import type { Http } from '../../registry/http.ts';
import { createShared } from '../../registry/shared.ts';
import type { DistributionMetadata, MetadataRequest } from '../../registry/types.ts';
import { extrasOf, isOf } from './distribution.ts';

const maxJsonBytes = 128 * 2 ** 20;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);

/** `https://host/simple` has it below `https://host/pypi`; undefined for other URLs. */
const jsonBase = (index: string): string | undefined => {
  const url = new URL(index);
  if (!/\/simple\/?$/.test(url.pathname)) return undefined;
  url.pathname = url.pathname.replace(/\/simple\/?$/, '/pypi');
  return url.href;
};

/** The answer's metadata. Of old releases `requires_dist` is null, which says nothing. */
const parseAnswer = (
  body: string,
  wanted: { readonly name: string; readonly version: string },
): DistributionMetadata | undefined => {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return undefined;
  }
  const info = isRecord(answer) ? answer['info'] : undefined;
  if (!isRecord(info)) return undefined;
  const { name, version, requires_dist: requiresDist } = info;
  const { requires_python: python, provides_extra: provided } = info;
  if (!isText(name) || !isText(version) || !isTexts(requiresDist)) return undefined;
  if (!isOf({ name, version }, wanted)) return undefined;
  return {
    name,
    version,
    requiresDist,
    ...(isText(python) && python !== '' ? { requiresPython: python } : {}),
    extras: extrasOf(isTexts(provided) ? provided : [], requiresDist),
    // It is that of the first file that was uploaded, which need not be this one.
    reliable: false,
  };
};

/** Asks for the JSON of a release, then of the project. Undefined when it does not tell. Throws as `Http.get`. */
export const createJsonReader = (http: Http) => {
  const pages = createShared<string | undefined>({ keep: false });

  const get = (url: string): Promise<string | undefined> =>
    pages(url, async () => {
      const answer = await http.get(url, {
        accept: 'application/json',
        maxBytes: maxJsonBytes,
        small: true,
      });
      return answer.kind === 'found' ? answer.body.toString('utf8') : undefined;
    });

  return async (request: MetadataRequest): Promise<DistributionMetadata | undefined> => {
    const { index, name, version } = request;
    const base = jsonBase(index);
    if (base === undefined) return undefined;
    for (const path of [`${name}/${encodeURIComponent(version)}`, name]) {
      const body = await get(`${base}/${path}/json`);
      const found = body === undefined ? undefined : parseAnswer(body, request);
      if (found !== undefined) return found;
    }
    return undefined;
  };
};
