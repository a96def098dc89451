import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Heap } from '../../../resolvers/solver/heap.ts';

test('items come out in order, whatever the order in which they come in and out', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer(), fc.constant('out' as const))), (steps) => {
      const heap = new Heap<number>((a, b) => a - b);
      const model: number[] = [];
      for (const step of steps) {
        if (step === 'out') {
          heap.removeLeast();
          model.shift();
        } else {
          heap.add(step);
          model.push(step);
          model.sort((a, b) => a - b);
        }
        expect(heap.least).toBe(model[0]);
      }
    }),
  );
});
