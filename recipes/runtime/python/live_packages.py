"""Has packages that are imported from a live folder find what only their build has.

Compiled and generated modules stay in site-packages, where no `__init__.py` is beside them. A
finder (PEP 302, 451) adds that folder to the `__path__` of the package, before its code runs.
Installed by `editable.py` as `_lock2nix_live_packages`. Runs on CPython 2.7 to today's.
"""
import os
import sys

SITE = os.path.dirname(os.path.abspath(__file__))


def built_folder(name):
    return os.path.join(SITE, *name.split("."))


class Finder(object):
    def __init__(self, names):
        self.names = frozenset(names)

    def concerns(self, name):
        return name.partition(".")[0] in self.names and os.path.isdir(built_folder(name))

    def find_spec(self, name, path=None, target=None):
        if not self.concerns(name):
            return None
        from importlib.machinery import PathFinder

        spec = PathFinder.find_spec(name, path, target)
        # That of a namespace is no list, and has all its folders by itself.
        if spec is not None and isinstance(spec.submodule_search_locations, list):
            if built_folder(name) not in spec.submodule_search_locations:
                spec.submodule_search_locations.append(built_folder(name))
        return spec

    def find_module(self, name, path=None):
        """The same for Python 2."""
        if not self.concerns(name):
            return None
        import imp

        try:
            file, folder, (_, _, kind) = imp.find_module(name.rpartition(".")[2], path)
        except ImportError:
            return None
        if file is not None:
            file.close()
        init = os.path.join(folder, "__init__.py")
        return Loader(init) if kind == imp.PKG_DIRECTORY and os.path.isfile(init) else None


class Loader(object):
    def __init__(self, init):
        self.init = init

    def load_module(self, name):
        if name in sys.modules:
            return sys.modules[name]
        module = sys.modules[name] = type(sys)(name)
        module.__file__ = self.init
        module.__loader__ = self
        module.__package__ = name
        module.__path__ = [os.path.dirname(self.init), built_folder(name)]
        try:
            with open(self.init, "rb") as stream:
                # Text with its own line ends and declaration of an encoding.
                exec(compile(stream.read(), self.init, "exec", 0, True), module.__dict__)
        except BaseException:
            sys.modules.pop(name, None)
            raise
        return module


def complete(names):
    """`names` are packages of which some modules are built only."""
    sys.meta_path.insert(0, Finder(names))
