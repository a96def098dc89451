"""Unpacks a source archive, or copies a source folder, to a new folder.

usage: unpack_source.py SOURCE FOLDER

The one folder that an archive holds becomes FOLDER, whatever its name. Runs on CPython 2.7 to
today's, since it is run by the interpreter that the package is built for.
"""
from __future__ import print_function

import os
import shutil
import stat
import sys
import tarfile
import zipfile

EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "315532800"))


def parts_of(name):
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts:
        sys.exit("error: the archive has a member outside its own folder: %r" % name)
    return parts


def write(path, stream, executable):
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        os.makedirs(folder)
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "wb") as target:
        shutil.copyfileobj(stream, target)
    os.chmod(path, 0o755 if executable else 0o644)


def from_zip(source, folder):
    with zipfile.ZipFile(source) as archive:
        for info in archive.infolist():
            path = os.path.join(folder, *parts_of(info.filename))
            if info.filename.endswith("/"):
                if not os.path.isdir(path):
                    os.makedirs(path)
                continue
            with archive.open(info) as stream:
                write(path, stream, (info.external_attr >> 16) & stat.S_IXUSR)


def link_inside(folder, path, target):
    resolved = os.path.normpath(os.path.join(os.path.dirname(path), target))
    if os.path.isabs(target) or not (resolved + os.sep).startswith(folder + os.sep):
        sys.exit("error: the archive has a link out of its own folder: %r" % target)
    if not os.path.isdir(os.path.dirname(path)):
        os.makedirs(os.path.dirname(path))
    os.symlink(target, path)


def from_tar(source, folder):
    with tarfile.open(source) as archive:
        for member in archive:
            path = os.path.join(folder, *parts_of(member.name))
            if member.isdir():
                if not os.path.isdir(path):
                    os.makedirs(path)
            elif member.issym():
                link_inside(folder, path, member.linkname)
            elif member.isfile() or member.islnk():
                write(path, archive.extractfile(member), member.mode & stat.S_IXUSR)


def unpack(source, folder):
    aside = os.path.abspath(folder + ".unpacked")
    os.makedirs(aside)
    if zipfile.is_zipfile(source):
        from_zip(source, aside)
    else:
        from_tar(source, aside)
    inside = os.listdir(aside)
    if len(inside) == 1 and os.path.isdir(os.path.join(aside, inside[0])):
        os.rename(os.path.join(aside, inside[0]), folder)
        os.rmdir(aside)
    else:
        os.rename(aside, folder)


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
