"""Makes an environment: the interpreter copied, its standard library linked, packages merged.

usage: merge_env.py OUT PYTHON VERSION LIST

LIST is a file with the path of a package a line. A copied interpreter finds its prefix from where
it stands (CPython's getpath), so that sys.prefix, site-packages, .pth files and child processes
are right with no variables set. Runs on CPython 2.7 to today's.
"""
from __future__ import print_function

import ast
import io
import os
import re
import shutil
import stat
import subprocess
import sys

IGNORED = ("nix-support",)
NAMESPACE_MODULES = ("__future__", "pkg_resources", "pkgutil")
LITERAL = ast.Constant if sys.version_info >= (3, 8) else ast.Str


def files_of(package):
    """Relative paths of all that a package brings; links are not followed."""
    for here, folders, files in os.walk(package):
        folders.sort()
        links = [name for name in folders if os.path.islink(os.path.join(here, name))]
        if here == package:
            folders[:] = [name for name in folders if name not in IGNORED]
        for name in sorted(files + links):
            yield os.path.relpath(os.path.join(here, name), package)


def read(path):
    with open(path, "rb") as stream:
        return stream.read()


def same(paths):
    if any(os.path.islink(path) for path in paths):
        return len({os.path.realpath(path) for path in paths}) == 1
    first = read(paths[0])
    return all(read(path) == first for path in paths[1:])


def calls_namespace(node):
    """`extend_path(__path__, __name__)` or `declare_namespace(__name__)`, however it is reached."""
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = getattr(function, "attr", getattr(function, "id", ""))
    return name in ("extend_path", "declare_namespace")


def imports_namespace(node):
    if isinstance(node, ast.Import):
        return all(name.name in NAMESPACE_MODULES for name in node.names)
    return isinstance(node, ast.ImportFrom) and node.module in NAMESPACE_MODULES


def declares_only(statements):
    for statement in statements:
        if isinstance(statement, ast.Pass) or imports_namespace(statement):
            continue
        if isinstance(statement, ast.Expr) and (
            calls_namespace(statement.value) or isinstance(statement.value, LITERAL)
        ):
            continue
        if isinstance(statement, ast.Assign) and calls_namespace(statement.value):
            continue
        handlers = getattr(statement, "handlers", None)
        if handlers is not None and all(
            declares_only(body)
            for body in [statement.body, statement.orelse, getattr(statement, "finalbody", [])]
            + [handler.body for handler in handlers]
        ):
            continue
        return False
    return True


def is_namespace(path):
    """An `__init__.py` that does nothing but declare a namespace (pkgutil, pkg_resources, empty)."""
    try:
        return declares_only(ast.parse(read(path)).body)
    except (SyntaxError, ValueError, TypeError):
        return False


def source_of(path):
    """The `.py` that a `.pyc` was made of (PEP 3147, or beside it on Python 2)."""
    folder, name = os.path.split(path)
    if os.path.basename(folder) == "__pycache__":
        return os.path.join(os.path.dirname(folder), name.partition(".")[0] + ".py")
    return path[:-1]


def collisions_of_folders(owners):
    """Paths that are a file or link in one package, and a folder in another."""
    for path, candidates in sorted(owners.items()):
        parent = os.path.dirname(path)
        while parent:
            if parent in owners:
                yield parent, sorted(set(owners[parent] + candidates))
            parent = os.path.dirname(parent)


def merge(packages):
    """Relative path -> the one package it is taken from."""
    owners = {}
    for package in packages:
        for path in files_of(package):
            owners.setdefault(path, []).append(package)
    chosen = {}
    collisions = list(collisions_of_folders(owners))
    for path, candidates in sorted(owners.items()):
        if path.endswith(".pyc") and source_of(path) in owners:
            continue
        paths = [os.path.join(package, path) for package in candidates]
        chosen[path] = candidates[0]
        if len(candidates) == 1 or same(paths):
            continue
        if os.path.basename(path) == "__init__.py" and all(is_namespace(each) for each in paths):
            # The longest text declares the namespace for every importer; all of them share one folder.
            chosen[path] = max(candidates, key=lambda package: len(read(os.path.join(package, path))))
            continue
        collisions.append((path, candidates))
    for path, candidates in owners.items():
        source = source_of(path) if path.endswith(".pyc") else None
        if source in owners and chosen[source] in candidates:
            chosen[path] = chosen[source]
    return chosen, collisions


def label(package):
    return os.path.basename(package)[33:]


def refuse(collisions):
    for path, candidates in sorted(dict(collisions).items()):
        print("error: %d packages bring %s with differing content:" % (len(candidates), path), file=sys.stderr)
        for package in candidates:
            print("  %s (%s)" % (label(package), package), file=sys.stderr)
    sys.exit(1)


def link(target, path):
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        os.makedirs(folder)
    os.symlink(target, path)


def is_linked(out, folder, known):
    """Whether a folder of the environment (relative) is in truth the interpreter's, by a link to it."""
    if folder not in known:
        path = os.path.join(out, folder)
        known[folder] = folder != "" and (
            os.path.islink(path) or is_linked(out, os.path.dirname(folder), known)
        )
    return known[folder]


def check_free(out, chosen):
    """What the interpreter brings is never replaced, and its linked folders are not written into."""
    known = {}
    for path, package in sorted(chosen.items()):
        if os.path.lexists(os.path.join(out, path)) or is_linked(out, os.path.dirname(path), known):
            sys.exit("error: %s (%s) brings %s, which is the interpreter's own" % (label(package), package, path))


def place_script(source, path, python, out, version):
    """Scripts run by the environment's own interpreter, anything else in bin/ is linked."""
    data = read(source)
    match = re.match(br"#!" + re.escape(python.encode("utf-8")) + br"/bin/python[0-9.]*", data)
    if match is None:
        link(source, path)
        return
    if not os.path.isdir(os.path.dirname(path)):
        os.makedirs(os.path.dirname(path))
    shebang = b"#!" + os.path.join(out, "bin", "python" + version).encode("utf-8")
    with open(path, "wb") as stream:
        stream.write(shebang + data[match.end() :])
    os.chmod(path, 0o755)


def place_interpreter(out, python, version, used):
    name = "python" + version
    os.makedirs(os.path.join(out, "bin"))
    shutil.copyfile(os.path.join(python, "bin", name), os.path.join(out, "bin", name))
    os.chmod(os.path.join(out, "bin", name), 0o755)
    os.symlink(name, os.path.join(out, "bin", "python"))
    os.symlink(name, os.path.join(out, "bin", "python" + version.partition(".")[0]))
    library = os.path.join("lib", name)
    for entry in sorted(os.listdir(os.path.join(python, library))):
        # With the bytecode: in a store that nobody may write to, each start would compile it anew.
        if entry != "site-packages":
            link(os.path.join(python, library, entry), os.path.join(out, library, entry))
    for entry in sorted(os.listdir(os.path.join(python, "lib"))):
        if entry.startswith("libpython"):
            link(os.path.join(python, "lib", entry), os.path.join(out, "lib", entry))
    os.makedirs(os.path.join(out, library, "site-packages"))
    if not any(path.startswith("include" + os.sep) for path in used):
        link(os.path.join(python, "include"), os.path.join(out, "include"))
        return
    for folder in sorted(os.listdir(os.path.join(python, "include"))):
        for entry in sorted(os.listdir(os.path.join(python, "include", folder))):
            path = os.path.join("include", folder, entry)
            link(os.path.join(python, path), os.path.join(out, path))


def verify(out, version):
    """A wrapper in place of an interpreter would give another prefix: better told here than at run time."""
    program = os.path.join(out, "bin", "python" + version)
    said = subprocess.check_output([program, "-S", "-c", "import sys; sys.stdout.write(sys.prefix)"])
    prefix = said.decode("utf-8")
    if prefix != out:
        sys.exit("error: the copied interpreter takes %s for its prefix; pass a bare interpreter as `python`" % prefix)


def main(out, python, version, list_file):
    with io.open(list_file, encoding="utf-8") as stream:
        packages = [line.strip() for line in stream if line.strip()]
    chosen, collisions = merge(packages)
    if collisions:
        refuse(collisions)
    place_interpreter(out, python, version, chosen)
    check_free(out, chosen)
    for path, package in sorted(chosen.items()):
        source = os.path.join(package, path)
        target = os.path.join(out, path)
        if path.startswith("bin" + os.sep) and os.path.isfile(source) and os.stat(source).st_mode & stat.S_IXUSR:
            place_script(source, target, python, out, version)
        else:
            link(source, target)
    verify(out, version)


if __name__ == "__main__":
    main(*sys.argv[1:])
