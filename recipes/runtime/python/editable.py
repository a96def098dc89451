"""Makes a package whose modules are those of a live folder; the rest of it is as it was built.

usage: editable.py PACKAGE SOURCE PROJECT PATH FINDER OUT

PACKAGE was built from SOURCE, which is a copy of the live folder PATH of the project. PROJECT is
where the project is unless the environment variable LOCK2NIX_PROJECT says otherwise at run time.
Modules that the source lacks, since a build generated or compiled them, stay; FINDER, which is
`live_packages.py`, has the packages of the live folder find them. Runs on CPython 2.7 to today's.
"""
from __future__ import print_function

import filecmp
import os
import re
import shutil
import stat
import sys

LIBRARY = os.path.join("lib", "python%d.%d" % sys.version_info[:2], "site-packages")
MODULE = re.compile(r"\.(?:py|so|pyd)$")
# How a file of setuptools' namespaces says where it is itself, and for which package.
SITE_FOLDER = "sys._getframe(1).f_locals['sitedir']"
NAMESPACE = re.compile(r"\*\(u?'([^']+)'")
show = ascii if sys.version_info[0] > 2 else repr


def copy(source, target):
    """A copy that can be written to, whatever the modes of a store."""
    os.makedirs(target)
    for name in sorted(os.listdir(source)):
        old, new = os.path.join(source, name), os.path.join(target, name)
        if os.path.islink(old):
            os.symlink(os.readlink(old), new)
        elif os.path.isdir(old):
            copy(old, new)
        else:
            shutil.copyfile(old, new)
            os.chmod(new, 0o755 if os.stat(old).st_mode & stat.S_IXUSR else 0o644)


def modules_of(folder):
    """Names of what can be imported from a folder, and the folder or file of each."""
    for name in sorted(os.listdir(folder)):
        if os.path.isdir(os.path.join(folder, name)):
            if re.match(r"[A-Za-z_]\w*$", name) and name != "__pycache__":
                yield name
        elif name.endswith(".py"):
            yield name


def files_below(folder):
    for here, folders, files in os.walk(folder):
        for name in files:
            yield os.path.relpath(os.path.join(here, name), folder)


def likeness(built, found):
    """How many files of a module are the same in a folder of the source, and how many are there at all."""
    pairs = [(built, found)]
    if os.path.isdir(built):
        pairs = [(os.path.join(built, path), os.path.join(found, path)) for path in files_below(built)]
    there = [(one, other) for one, other in pairs if os.path.isfile(other)]
    return sum(1 for one, other in there if filecmp.cmp(one, other, shallow=False)), len(there)


def stays_whole(built, live):
    """A package whose `__init__.py` a build generated cannot be imported from elsewhere."""
    init = "__init__.py"
    return os.path.isfile(os.path.join(built, init)) and not os.path.isfile(os.path.join(live, init))


def find_live(built, source):
    """The folder of the source, relative to it, that a built module comes from; None without one.

    Of several the one that is most like it, then the shortest.
    """
    name = os.path.basename(built)
    ranked = []
    for here, folders, files in os.walk(source):
        if name not in (folders if os.path.isdir(built) else files):
            continue
        found = os.path.join(here, name)
        same, there = likeness(built, found)
        if there and not stays_whole(built, found):
            folder = os.path.relpath(here, source)
            ranked.append((-same, -there, folder != "." and folder.count(os.sep) + 1, folder))
    return min(ranked)[-1] if ranked else None


def remove_empty(folder):
    if os.path.isdir(folder) and not os.listdir(folder):
        os.rmdir(folder)


def remove_compiled(path):
    """The `.pyc` files of a module (PEP 3147, or beside it on Python 2)."""
    folder, name = os.path.split(path)
    cache = os.path.join(folder, "__pycache__")
    stem = name[: -len("py")]
    for compiled in os.listdir(cache) if os.path.isdir(cache) else ():
        if compiled.startswith(stem):
            os.unlink(os.path.join(cache, compiled))
    remove_empty(cache)
    if os.path.exists(path + "c"):
        os.unlink(path + "c")


def remove_live(built, live):
    """Removes what the live source has, and tells whether modules are left that only the build has."""
    if os.path.isfile(built):
        os.unlink(built)
        remove_compiled(built)
        return False
    if stays_whole(built, live):
        return True
    is_left = False
    for name in sorted(os.listdir(built)):
        inner, its_live = os.path.join(built, name), os.path.join(live, name)
        if os.path.isdir(inner):
            if name != "__pycache__":
                is_left = remove_live(inner, its_live) or is_left
        elif os.path.isfile(its_live):
            os.unlink(inner)
            if name.endswith(".py"):
                remove_compiled(inner)
        else:
            is_left = is_left or MODULE.search(name) is not None
    remove_empty(built)
    return is_left


def live_folder(project, path, folder):
    """A Python expression for a folder of the project."""
    inner = os.path.normpath(os.path.join(path, folder))
    return "os.path.abspath(os.path.join(os.environ.get('LOCK2NIX_PROJECT') or %s, %s))" % (show(project), show(inner))


def write(path, text):
    with open(path, "wb") as stream:
        stream.write(text.encode("ascii"))


def redirect_namespaces(library, folders):
    """Namespaces of setuptools are declared by `-nspkg.pth` files, for the folder that these lie in."""
    for name in os.listdir(library):
        if not name.endswith("-nspkg.pth"):
            continue
        path = os.path.join(library, name)
        with open(path, "rb") as stream:
            lines = stream.read().decode("ascii").splitlines()
        for index, line in enumerate(lines):
            match = NAMESPACE.search(line)
            if match is not None and match.group(1) in folders:
                lines[index] = line.replace(SITE_FOLDER, folders[match.group(1)])
        write(path, "\n".join(lines) + "\n")


def main(package, source, project, path, finder, out):
    copy(package, out)
    library = os.path.join(out, LIBRARY)
    folders, left = {}, []
    for name in list(modules_of(library)):
        folder = find_live(os.path.join(library, name), source)
        if folder is None:
            print("%s is not in the source: it stays as it was built" % name)
            continue
        folders[name] = live_folder(project, path, folder)
        if remove_live(os.path.join(library, name), os.path.join(source, folder, name)):
            left.append(name)
    redirect_namespaces(library, folders)
    lines = ["import os, sys; sys.path.append(%s)" % folder for folder in sorted(set(folders.values()))]
    if left:
        shutil.copyfile(finder, os.path.join(library, "_lock2nix_live_packages.py"))
        lines.append("import _lock2nix_live_packages; _lock2nix_live_packages.complete(%s)" % show(left))
    info = [name for name in sorted(os.listdir(library)) if name.endswith(".dist-info")][0]
    # Written anew when all is in place.
    record = os.path.join(library, info, "RECORD")
    if os.path.exists(record):
        os.unlink(record)
    if lines:
        write(os.path.join(library, info.partition("-")[0] + "-live.pth"), "\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
