import { join } from 'node:path';
import { expect } from '@jest/globals';
import { readTree, testOnPythons, withFolder, writeTree } from './support.ts';

const metadata = `Metadata-Version: 2.1
Name: a
Version: 1.0
Requires-Dist: Zope.Interface[test] (>=4,<5) ; python_version < "3"
requires-dist: enum34; extra == 'old'
Requires-Dist: gevent>=1; sys_platform == 'linux'
Requires-Dist: direct @ https://example.org/direct.zip ; python_version < "3"
Requires-Dist: plain
License: MIT

Requires-Dist: enum34 is prose here.
Grüße.
`;

const changes = {
  add: ['six'],
  remove: ['enum34'],
  replace: {
    gevent: 'gevent>=1.4; python_version < "3"',
    direct: 'other @ https://example.org/o.zip',
  },
  specifiers: { 'zope-interface': '==3', plain: '>=2' },
};

testOnPythons('metadata and requires.txt say what rules say', async (python) => {
  await withFolder(async (folder) => {
    writeTree(folder, {
      'changes.json': JSON.stringify(changes),
      'library/a-1.0.dist-info/METADATA': metadata,
      'library/a.egg-info/requires.txt': 'plain\nenum34\n\n[x:python_version<"3"]\nGevent==1\n',
      'library/a/METADATA': metadata,
    });
    const { exitCode, stderr } = await python.run('change_requirements.py', [
      join(folder, 'library'),
      join(folder, 'changes.json'),
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(readTree(join(folder, 'library'))).toEqual({
      'a-1.0.dist-info/METADATA': `Metadata-Version: 2.1
Name: a
Version: 1.0
Requires-Dist: Zope.Interface[test]==3; python_version < "3"
Requires-Dist: gevent>=1.4; (sys_platform == 'linux') and (python_version < "3")
Requires-Dist: other @ https://example.org/o.zip ; python_version < "3"
Requires-Dist: plain>=2
License: MIT
Requires-Dist: six

Requires-Dist: enum34 is prose here.
Grüße.
`,
      'a.egg-info/requires.txt':
        'six\nplain>=2\n\n[x:python_version<"3"]\ngevent>=1.4; python_version < "3"\n',
      'a/METADATA': metadata,
    });
  });
});
