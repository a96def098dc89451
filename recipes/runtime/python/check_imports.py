"""Imports the top-level modules of packages, and says which of them fail.

usage: check_imports.py LIST

LIST is a file with the path of a package a line; which modules it has is read from its files, unless they stand
behind a tab.
Modules whose name starts with an underscore are parts of others and are left to them; so are those
that projects install by mistake, which need what only their developers have.
"""
from __future__ import print_function

import importlib
import io
import os
import re
import sys
import traceback

MISTAKES = ("benchmarks", "conftest", "docs", "examples", "setup", "test", "tests")
MODULE = re.compile(r"^([A-Za-z][A-Za-z0-9_]*)(?:\.py|(?:\.[A-Za-z0-9_-]+)*\.so)$")


def modules_of(package):
    library = os.path.join(package, "lib", "python%d.%d" % sys.version_info[:2], "site-packages")
    for name in sorted(os.listdir(library)) if os.path.isdir(library) else []:
        if os.path.isdir(os.path.join(library, name)):
            if os.path.isfile(os.path.join(library, name, "__init__.py")) and re.match(r"^[A-Za-z]\w*$", name):
                yield name
        else:
            match = MODULE.match(name)
            if match is not None:
                yield match.group(1)
    for name in packages_of_namespaces(library):
        yield name


def packages_of_namespaces(library):
    """`zope.interface`: what stands in the namespaces that a package declares (setuptools' namespace_packages)."""
    for info in sorted(os.listdir(library)) if os.path.isdir(library) else []:
        declared = os.path.join(library, info, "namespace_packages.txt")
        if info.endswith(".dist-info") and os.path.isfile(declared):
            with io.open(declared, encoding="utf-8") as stream:
                namespaces = [line.strip() for line in stream if re.match(r"^[A-Za-z][\w.]*$", line.strip())]
            for namespace in sorted(namespaces):
                folder = os.path.join(library, *namespace.split("."))
                for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
                    inner = os.path.isfile(os.path.join(folder, name, "__init__.py"))
                    if inner and name not in MISTAKES and re.match(r"^[A-Za-z]\w*$", name):
                        yield "%s.%s" % (namespace, name)


def main(list_file):
    with io.open(list_file, encoding="utf-8") as stream:
        packages = [line.rstrip("\r\n") for line in stream if line.strip()]
    failed = 0
    for line in packages:
        package, told, modules = line.partition("\t")
        for module in modules.split() if told else modules_of(package):
            if not told and module in MISTAKES:
                continue
            try:
                importlib.import_module(module)
                print("%s: ok" % module)
            except (Exception, SystemExit):
                failed += 1
                print("error: `import %s` fails in %s" % (module, os.path.basename(package)[33:]), file=sys.stderr)
                traceback.print_exc()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
