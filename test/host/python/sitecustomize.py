"""Like the file that nixpkgs puts into each interpreter: environments of `withPackages` are announced by variables."""
import os
import site
import sys

paths = os.environ.pop('NIX_PYTHONPATH', None)
executable = os.environ.pop('NIX_PYTHONEXECUTABLE', None)
prefix = os.environ.pop('NIX_PYTHONPREFIX', None)

if prefix:
    sys.prefix = sys.exec_prefix = prefix
    site.PREFIXES.insert(0, prefix)
if executable:
    sys.executable = executable
if paths:
    for path in paths.split(os.pathsep):
        site.addsitedir(path)
