import type { PinnedGraph } from './types.ts';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

const sortedObject = (entries: Iterable<readonly [string, unknown]>): JsonValue =>
  // `fromEntries` defines properties, so that `__proto__` is a key like any other.
  Object.fromEntries(
    [...entries]
      .filter(([, value]) => value !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, value]) => [key, toJson(value)]),
  );

const toJson = (value: unknown): JsonValue => {
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) return sortedObject(value);
  if (typeof value === 'object' && value !== null) return sortedObject(Object.entries(value));
  return value as JsonValue;
};

/** A graph as JSON: maps are objects, keys are sorted, nothing is undefined. Read by `parsePinnedGraph`. */
export const graphToJson = (graph: PinnedGraph): JsonValue => toJson(graph);

/** JSON text whose bytes depend on the value alone: sorted keys, two spaces, a newline at the end. */
export const formatJson = (value: JsonValue): string =>
  `${JSON.stringify(toJson(value), null, 2)}\n`;
