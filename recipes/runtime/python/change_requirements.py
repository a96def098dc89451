"""Changes what installed metadata requires, so that it agrees with what is installed beside it.

usage: change_requirements.py LIBRARY CHANGES

LIBRARY is a site-packages folder with one package; CHANGES is a JSON file: `add` (requirements), `remove`
(normalised names), `replace` (name -> requirement, which keeps the marker of the old one) and `specifiers` (name ->
specifier; extras and marker stay). METADATA (core metadata, `Requires-Dist`) and requires.txt of setuptools
are what pkg_resources and pip read. Runs on CPython 2.7 to today's.
"""
from __future__ import print_function

import io
import json
import os
import re
import sys

FIELD = re.compile(r"^Requires-Dist:\s*(.*?)\s*$", re.IGNORECASE)
PARTS = re.compile(r"^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*([^;]*?)\s*(?:;\s*(.*?)\s*)?$")
# The marker of a direct reference stands behind a blank, since a URL may hold `;`.
REFERENCE = re.compile(r"^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(@\s*\S+)(?:\s+;\s*(.*?)\s*)?$")


def split(text):
    match = REFERENCE.match(text) or PARTS.match(text)
    if match is None:
        return None
    name, extras, rest, marker = match.groups()
    return re.sub(r"[-_.]+", "-", name).lower(), name + (extras or ""), rest, marker


def join(head, marker):
    if not marker:
        return head
    return "%s%s; %s" % (head, " " if "@" in head else "", marker)


def changed(text, changes):
    """The requirement as it is to be; None when it goes."""
    parts = split(text)
    if parts is None:
        return text
    name, written, _, marker = parts
    if name in changes.get("remove", []):
        return None
    if name in changes.get("replace", {}):
        instead = split(changes["replace"][name])
        both = [each for each in (marker, instead[3]) if each]
        return join(
            instead[1] + (" " + instead[2] if instead[2].startswith("@") else instead[2]),
            both[0] if len(both) == 1 else " and ".join("(%s)" % each for each in both),
        )
    if name in changes.get("specifiers", {}):
        return join(written + changes["specifiers"][name], marker)
    return text


def change_metadata(text, changes):
    head, blank, body = text.partition("\n\n")
    lines = []
    for line in head.split("\n"):
        match = FIELD.match(line)
        requirement = changed(match.group(1), changes) if match else None
        if match is None:
            lines.append(line)
        elif requirement is not None:
            lines.append(line if requirement == match.group(1) else "Requires-Dist: " + requirement)
    while lines and not lines[-1]:
        lines.pop()
    lines += ["Requires-Dist: " + requirement for requirement in changes.get("add", [])]
    return "\n".join(lines) + (blank + body if blank else "\n")


def change_requires(text, changes):
    """requires.txt: sections in brackets are extras and markers; what stands before them always holds."""
    lines = list(changes.get("add", []))
    for line in text.split("\n"):
        if line.strip() and not line.lstrip().startswith("["):
            requirement = changed(line, changes)
            if requirement is None:
                continue
            line = requirement
        lines.append(line)
    return "\n".join(lines)


def main(library, changes_file):
    with io.open(changes_file, encoding="utf-8") as stream:
        changes = json.load(stream)
    for info in sorted(os.listdir(library)):
        if not info.endswith((".dist-info", ".egg-info")):
            continue
        for name, change in (("METADATA", change_metadata), ("PKG-INFO", change_metadata), ("requires.txt", change_requires)):
            path = os.path.join(library, info, name)
            if not os.path.isfile(path):
                continue
            with io.open(path, encoding="utf-8", errors="surrogateescape" if sys.version_info[0] > 2 else "strict") as stream:
                text = stream.read()
            with io.open(path, "w", encoding="utf-8", errors="surrogateescape" if sys.version_info[0] > 2 else "strict", newline="") as stream:
                stream.write(change(text, changes))


if __name__ == "__main__":
    main(*sys.argv[1:])
