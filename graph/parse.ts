import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { pinnedGraphSchema } from './schema.ts';
import type { Environment, PackageId, PinnedGraph, PinnedPackage } from './types.ts';
import { graphInvalid, validateGraph } from './validate.ts';

/** A graph as it stands in JSON. */
interface GraphJson extends Omit<PinnedGraph, 'packages' | 'environments'> {
  readonly packages: Readonly<Record<string, PinnedPackage>>;
  readonly environments: Readonly<Record<string, Environment>>;
}

let compiled: ValidateFunction<GraphJson> | undefined;

/** Compiled when first asked for: it costs more than reading most graphs. */
const validator = (): ValidateFunction<GraphJson> => {
  compiled ??= new Ajv2020({ strict: true, ownProperties: true }).compile<GraphJson>(
    pinnedGraphSchema,
  );
  return compiled;
};

/** `must be integer`, with the values or the property that ajv leaves out of its message. */
const expectation = ({ keyword, message = 'is not valid', params }: ErrorObject): string => {
  if (keyword === 'enum') return `must be one of ${params['allowedValues'].join(', ')}`;
  if (keyword === 'additionalProperties') {
    return `must not have the property \`${params['additionalProperty'].slice(0, 100)}\``;
  }
  return message.replace(/'/g, '`');
};

const toMap = <Key extends string, Value>(
  object: Readonly<Record<string, Value>>,
): ReadonlyMap<Key, Value> =>
  new Map(
    Object.entries(object)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, value]) => [key as Key, value]),
  );

/**
 * The graph that `graphToJson` wrote, its maps by key. Throws GRAPH_INVALID for what the schema does
 * not allow, with its place as a JSON pointer (RFC 6901), and for what `validateGraph` refuses.
 */
export const parsePinnedGraph = (json: unknown): PinnedGraph => {
  const validate = validator();
  if (!validate(json)) {
    const [error] = validate.errors ?? [];
    const place = error?.instancePath === '' ? 'the graph' : `\`${error?.instancePath}\``;
    throw graphInvalid(`${place} ${error === undefined ? 'is not valid' : expectation(error)}`);
  }
  const graph: PinnedGraph = {
    ...json,
    packages: toMap<PackageId, PinnedPackage>(json.packages),
    environments: toMap<string, Environment>(json.environments),
  };
  validateGraph(graph);
  return graph;
};
