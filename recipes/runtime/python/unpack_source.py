"""Unpacks a source archive, or copies a source folder, to a new folder.

usage: unpack_source.py SOURCE FOLDER

The one folder that an archive holds becomes FOLDER, whatever its name; of several the one that has
more of a project's files than any other, since archives made on a Mac have stray ones. Runs on CPython 2.7 to
today's, since it is run by the interpreter that the package is built for.
"""
from __future__ import print_function

import os
import shutil
import stat
import sys
import tarfile
import zipfile
import zlib

PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", "PKG-INFO")
BROKEN = (
    tarfile.TarError,
    getattr(zipfile, "BadZipFile", None) or zipfile.BadZipfile,
    zlib.error,
    EOFError,
    IOError,
    # An encrypted zip file, or one of an unknown compression.
    RuntimeError,
)
EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "315532800"))


def fail(message, *values):
    sys.exit("error: " + message % values)


def parts_of(name):
    path = name.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or ".." in parts:
        fail("the archive has a member outside its own folder: %r", name)
    return parts


def make_folder(folder, parts, name):
    """Makes folders one in the other. None of them may be a link, which could lead anywhere."""
    path = folder
    for part in parts:
        path = os.path.join(path, part)
        if os.path.isdir(path) and not os.path.islink(path):
            continue
        if os.path.lexists(path):
            fail("the archive has a member below what is no folder: %r", name)
        os.mkdir(path)
    return path


def place(folder, name):
    """The free path of a file or link; a later member of a name replaces an earlier one."""
    parts = parts_of(name)
    if not parts:
        fail("the archive has a file without a name: %r", name)
    path = os.path.join(make_folder(folder, parts[:-1], name), parts[-1])
    if os.path.isdir(path) and not os.path.islink(path):
        fail("the archive has a member both as a file and as a folder: %r", name)
    if os.path.lexists(path):
        os.unlink(path)
    return path


def write(path, stream, executable):
    with open(path, "wb") as target:
        shutil.copyfileobj(stream, target)
    os.chmod(path, 0o755 if executable else 0o644)


def from_zip(source, folder):
    with zipfile.ZipFile(source) as archive:
        for info in archive.infolist():
            if info.filename.endswith(("/", "\\")):
                make_folder(folder, parts_of(info.filename), info.filename)
                continue
            with archive.open(info) as stream:
                write(place(folder, info.filename), stream, (info.external_attr >> 16) & stat.S_IXUSR)


def copy_hard_link(folder, member):
    """A hard link names an earlier member by its path in the archive."""
    target = os.path.join(folder, *parts_of(member.linkname))
    if os.path.realpath(target) != target or not os.path.isfile(target):
        fail("the archive has a hard link to what is no file in it: %r to %r", member.name, member.linkname)
    with open(target, "rb") as stream:
        data = stream.read()
    path = place(folder, member.name)
    with open(path, "wb") as stream:
        stream.write(data)
    os.chmod(path, 0o755 if member.mode & stat.S_IXUSR else 0o644)


def from_tar(source, folder):
    with tarfile.open(source) as archive:
        for member in archive:
            if member.isdir():
                make_folder(folder, parts_of(member.name), member.name)
            elif member.issym():
                os.symlink(member.linkname, place(folder, member.name))
            elif member.islnk():
                copy_hard_link(folder, member)
            elif member.isfile():
                write(place(folder, member.name), archive.extractfile(member), member.mode & stat.S_IXUSR)


def check_links(folder):
    root = os.path.realpath(folder)
    for here, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(here, name)
            if not os.path.islink(path):
                continue
            target = os.readlink(path)
            if os.path.isabs(target) or not (os.path.realpath(path) + os.sep).startswith(root + os.sep):
                fail("the archive has a link out of its own folder: %r to %r", os.path.relpath(path, root), target)


def is_zip(source):
    with open(source, "rb") as stream:
        return stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def find_project(aside):
    inside = [os.path.join(aside, name) for name in sorted(os.listdir(aside))]
    folders = [path for path in inside if os.path.isdir(path) and not os.path.islink(path)]
    if len(inside) == 1 and folders:
        return folders[0]

    def count(path):
        return sum(os.path.isfile(os.path.join(path, name)) for name in PROJECT_FILES)

    ranked = sorted([aside] + folders, key=count, reverse=True)
    return ranked[0] if len(ranked) == 1 or count(ranked[0]) > count(ranked[1]) else aside


def unpack(source, folder):
    aside = os.path.realpath(folder + ".unpacked")
    os.makedirs(aside)
    try:
        (from_zip if is_zip(source) else from_tar)(source, aside)
    except BROKEN as error:
        fail("%s cannot be unpacked: %s", os.path.basename(source), error)
    os.rename(find_project(aside), folder)
    shutil.rmtree(aside, ignore_errors=True)
    check_links(folder)


def main(source, folder):
    if os.path.isdir(source):
        shutil.copytree(source, folder, symlinks=True)
    else:
        unpack(source, folder)
    for here, folders, files in os.walk(folder):
        os.chmod(here, 0o755)
        for name in files:
            path = os.path.join(here, name)
            if not os.path.islink(path):
                os.chmod(path, 0o755 if os.stat(path).st_mode & stat.S_IXUSR else 0o644)
                # Times end up in the wheel, and a zip file knows none before 1980.
                os.utime(path, (EPOCH, EPOCH))


if __name__ == "__main__":
    main(*sys.argv[1:])
