#!/usr/bin/env bash
# Fills fixtures/python27-cache anew from the registry: all that the tests of Python 2.7 and of one environment on many
# interpreters ask for. Entries of `listing` change from day to day and are not needed for locks that name their files.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node build.mjs "$work/dist"
# convert FIXTURE PYTHON
convert() {
  rm -rf "$work/project"
  cp -R "fixtures/poetry/$1" "$work/project"
  node "$work/dist/convert.mjs" "$work/project" --cache-dir "$work/cache" --quiet --no-progress --python "$2"
}
convert python27-1.1 2.7
convert python27-1.0 2.7
for python in 2.7 3.8 3.11 3.12 3.13; do convert python27-and-3-1.1 "$python"; done
rm -rf fixtures/python27-cache "$work/cache/v1/listing" "$work/cache/v1/tmp"
cp -R "$work/cache" fixtures/python27-cache
find fixtures/python27-cache -type f | wc -l | xargs printf '%s entries recorded\n'
