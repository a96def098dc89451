#!/usr/bin/env bash
# `npm run demo:record`: fills fixtures/demo-cache anew from the registry. Of the listings of build tools, which change
# from day to day, only the releases that are used are kept.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
npm run --silent build
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R fixtures/demo "$work/demo"
for python in 3.11 3.12 3.13; do
  for prefer in wheel sdist; do
    rm -rf "$work/out"
    node dist/convert.mjs "$work/demo" -o "$work/out" --cache-dir "$work/cache" --quiet --no-progress \
      --python "$python" --prefer "$prefer" --extras :all: --groups :all:
    cp "$work/out/lock2nix.json" "$work/record-$python-$prefer.json"
  done
done
bash test/record-cache.sh "$work/cache" fixtures/demo-cache "$work"/record-*.json
