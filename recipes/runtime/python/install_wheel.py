"""Installs a wheel (binary distribution format, PEP 427) into an empty prefix, in two steps.

usage: install_wheel.py unpack WHEEL OUT PYTHON
       install_wheel.py finish OUT PYTHON

`unpack` takes a wheel, or a folder with one wheel in it. Between the steps the builder may strip
and patch; `finish` compiles, and writes RECORD of what is then there. Runs on CPython 2.7 to today's.
"""
from __future__ import print_function

import base64
import csv
import hashlib
import io
import os
import py_compile
import re
import shutil
import stat
import sys
import zipfile

VERSION = "%d.%d" % sys.version_info[:2]
LIBRARY = os.path.join("lib", "python" + VERSION, "site-packages")
REFERENCE = re.compile(r"^\s*([A-Za-z_][\w.]*)\s*:\s*([A-Za-z_][\w.]*)\s*(?:\[.*\])?\s*$")
# A program's name: nothing that leads to another folder.
NAME = re.compile(r"^[^/\0\s.][^/\0]*$")
INFO = re.compile(r"^[^/]+\.dist-info/WHEEL$")
SCRIPT = """#!{python}
# -*- coding: utf-8 -*-
import sys

from {module} import {first}

if __name__ == "__main__":
    sys.exit({function}())
"""


def fail(message, *values):
    sys.exit("error: " + message % values)


def inside(folder, name):
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or "\\" in name or ".." in parts or not parts:
        fail("the wheel has a member outside its own folder: %r", name)
    return os.path.join(folder, *parts)


def target_of(out, info_folder, name):
    """Where a member of the wheel goes; `NAME.data/SCHEME/...` by its scheme."""
    distribution = info_folder[: -len(".dist-info")]
    first, _, rest = name.partition("/")
    if first != distribution + ".data":
        return inside(os.path.join(out, LIBRARY), name)
    scheme, _, rest = rest.partition("/")
    places = {
        "purelib": LIBRARY,
        "platlib": LIBRARY,
        "scripts": "bin",
        "headers": os.path.join("include", "python" + VERSION, distribution.partition("-")[0]),
        "data": "",
    }
    if scheme not in places:
        fail("the wheel has files of an unknown scheme: %r", name)
    return inside(os.path.join(out, places[scheme]), rest)


def write(path, data, executable):
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        os.makedirs(folder)
    with open(path, "wb") as stream:
        stream.write(data)
    os.chmod(path, 0o755 if executable else 0o644)


def entry_points(path):
    """Section, name and reference of each line. As importlib.metadata reads them: projects indent theirs."""
    section = None
    with io.open(path, encoding="utf-8", errors="replace") as stream:
        for line in (line.strip() for line in stream):
            if line.startswith("[") and line.endswith("]"):
                section = line[1:-1].strip()
            elif line and not line.startswith(("#", ";")):
                name, _, reference = line.partition("=")
                yield section, name.strip(), reference.strip()


def write_entry_points(path, out, python):
    """Console and GUI scripts (entry points specification)."""
    for section, name, reference in entry_points(path) if os.path.isfile(path) else ():
        if section not in ("console_scripts", "gui_scripts"):
            continue
        match = REFERENCE.match(reference)
        if match is None or not NAME.match(name):
            fail("the entry point %s = %s is not NAME = MODULE:FUNCTION", name, reference)
        module, function = match.groups()
        text = SCRIPT.format(python=python, module=module, first=function.partition(".")[0], function=function)
        write(os.path.join(out, "bin", name), text.encode("utf-8"), True)


def find_wheel(path):
    if not os.path.isdir(path):
        return path
    wheels = [name for name in os.listdir(path) if name.endswith(".whl")]
    if len(wheels) != 1:
        fail("the backend made %d wheels instead of one", len(wheels))
    return os.path.join(path, wheels[0])


def check_version(text):
    """The first number tells who can install a wheel (PEP 427); files of before say nothing."""
    match = re.search(r"^Wheel-Version:\s*(\d+)", text, re.MULTILINE)
    if match is not None and match.group(1) != "1":
        fail("the wheel is of version %s of its format; only version 1 is known", match.group(1))


def unpack(wheel, out, python):
    with zipfile.ZipFile(find_wheel(wheel)) as archive:
        names = archive.namelist()
        infos = sorted({name.partition("/")[0] for name in names if INFO.match(name)})
        if len(infos) != 1:
            fail("the wheel has %d .dist-info folders instead of one", len(infos))
        check_version(archive.read(infos[0] + "/WHEEL").decode("utf-8", "replace"))
        for info in archive.infolist():
            if info.filename.endswith("/"):
                continue
            path = target_of(out, infos[0], info.filename)
            script = os.path.dirname(path) == os.path.join(out, "bin")
            executable = script or (info.external_attr >> 16) & stat.S_IXUSR
            try:
                write(path, archive.read(info), executable)
            except EnvironmentError as error:
                fail("the wheel's member %r cannot be written: %s", info.filename, error)
    library = os.path.join(out, LIBRARY)
    write_entry_points(os.path.join(library, infos[0], "entry_points.txt"), out, python)
    for name in ("RECORD", "RECORD.jws", "RECORD.p7s"):
        if os.path.exists(os.path.join(library, infos[0], name)):
            os.unlink(os.path.join(library, infos[0], name))


def files_below(folder):
    for here, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            yield os.path.join(here, name)


def fix_shebang(path, python):
    """`#!python` of wheels and `#!/usr/bin/env python` become the interpreter itself."""
    with open(path, "rb") as stream:
        data = stream.read()
    match = re.match(br"#!\s*(?:/usr/bin/env\s+(?:-S\s+)?|/\S*/)?pythonw?[0-9.]*(?=[ \t\r\n])([^\r\n]*)\r?\n", data)
    if match is not None:
        write(path, b"#!" + python.encode("utf-8") + match.group(1) + b"\n" + data[match.end() :], True)


def compile_module(path, library):
    relative = os.path.relpath(path, library)
    # Python 2.7 puts the source's time into the file, and a store has but this one.
    os.utime(path, (1, 1))
    options = {}
    if hasattr(py_compile, "PycInvalidationMode"):
        options["invalidation_mode"] = py_compile.PycInvalidationMode.UNCHECKED_HASH
    try:
        py_compile.compile(path, dfile=relative, doraise=True, **options)
    except (py_compile.PyCompileError, SyntaxError, UnicodeDecodeError, ValueError):
        print("not compiled: %s" % relative)


def digest(path):
    with open(path, "rb") as stream:
        data = stream.read()
    encoded = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode("ascii")
    return "sha256=" + encoded, len(data)


def finish(out, python):
    library = os.path.join(out, LIBRARY)
    infos = [name for name in os.listdir(library) if os.path.isfile(os.path.join(library, name, "WHEEL"))]
    info = os.path.join(library, infos[0])
    write(os.path.join(info, "INSTALLER"), b"lock2nix\n", False)
    for path in list(files_below(out)):
        if not os.path.islink(path) and os.stat(path).st_mode & stat.S_IXUSR:
            fix_shebang(path, python)
        if path.endswith(".py") and path.startswith(library + os.sep):
            compile_module(path, library)
    for here, folders, files in os.walk(out):
        if not folders and not files:
            shutil.rmtree(here)
    record = os.path.join(info, "RECORD")
    rows = []
    for path in files_below(out):
        name = os.path.relpath(path, library).replace(os.sep, "/")
        rows.append((name, "", "") if path.endswith(".pyc") else (name,) + digest(path))
    rows.append((os.path.relpath(record, library).replace(os.sep, "/"), "", ""))
    if sys.version_info[0] > 2:
        stream = io.open(record, "w", newline="", encoding="utf-8")
    else:
        stream = open(record, "wb")
    with stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    {"unpack": unpack, "finish": finish}[sys.argv[1]](*sys.argv[2:])
