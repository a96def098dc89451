"""Makes the .pyc files below a folder fit sources whose mtime is 1; removes those that did not fit before. 2.7 and 3.x.

`_sysconfigdata*.py`, which was edited, is compiled anew: else each program that reads it would write into the store.
"""
from __future__ import print_function

import os
import py_compile
import struct
import sys


def source_of(path):
    folder, name = os.path.split(path)
    if os.path.basename(folder) == '__pycache__':
        return os.path.join(os.path.dirname(folder), name.split('.')[0] + '.py')
    return path[:-1]


def retime(path):
    # 2.7: magic, mtime. 3.3: + size. 3.7: magic, flags, mtime, size.
    offset = 8 if sys.version_info >= (3, 7) else 4
    source = source_of(path)
    if not os.path.exists(source):
        return False
    with open(path, 'r+b') as file:
        header = file.read(16)
        if offset == 8 and struct.unpack('<I', header[4:8])[0] != 0:
            return True
        if struct.unpack('<I', header[offset : offset + 4])[0] != int(os.stat(source).st_mtime):
            return False
        file.seek(offset)
        file.write(struct.pack('<I', 1))
    return True


kept = removed = 0
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith(('.pyc', '.pyo')):
            path = os.path.join(folder, name)
            if '.opt-' in name or name.endswith('.pyo') or not retime(path):
                os.unlink(path)
                removed += 1
            else:
                kept += 1
for name in os.listdir(sys.argv[1]):
    if name.startswith('_sysconfigdata') and name.endswith('.py'):
        source = os.path.join(sys.argv[1], name)
        os.utime(source, (1, 1))
        py_compile.compile(source, doraise=True)
print('kept %d compiled files, removed %d' % (kept, removed))
