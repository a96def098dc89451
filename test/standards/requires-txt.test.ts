import { expect, test } from '@jest/globals';
import { tryParseRequirement } from '../../standards/requirement.ts';
import { parseRequiresTxt } from '../../standards/requires-txt.ts';

test.each<[string, string, readonly string[], readonly string[]]>([
  ['empty', '', [], []],
  ['plain', 'a\nb>=1.0,<2\n\n', ['a', 'b>=1.0,<2'], []],
  ['an extra', '\n[Dev_Tools]\nc', ['c ; extra == "dev-tools"'], ['dev-tools']],
  ['an extra that asks for nothing', 'a\n[none]\n', ['a'], ['none']],
  ['a marker', '[:python_version < "3"]\nd', ['d ; python_version < "3"'], []],
  [
    'both',
    '[x:os_name == "nt" or os_name == "os2"]\ne>1',
    ['e>1 ; (os_name == "nt" or os_name == "os2") and (extra == "x")'],
    ['x'],
  ],
  [
    'a requirement with its own marker',
    'f ; os_name == "nt"\n[x]\ng;os_name == "nt"',
    ['f ; os_name == "nt"', 'g ; (os_name == "nt") and (extra == "x")'],
    ['x'],
  ],
  [
    'a URL, in which `;` and `#` belong to it',
    '[x]\nh @ https://h.example/h.zip;v=1#egg=h',
    ['h @ https://h.example/h.zip;v=1#egg=h ; extra == "x"'],
    ['x'],
  ],
  ['comments and line ends of Windows', '# all\r\na\r\n  b  # why\r\n', ['a', 'b'], []],
])('%s', (_, text, requiresDist, extras) => {
  const found = parseRequiresTxt(text);
  expect(found).toEqual({ requiresDist, extras });
  expect(found.requiresDist.map(tryParseRequirement)).not.toContain(undefined);
});
