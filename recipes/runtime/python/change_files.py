"""Changes files of a folder as the rules of overrides.toml say.

usage: change_files.py FOLDER CHANGES

CHANGES is a JSON file: `edits` (`file`, `find`, `replace`, `required`), `remove` (`path`, `*` is part of
a name) and `create` (`path`, `text`), each with its `rule`. What is not found ends the build with the name of the
rule. Runs on CPython 2.7 to today's.
"""
from __future__ import print_function

import glob
import io
import json
import os
import shutil
import stat
import sys


def fail(rule, message, *values):
    sys.exit("error: %s %s" % (rule, message % values))


def inside(folder, path, rule):
    """The path below the folder; no link may lead out of it."""
    root = os.path.realpath(folder)
    target = os.path.join(root, *path.split("/"))
    if not (os.path.realpath(os.path.dirname(target)) + os.sep).startswith(root + os.sep):
        fail(rule, "names `%s`, which leads out of the package", path)
    return target


def lines_of(text, data):
    """The text as bytes, with the line ends of the file."""
    found = text.encode("utf-8")
    return found.replace(b"\n", b"\r\n") if b"\r\n" in data and b"\r\n" not in found else found


def edit(folder, change):
    rule, name = change["rule"], change["file"]
    path = inside(folder, name, rule)
    required = change.get("required", True)
    if os.path.islink(path) or not os.path.isfile(path):
        if required:
            fail(rule, "edits `%s`, which is not there", name)
        return
    with open(path, "rb") as stream:
        data = stream.read()
    find = lines_of(change["find"], data)
    if find not in data:
        if required:
            fail(rule, "edits `%s`, in which it does not find %s", name, json.dumps(change["find"]))
        return
    mode = os.stat(path).st_mode
    os.chmod(path, mode | stat.S_IWUSR)
    with open(path, "wb") as stream:
        stream.write(data.replace(find, lines_of(change["replace"], data)))
    os.chmod(path, mode)


def remove(folder, change):
    rule, name = change["rule"], change["path"]
    found = sorted(glob.glob(inside(folder, name.rstrip("/"), rule)))
    if not found:
        fail(rule, "removes `%s`, which is not there", name)
    for path in found:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)


def create(folder, change):
    rule, name = change["rule"], change["path"]
    path = inside(folder, name, rule)
    if os.path.lexists(path):
        fail(rule, "creates `%s`, which is there already; `edit` changes it", name)
    if not os.path.isdir(os.path.dirname(path)):
        os.makedirs(os.path.dirname(path))
    with io.open(path, "w", encoding="utf-8", newline="") as stream:
        stream.write(change["text"])


def main(folder, changes_file):
    with io.open(changes_file, encoding="utf-8") as stream:
        changes = json.load(stream)
    for action, name in ((edit, "edits"), (remove, "remove"), (create, "create")):
        for change in changes.get(name, []):
            action(folder, change)


if __name__ == "__main__":
    main(*sys.argv[1:])
