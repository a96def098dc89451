"""Builds a wheel of the source tree in the current folder with its own backend (PEP 517).

usage: build_wheel.py FOLDER BACKEND [BACKEND_PATH ...]

pip stays out of it: it would copy the tree to a folder of another name at each build, and that
name ends in compiled files.
"""
import importlib
import json
import os
import sys


def is_below(path, folders):
    return any((os.path.realpath(path) + os.sep).startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


def main(folder, backend, *backend_path):
    folder = os.path.abspath(folder)
    os.makedirs(folder)
    paths = [os.path.realpath(path) for path in backend_path]
    if not all(is_below(path, [os.path.realpath(".")]) for path in paths):
        sys.exit("error: backend-path leads out of the source tree: %s" % ", ".join(backend_path))
    # The script's own folder is no place for a build to find modules.
    sys.path[:1] = paths
    name, _, attribute = backend.partition(":")
    target = importlib.import_module(name)
    # PEP 517: with a backend-path, a backend of the same name from elsewhere is the wrong one.
    found = getattr(target, "__file__", None) or ""
    if paths and not is_below(found, paths):
        sys.exit("error: the backend %s is not in backend-path (%s) but %s" % (name, ", ".join(backend_path), found))
    for part in filter(None, attribute.split(".")):
        target = getattr(target, part)
    sys.argv[:] = ["setup.py"]
    # Of overrides.toml; a backend may change what it is given.
    settings = json.loads(os.environ.pop("LOCK2NIX_CONFIG_SETTINGS", "{}"))
    target.build_wheel(folder, settings, None)


if __name__ == "__main__":
    main(*sys.argv[1:])
