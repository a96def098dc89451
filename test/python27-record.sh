#!/usr/bin/env bash
# Fills fixtures/python27-cache anew from the registry: all that the tests of Python 2.7 and of one environment on many
# interpreters ask for. Of the listings of build tools only the releases that are used are kept.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node build.mjs "$work/dist"
# convert FIXTURE PYTHON
convert() {
  rm -rf "$work/project"
  cp -R "fixtures/poetry/$1" "$work/project"
  node "$work/dist/convert.mjs" "$work/project" --cache-dir "$work/cache" --quiet --no-progress --python "$2" --no-collection
  cp "$work/project/nix/lock2nix/lock2nix.json" "$work/record-$1-$2.json"
}
convert python27-1.1 2.7
convert python27-1.0 2.7
for python in 2.7 3.8 3.11 3.12 3.13; do convert python27-and-3-1.1 "$python"; done
bash test/record-cache.sh "$work/cache" fixtures/python27-cache "$work"/record-*.json
