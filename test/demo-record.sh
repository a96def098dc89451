#!/usr/bin/env bash
# `npm run demo:record`: fills fixtures/demo-cache anew from the registry. Entries of `listing` change from day to day and
# are not needed to convert a lock that has all its hashes, so they stay out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
npm run --silent build
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R fixtures/demo "$work/demo"
for python in 3.11 3.12 3.13; do
  for prefer in wheel sdist; do
    node dist/convert.mjs "$work/demo" -o "$work/out" --cache-dir "$work/cache" --quiet --no-progress \
      --python "$python" --prefer "$prefer" --extras :all: --groups :all:
  done
done
rm -rf fixtures/demo-cache "$work/cache/v1/listing" "$work/cache/v1/tmp"
cp -R "$work/cache" fixtures/demo-cache
find fixtures/demo-cache -type f | wc -l | xargs printf '%s entries recorded\n'
