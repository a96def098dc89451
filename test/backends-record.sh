#!/usr/bin/env bash
# Fills fixtures/backends-cache anew from the registry: what test/builds/backends.test.ts solves and pins. The versions
# of build requirements are today's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/cache"
npx --no-install esbuild test/backends-record.ts --bundle --platform=node --format=esm --log-level=warning \
  --banner:js='import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' \
  --outfile="$work/record.mjs"
node "$work/record.mjs" "$work/cache" "$work/records"
bash test/record-cache.sh "$work/cache" fixtures/backends-cache "$work"/records/*.json
