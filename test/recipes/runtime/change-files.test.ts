import { join } from 'node:path';
import { expect } from '@jest/globals';
import { readTree, type Tree, testOnPythons, withFolder, writeTree } from './support.ts';

const rule = 'the rule for `a` in overrides.toml';
const before: Tree = {
  'setup.py': 'one\ntwo\n+x',
  'dos.py': 'one\r\ntwo\r\n',
  'tests/a.py': '',
  'tests_b.py': '',
  link: '-> /tmp',
};

testOnPythons('files are edited, removed and created', async (python) => {
  await withFolder(async (folder) => {
    writeTree(join(folder, 'tree'), before);
    writeTree(folder, {
      'changes.json': JSON.stringify({
        edits: [
          { file: 'setup.py', find: 'one\ntwo', replace: 'drei', rule },
          { file: 'dos.py', find: 'one\ntwo', replace: 'ä\nö', rule },
          { file: 'none.py', find: 'x', replace: '', required: false, rule },
        ],
        remove: [{ path: 'tests*', rule }],
        create: [{ path: 'new/ü.py', text: 'ü\n', rule }],
      }),
    });
    const args = [join(folder, 'tree'), join(folder, 'changes.json')];
    expect(await python.run('change_files.py', args)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readTree(join(folder, 'tree'))).toEqual({
      'setup.py': 'drei\n+x',
      'dos.py': 'ä\r\nö\r\n',
      'new/ü.py': 'ü\n',
      link: '-> /tmp',
    });
  });
});

const faults: readonly [object, string][] = [
  [
    { edits: [{ file: 'none.py', find: 'x', replace: '', rule }] },
    'edits `none.py`, which is not there',
  ],
  [
    { edits: [{ file: 'setup.py', find: 'x', replace: '', rule }] },
    'edits `setup.py`, in which it does not find "x"',
  ],
  [{ remove: [{ path: 'none', rule }] }, 'removes `none`, which is not there'],
  [{ remove: [{ path: 'link/x', rule }] }, 'names `link/x`, which leads out of the package'],
  [
    { create: [{ path: 'setup.py', text: '', rule }] },
    'creates `setup.py`, which is there already; `edit` changes it',
  ],
  [
    { create: [{ path: 'link/x', text: '', rule }] },
    'names `link/x`, which leads out of the package',
  ],
];

testOnPythons('what finds nothing ends with the name of its rule', async (python) => {
  await withFolder(async (folder) => {
    writeTree(join(folder, 'tree'), before);
    const runs = faults.map(([changes], index) => {
      writeTree(folder, { [`${index}.json`]: JSON.stringify(changes) });
      return { args: [join(folder, 'tree'), join(folder, `${index}.json`)], cwd: folder };
    });
    const results = await python.runEach('change_files.py', runs);
    expect(results.map(({ message }) => message)).toEqual(
      faults.map(([, fault]) => `error: ${rule} ${fault}`),
    );
  });
});
