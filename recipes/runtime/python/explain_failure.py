"""Reads the log of a build that failed and, where it knows the failure, says what cures it.

usage: explain_failure.py LOG NAME LIBRARIES

LIBRARIES is a JSON file, soname -> nixpkgs attribute. Prints the lines for overrides.toml last, so that
they end the log. Runs on CPython 2.7 to today's.
"""
from __future__ import print_function

import io
import json
import re
import sys

# gcc; clang
FORMAT = re.compile(r"error: format (?:string is )?not a string literal")
# nixpkgs' auto-patchelf
SONAME = re.compile(r"could not satisfy dependency (\S+) wanted by (\S+)")

# The end of a traceback; Python 2 has no quotes.
MODULE = re.compile(r"^(?:\w+\.)*(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)'?\s*$", re.MULTILINE)
REQUIREMENTS = (
    # importlib.metadata; pkg_resources
    re.compile(r"PackageNotFoundError: (?:No package metadata was found for )?([\w.-]+)\s*$", re.MULTILINE),
    re.compile(r"DistributionNotFound: The '([^'\n]+)' distribution was not found"),
    # setuptools that fetches `setup_requires`: by easy_install until 42, by pip since
    re.compile(r"Could not find suitable distribution for Requirement\.parse\('([^'\n]+)'\)"),
    re.compile(r"'wheel', '--no-deps', '-w', '[^'\n]*', (?:'--quiet', )?'([^'\n]+)'\]"),
    # meson-python, scikit-build-core, build
    re.compile(r"[Mm]issing (?:build )?dependencies:\s+([\w.-]+(?:\[[\w,.-]+\])?(?: *[<>=!~]=?[^\s;]+)?)"),
)
# Where the distribution is not called as its module.
DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "attr": "attrs",
    "distutils": "setuptools",
    "flit": "flit-core",
    "jinja2": "jinja2",
    "mesonbuild": "meson",
    "mesonpy": "meson-python",
    "pkg_resources": "setuptools<82",
    "poetry": "poetry-core",
    "pdm": "pdm-backend",
    "setuptools_rust": None,
    "maturin": None,
    "skbuild": "scikit-build",
    "yaml": "pyyaml",
}

# Modules of Python 2, which nothing brings to a newer one.
PYTHON2 = (
    "BaseHTTPServer ConfigParser Cookie HTMLParser Queue SimpleHTTPServer SocketServer StringIO UserDict __builtin__ "
    "cPickle cStringIO commands cookielib exceptions htmlentitydefs httplib urllib2 urlparse xmlrpclib"
).split()

# meson; a shell; subprocess
PROGRAM = (
    re.compile(r"Program '?([\w.+-]+)'? not found"),
    re.compile(r"(?:^|: )([\w.+-]+): (?:command )?not found", re.MULTILINE),
    re.compile(r"No such file or directory: '([\w.+-]+)'"),
    re.compile(r"(?:Error: )?(pg_config|mysql_config) (?:executable )?not found"),
    re.compile(r"Did not find (pkg-config) by name"),
)
TOOLS = {
    "cmake": "cmake",
    "flex": "flex",
    "bison": "bison",
    "gfortran": "gfortran",
    "git": "git",
    "krb5-config": "libkrb5.dev",
    "mysql_config": "libmysqlclient.dev",
    "ninja": "ninja",
    "pg_config": "libpq.pg_config",
    "pkg-config": "pkg-config",
    "swig": "swig",
    "xml2-config": "libxml2.dev",
    "xslt-config": "libxslt.dev",
}
RUST = re.compile(r"can't find Rust compiler|(?:cargo|rustc)['\"]?: (?:command )?not found|No such file or directory: '(?:cargo|rustc)'")
GO = re.compile(r"go['\"]?: (?:command )?not found|No such file or directory: 'go'")


def explain_format(text):
    if FORMAT.search(text):
        yield (
            "its code does not compile with the hardening flag `format` (-Werror=format-security)",
            'native = { hardening-disable = ["format"] }',
        )


def explain_sonames(text, libraries):
    """One rule with the attributes of all that is missing; what no table knows is left to be filled in."""
    found = sorted(set(SONAME.findall(text)))
    sonames = sorted({soname for soname, _ in found})
    if not sonames:
        return
    known = sorted({libraries[soname] for soname in sonames if soname in libraries})
    unknown = [soname for soname in sonames if soname not in libraries]
    names = ['"%s"' % name for name in known] + ['"ATTRIBUTE"'] * min(len(unknown), 1)
    note = " # ATTRIBUTE: the attribute of nixpkgs that has %s" % ", ".join(unknown) if unknown else ""
    wanted = "; ".join("%s wants %s" % (path.rpartition("/")[2], soname) for soname, path in found)
    yield "libraries are missing (%s)" % wanted, "native = { libraries = [%s] }%s" % (", ".join(names), note)


def explain_toolchains(text):
    """What no line of overrides.toml cures."""
    for pattern, toolchain in ((RUST, "a Rust toolchain and vendored crates"), (GO, "a Go toolchain and vendored modules")):
        if pattern.search(text):
            yield "it needs %s, which recipes do not have; lock a version that has a wheel" % toolchain, None


def quoted(requirement):
    return '"%s"' % requirement.replace("\\", "").replace('"', "'")


def explain_requirements(text):
    """What the build would have installed, or imports without saying that it needs it."""
    for pattern in REQUIREMENTS:
        found = pattern.findall(text)
        if found:
            requirement = found[-1].strip()
            reason = "it requires `%s` to be built, which its source does not state in a way that can be read" % requirement
            return [(reason, "build = { requires = [%s] }" % quoted(requirement))]
    modules = MODULE.findall(text)
    if not modules:
        return []
    module = modules[-1]
    top = module.partition(".")[0]
    if top in PYTHON2 and sys.version_info[0] > 2:
        return [("it is written for Python 2 (it imports `%s`); take a newer version, or Python 2.7" % module, None)]
    distribution = DISTRIBUTIONS.get(top, top.lower().replace("_", "-"))
    if distribution is None:
        return []
    reason = "its build imports the module `%s`, which is not in its build environment" % module
    note = "" if top in DISTRIBUTIONS else " # the distribution that has the module"
    return [(reason, "build = { requires = [%s] }%s" % (quoted(distribution), note))]


def explain_programs(text):
    found = sorted({name for pattern in PROGRAM for name in pattern.findall(text) if name in TOOLS})
    if found:
        attributes = ", ".join('"%s"' % TOOLS[name] for name in found)
        yield "it calls %s, which is not in its build environment" % ", ".join("`%s`" % name for name in found), (
            "native = { tools = [%s] }" % attributes
        )


def main(log, name, libraries_file):
    with io.open(log, encoding="utf-8", errors="replace") as stream:
        text = stream.read()
    with io.open(libraries_file, encoding="utf-8") as stream:
        libraries = json.load(stream)
    known = list(explain_format(text)) + list(explain_sonames(text, libraries)) + list(explain_toolchains(text))
    # A guess: only where nothing else is known to be wrong.
    for reason, rule in known or explain_requirements(text) or explain_programs(text):
        print("error: %s cannot be built: %s" % (name, reason), file=sys.stderr)
        if rule is not None:
            print("hint: add these lines to overrides.toml and run `convert` again:", file=sys.stderr)
            print('\n[[package]]\nname = "%s"\n%s' % (name, rule), file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
