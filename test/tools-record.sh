#!/usr/bin/env bash
# Fills fixtures/tools-cache anew from the registry: the build tools of projects that tests make up, for each Python
# that they may run with. Of the listings only the releases that are used are kept.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node build.mjs "$work/dist"
# convert PYTHON REQUIREMENT BACKEND
convert() {
  rm -rf "$work/project"
  mkdir "$work/project"
  printf '[build-system]\nrequires = ["%s"]\nbuild-backend = "%s"\n\n[project]\nname = "made-up"\nversion = "1"\n' \
    "$2" "$3" >"$work/project/pyproject.toml"
  node "$work/dist/convert.mjs" "$work/project" --cache-dir "$work/cache" --quiet --no-progress --python "$1" \
    --systems x86_64-linux,aarch64-linux
  cp "$work/project/nix/lock2nix/lock2nix.json" "$work/record-$1-$2.json"
}
for python in 2.7 3.11 3.12 3.13 3.14; do convert "$python" setuptools setuptools.build_meta; done
for python in 3.11 3.12 3.13 3.14; do convert "$python" poetry-core poetry.core.masonry.api; done
bash test/record-cache.sh "$work/cache" fixtures/tools-cache "$work"/record-*.json
