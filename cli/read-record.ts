import { basename, isAbsolute, normalize } from 'node:path';
import { isLock2nixError, Lock2nixError } from '../graph/errors.ts';
import { jsonShape } from '../graph/json-shape.ts';
import { parsePinnedGraph } from '../graph/parse.ts';
import type { PinnedGraph } from '../graph/types.ts';
import { graphInvalid } from '../graph/validate.ts';
import { quoted } from '../standards/quoted.ts';
import { isInside } from './output-view.ts';
import type { Place } from './place.ts';
import {
  type RecordContent,
  type RecordOptions,
  refuseNewerRecord,
  tryReadRecord,
} from './record.ts';
import { recordSchema } from './record-schema.ts';
import { isSpec } from './specs.ts';

/** A record as it stands in JSON, as far as its schema says. */
interface RecordJson {
  readonly lock2nix: string;
  readonly input: string | readonly string[];
  readonly inputs: Readonly<Record<string, string | null>>;
  readonly options: RecordOptions;
  readonly place: Place;
  readonly graph: {
    readonly target: {
      readonly python?: { readonly version: string; readonly fullVersion?: string };
      readonly platforms: readonly { readonly system: string; readonly libc?: string }[];
    };
  };
  readonly files: Readonly<Record<string, string>>;
}

/** A record that was read. Its graph is only known to be one after `graph()`. */
export interface RecordFile extends Omit<RecordContent, 'graph'> {
  /** What the recipe is for, as `--python` and `--systems` would say it. */
  readonly target: { readonly python: string | undefined; readonly systems: readonly string[] };
  /** Reads the graph. Throws GRAPH_INVALID with the hint. */
  readonly graph: (hint: string) => PinnedGraph;
}

export interface RecordPlace {
  /** As messages show it. */
  readonly shown: string;
  /** The next thing to do when it is damaged. */
  readonly hint: string;
}

const recordShape = jsonShape<RecordJson>(recordSchema);

const invalid = (fault: string, { shown, hint }: RecordPlace): Lock2nixError =>
  new Lock2nixError('RECORD_INVALID', `\`${shown}\` is no record that lock2nix wrote: ${fault}`, {
    hint,
    location: { file: shown },
  });

/** Steps upwards are what a lock may ask for (`../lib`), but each path has one form. */
const isRelative = (path: string): boolean =>
  path !== '.' &&
  !isAbsolute(path) &&
  !path.endsWith('/') &&
  normalize(path) === path &&
  !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(path);

/** What is wrong with an input: a file by its name, with a digest, or specs. */
const inputFault = ({ input, inputs }: RecordJson): string | undefined => {
  if (typeof input !== 'string') {
    const odd = input.find((spec) => !isSpec(spec));
    return odd === undefined ? undefined : `the input ${quoted(odd)} names no package`;
  }
  if (basename(input) !== input || !isRelative(input) || !isInside(input)) {
    return `the input ${quoted(input)} is no file name`;
  }
  if (typeof inputs[input] !== 'string') return `its input ${quoted(input)} has no digest`;
  return undefined;
};

/** What the schema cannot say: paths that leave their folder. */
const pathFault = (record: RecordJson): string | undefined => {
  const { inputs, place, files } = record;
  const fault = inputFault(record);
  if (fault !== undefined) return fault;
  const odd = Object.keys(inputs).find((path) => !isRelative(path));
  if (odd !== undefined) return `the input ${quoted(odd)} is no relative path`;
  const outside = [...Object.keys(files), ...place.exclude].find(
    (path) => !isRelative(path) || !isInside(path),
  );
  return outside === undefined ? undefined : `the path ${quoted(outside)} leads out of its folder`;
};

const optionNames = [
  'noCollection',
  'python',
  'systems',
  'preferWheels',
  'onlyBinary',
  'noBinary',
  'pre',
  'resolution',
  'excludeNewer',
  'indexUrl',
  'extraIndexUrl',
  'indexStrategy',
  'constraints',
] as const satisfies readonly (keyof RecordOptions)[];

/** What is known of them: the record is printed again from it. */
const readOptions = (options: RecordOptions): RecordOptions => {
  const known = optionNames.flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [[name, value]];
  });
  const { extras, groups, prefer, strict } = options;
  return { ...Object.fromEntries(known), extras, groups, prefer, strict };
};

const readPlace = ({ project, exclude }: Place): Place => ({
  ...(project === undefined ? {} : { project }),
  exclude,
});

const toMap = <Value>(object: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> =>
  new Map(Object.entries(object));

const readGraph = (json: unknown, { shown, hint }: RecordPlace): PinnedGraph => {
  try {
    const graph = parsePinnedGraph(json);
    if (graph.ecosystem === 'pypi') return graph;
    throw graphInvalid(`it is of ${graph.ecosystem}, and recipes are made for pypi only`);
  } catch (error) {
    if (!isLock2nixError(error)) throw error;
    throw new Lock2nixError('GRAPH_INVALID', `its graph is not valid: ${error.message}`, {
      cause: error,
      hint,
      location: { file: shown },
    });
  }
};

/**
 * Reads a record. Throws RECORD_INVALID for a text that is none, with the place as a JSON pointer
 * (RFC 6901), and RECORD_VERSION for one of a later form.
 */
export const parseRecord = (text: string, place: RecordPlace): RecordFile => {
  const json = tryReadRecord(text);
  if (json === undefined) throw invalid('it is no JSON object with `lock2nix`', place);
  refuseNewerRecord(json, place.shown);
  const shape = recordShape(json);
  if ('fault' in shape) {
    throw invalid(`${quoted(shape.pointer === '' ? '/' : shape.pointer)} ${shape.fault}`, place);
  }
  const { value } = shape;
  const fault = pathFault(value);
  if (fault !== undefined) throw invalid(fault, place);
  const { python, platforms } = value.graph.target;
  return {
    tool: value.lock2nix,
    input: value.input,
    inputs: toMap(value.inputs),
    options: readOptions(value.options),
    place: readPlace(value.place),
    files: toMap(value.files),
    target: {
      python: python?.fullVersion ?? python?.version,
      systems: platforms
        .map(({ system, libc }) => (libc === 'musl' ? `${system}-musl` : system))
        .sort(),
    },
    graph: (hint) => readGraph(value.graph, { shown: place.shown, hint }),
  };
};
