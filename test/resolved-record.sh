#!/usr/bin/env bash
# Fills fixtures/resolved-cache anew from the registry: what test/builds/resolved.test.ts finds and pins. The versions
# that nobody pins are today's; of listings only the releases that are used are kept.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node build.mjs "$work/dist"
cp -R fixtures/resolved "$work/resolved"
# convert NAME FOLDER ARGUMENT...
convert() {
  local name=$1 folder=$2
  shift 2
  mkdir -p "$work/resolved/$folder"
  (cd "$work/resolved/$folder" && node "$work/dist/convert.mjs" "$@" -o "$work/out/$name" --cache-dir "$work/cache" \
    --quiet --no-progress --systems x86_64-linux,aarch64-linux,x86_64-darwin,aarch64-darwin)
  cp "$work/out/$name/lock2nix.json" "$work/record-$name.json"
}
convert flask flask pypi:flask==3.0.3 --python 3.12
convert pyramid pyramid pypi:pyramid==1.10.4 --python 2.7
convert requirements requirements --python 3.12
convert project project --python 3.12 --extras table
bash test/record-cache.sh "$work/cache" fixtures/resolved-cache "$work"/record-*.json
