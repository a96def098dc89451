import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type OutputContent, printOutput } from '../../cli/print-output.ts';
import { parseRecord } from '../../cli/read-record.ts';
import { isLock2nixError } from '../../graph/errors.ts';
import { fullGraph } from '../graph/make-graph.ts';
import { nixText, pinnedGraph } from '../recipes/arbitrary-graph.ts';

const content: OutputContent = {
  input: 'poetry.lock',
  inputs: new Map([
    ['poetry.lock', `sha256-${'A'.repeat(43)}=`],
    ['../lib/setup.py', null],
  ]),
  options: { python: '3.12', extras: [':all:'], groups: [], prefer: 'sdist', strict: true },
  place: { project: '../..', exclude: ['nix/lock2nix'] },
  graph: fullGraph,
};

test('what was printed is printed again from its own record', async () => {
  const printed = await printOutput(content);
  const record = parseRecord(printed.record, { shown: 'x', hint: '' });
  expect(record).toMatchObject({
    input: content.input,
    inputs: content.inputs,
    options: content.options,
    place: content.place,
  });
  expect(await printOutput({ ...record, graph: record.graph('') })).toEqual(printed);
});

test('the bytes do not depend on the order in which a graph was put together', async () => {
  await fc.assert(
    fc.asyncProperty(pinnedGraph(nixText()), async (graph) => {
      const reversed = {
        ...graph,
        packages: new Map([...graph.packages].reverse()),
        environments: new Map([...graph.environments].reverse()),
      };
      const [one, other] = await Promise.all(
        [graph, reversed].map((each) =>
          printOutput({ ...content, graph: each }).catch((error: unknown) => {
            if (isLock2nixError(error)) return error.code;
            throw error;
          }),
        ),
      );
      expect(other).toEqual(one);
    }),
    { numRuns: 200 },
  );
});
