#!/usr/bin/env bash
# usage: record-cache.sh CACHE FIXTURE RECORD...      puts what is worth keeping of a filled cache into fixtures/
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cache=$1
fixture=$2
shift 2
npx --no-install esbuild test/slim-cache.ts --bundle --platform=node --format=esm --log-level=warning \
  --outfile="$cache/slim.mjs"
rm -rf "$fixture"
node "$cache/slim.mjs" "$cache" "$fixture" "$@"
rm -rf "$fixture/v1/tmp"
find "$fixture" -type f | wc -l | xargs printf '%s entries recorded\n'
