"""Makes an environment: the interpreter copied, its standard library linked, packages merged.

usage: merge_env.py OUT PYTHON VERSION MANIFEST

MANIFEST is a JSON file: `packages`, each with `name`, `version` and `path`, and the rules `collisions`
(`path`, a pattern; `keep`, a package, or `dropFrom`, several). A copied interpreter finds its prefix from where
it stands (CPython's getpath), so that sys.prefix, site-packages, .pth files and child processes
are right with no variables set. Runs on CPython 2.7 to today's.
"""
from __future__ import print_function

import ast
import io
import json
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


def matcher(pattern):
    """`*` stands for part of a name, `**` for any number of folders."""
    parts = re.split(r"(\*\*/?|\*|\?)", pattern)
    meaning = {"**": ".*", "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(part, re.escape(part)) for part in parts) + r"\Z").match


class Rules(object):
    """The `[[collision]]` rules of overrides.toml; of several that match, the last one decides."""

    def __init__(self, rules):
        self.rules = [(matcher(rule["path"]), rule.get("keep"), rule.get("dropFrom") or ()) for rule in rules]

    def left(self, path, candidates):
        # A compiled file goes with its source: Python 2.7 would import it alone.
        source = source_of(path) if path.endswith(".pyc") else path
        dropped = {name for matches, _, names in self.rules if matches(path) or matches(source) for name in names}
        return [package for package in candidates if package["name"] not in dropped]

    def kept(self, path, candidates):
        named = {package["name"]: package for package in candidates}
        kept = [named[keep] for matches, keep, _ in self.rules if keep in named and matches(path)]
        return kept[-1] if kept else None


def find_owners(packages, rules):
    """Relative path -> the packages that bring it, as the rules leave them."""
    owners = {}
    for package in packages:
        for path in files_of(package["path"]):
            owners.setdefault(path, []).append(package)
    left = ((path, rules.left(path, candidates)) for path, candidates in owners.items())
    return {path: candidates for path, candidates in left if candidates}


def decide(path, candidates, rules):
    """The package whose file is taken; None when nothing decides."""
    paths = [os.path.join(package["path"], path) for package in candidates]
    if len(candidates) == 1 or same(paths):
        return candidates[0]
    kept = rules.kept(path, candidates)
    if kept is None and os.path.basename(path) == "__init__.py" and all(is_namespace(each) for each in paths):
        # The longest text declares the namespace for every importer; all of them share one folder.
        return max(candidates, key=lambda package: len(read(os.path.join(package["path"], path))))
    return kept


def file_above(path, owners):
    """The file of another package that stands where this one needs a folder."""
    folder = os.path.dirname(path)
    while folder and folder not in owners:
        folder = os.path.dirname(folder)
    return folder


def merge(packages, rules):
    """Relative path -> the one package it is taken from; and path -> packages where nothing decides."""
    owners = find_owners(packages, rules)
    chosen = {}
    collisions = {}
    for path, candidates in sorted(owners.items()):
        if path.endswith(".pyc") and source_of(path) in owners:
            continue
        above = file_above(path, owners)
        if above:
            known = collisions.setdefault(above, list(owners[above]))
            known.extend(package for package in candidates if package not in known)
            continue
        decided = decide(path, candidates, rules)
        chosen[path] = decided or candidates[0]
        if decided is None:
            collisions[path] = candidates
    for path, candidates in owners.items():
        source = source_of(path) if path.endswith(".pyc") else None
        if source in chosen and chosen[source] in candidates:
            chosen[path] = chosen[source]
    return chosen, collisions


def pattern_of(paths):
    """One path as a rule has it, or the folder that several lie in."""
    common = os.path.commonprefix([path.split("/") for path in paths])
    text = "/".join(common) + ("" if len(paths) == 1 else "/**")
    return re.sub(r"\Alib/python[0-9.]+/", "lib/python*/", text)


def groups_of(collisions):
    """Collisions of the same packages in the same top folder are decided by one rule."""
    groups = {}
    for path, candidates in sorted(collisions.items()):
        parts = path.split("/")
        top = "/".join(parts[:4] if parts[0] == "lib" and len(parts) > 4 else parts)
        key = (tuple(package["name"] for package in candidates), top)
        groups.setdefault(key, (candidates, []))[1].append(path)
    return [groups[key] for key in sorted(groups)]


def refuse(collisions):
    say = lambda text="": print(text, file=sys.stderr)
    rules = []
    for candidates, paths in groups_of(collisions):
        say("error: %d packages bring %s with differing content:" % (len(candidates), paths[0]))
        for path in paths[1:5]:
            say("       and %s" % path)
        if len(paths) > 5:
            say("       and %d more files" % (len(paths) - 5))
        for package in candidates:
            say("  %s %s (%s)" % (package["name"], package["version"], package["path"]))
        names = [package["name"] for package in candidates]
        others = " or ".join('"%s"' % name for name in names[1:])
        choice = 'keep = "%s" # or %s' % (names[0], others)
        if any(os.path.isdir(os.path.join(package["path"], paths[0])) for package in candidates):
            choice = 'drop-from = ["%s"]' % names[0]
        rules.append('[[collision]]\npath = "%s"\n%s' % (pattern_of(paths), choice))
    say("hint: add to overrides.toml, then run `convert` again:")
    for rule in rules:
        say("\n" + rule)
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
            owner = "%s %s (%s)" % (package["name"], package["version"], package["path"])
            sys.exit("error: %s brings %s, which is the interpreter's own" % (owner, path))


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


def load(path):
    with io.open(path, encoding="utf-8") as stream:
        manifest = json.load(stream)
    text = str if sys.version_info[0] > 2 else lambda value: value.encode("utf-8")
    packages = [{text(key): text(value) for key, value in package.items()} for package in manifest["packages"]]
    return packages, Rules(manifest["collisions"])


def main(out, python, version, manifest):
    packages, rules = load(manifest)
    chosen, collisions = merge(packages, rules)
    if collisions:
        refuse(collisions)
    place_interpreter(out, python, version, chosen)
    check_free(out, chosen)
    for path, package in sorted(chosen.items()):
        source = os.path.join(package["path"], path)
        target = os.path.join(out, path)
        if path.startswith("bin" + os.sep) and os.path.isfile(source) and os.stat(source).st_mode & stat.S_IXUSR:
            place_script(source, target, python, out, version)
        else:
            link(source, target)
    verify(out, version)


if __name__ == "__main__":
    main(*sys.argv[1:])
