"""Reads the log of a build that failed and, where it knows the failure, says what cures it.

usage: explain_failure.py LOG NAME

Prints the lines for overrides.toml last, so that they end the log. Runs on CPython 2.7 to today's.
"""
from __future__ import print_function

import io
import re
import sys

# What a log says, why that is, and the override that cures it.
KNOWN = (
    (
        # gcc; clang
        re.compile(r"error: format (?:string is )?not a string literal"),
        "its code does not compile with the hardening flag `format` (-Werror=format-security)",
        'native = { hardening-disable = ["format"] }',
    ),
)


def main(log, name):
    with io.open(log, encoding="utf-8", errors="replace") as stream:
        text = stream.read()
    for pattern, reason, rule in KNOWN:
        if pattern.search(text):
            print("error: %s cannot be built: %s" % (name, reason), file=sys.stderr)
            print("hint: add these lines to overrides.toml and run `convert` again:", file=sys.stderr)
            print('\n[[package]]\nname = "%s"\n%s' % (name, rule), file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
