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


def explain_format(text):
    if FORMAT.search(text):
        yield (
            "its code does not compile with the hardening flag `format` (-Werror=format-security)",
            'hardening-disable = ["format"]',
            "",
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
    yield "libraries are missing (%s)" % wanted, "libraries = [%s]" % ", ".join(names), note


def main(log, name, libraries_file):
    with io.open(log, encoding="utf-8", errors="replace") as stream:
        text = stream.read()
    with io.open(libraries_file, encoding="utf-8") as stream:
        libraries = json.load(stream)
    for reason, rule, note in list(explain_format(text)) + list(explain_sonames(text, libraries)):
        print("error: %s cannot be built: %s" % (name, reason), file=sys.stderr)
        print("hint: add these lines to overrides.toml and run `convert` again:", file=sys.stderr)
        print('\n[[package]]\nname = "%s"\nnative = { %s }%s' % (name, rule, note), file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
