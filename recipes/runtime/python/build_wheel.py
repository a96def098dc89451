"""Builds a wheel of the source tree in the current folder with its own backend (PEP 517).

usage: build_wheel.py FOLDER BACKEND [BACKEND_PATH ...]

pip stays out of it: it would copy the tree to a folder of another name at each build, and that
name ends in compiled files.
"""
import importlib
import os
import sys


def main(folder, backend, *backend_path):
    folder = os.path.abspath(folder)
    os.makedirs(folder)
    # The script's own folder is no place for a build to find modules.
    sys.path[:1] = [os.path.abspath(path) for path in backend_path]
    name, _, attribute = backend.partition(":")
    target = importlib.import_module(name)
    for part in filter(None, attribute.split(".")):
        target = getattr(target, part)
    sys.argv[:] = ["setup.py"]
    target.build_wheel(folder, {}, None)


if __name__ == "__main__":
    main(*sys.argv[1:])
