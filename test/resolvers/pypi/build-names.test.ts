import { expect, test } from '@jest/globals';
import { environmentLabel, environmentNames } from '../../../resolvers/pypi/build-names.ts';

test.each<[readonly string[], string]>([
  [[], 'bare'],
  [['setuptools 80.9.0', 'wheel 0.45.1'], 'setuptools-80'],
  [['wheel 0.45.1'], 'wheel-0'],
  [['poetry-core 2.2.1', 'setuptools 44.1.1', 'wheel 0.37.1'], 'poetry-core-2-setuptools-44'],
  [['setuptools-scm 1!8.0', 'hatchling 1.27.0'], 'hatchling-1-setuptools-scm-8'],
  [['e 5', 'd 4', 'c 3', 'b 2', 'a 1'], 'a-1-b-2-c-3-and-2'],
])('%j is called %s', (asked, label) => {
  const packages = asked.map((text) => {
    const [name = '', version = ''] = text.split(' ');
    return { name, version };
  });
  expect(environmentLabel(packages)).toBe(label);
  expect(environmentLabel([...packages].reverse())).toBe(label);
});

test('of several labels the shortest is the name, and what is called alike gets a suffix', () => {
  const names = environmentNames(
    new Map([
      ['0123456789', ['setuptools-80']],
      ['abcdef0123', ['hatchling-1-trove-2', 'hatchling-1']],
      ['fedcba9876', ['setuptools-80']],
    ]),
  );
  expect([...names.values()]).toEqual([
    'setuptools-80-012345',
    'hatchling-1',
    'setuptools-80-fedcba',
  ]);
});
