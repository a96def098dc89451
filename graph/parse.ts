import { jsonShape } from './json-shape.ts';
import { pinnedGraphSchema } from './schema.ts';
import type { Environment, PackageId, PinnedGraph, PinnedPackage } from './types.ts';
import { graphInvalid, validateGraph } from './validate.ts';

/** A graph as it stands in JSON. */
interface GraphJson extends Omit<PinnedGraph, 'packages' | 'environments'> {
  readonly packages: Readonly<Record<string, PinnedPackage>>;
  readonly environments: Readonly<Record<string, Environment>>;
}

const graphShape = jsonShape<GraphJson>(pinnedGraphSchema);

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
  const shape = graphShape(json);
  if ('fault' in shape) {
    const place = shape.pointer === '' ? 'the graph' : `\`${shape.pointer}\``;
    throw graphInvalid(`${place} ${shape.fault}`);
  }
  const { value } = shape;
  const graph: PinnedGraph = {
    ...value,
    packages: toMap<PackageId, PinnedPackage>(value.packages),
    environments: toMap<string, Environment>(value.environments),
  };
  validateGraph(graph);
  return graph;
};
