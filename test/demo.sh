#!/usr/bin/env bash
# `npm run demo`: converts the bundled application offline, from the committed cache; where Nix is present, builds and
# runs it too, with nixpkgs when NIX_PATH has it and with the test package set otherwise.
# usage: demo.sh [FOLDER]      FOLDER gets the converted project (default: a temporary one, removed at the end)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v node >/dev/null; then
  echo 'node is not installed: lock2nix needs Node 20.19 or newer' >&2
  exit 1
fi
if [ ! -e node_modules/.package-lock.json ] || [ node_modules/.package-lock.json -ot package-lock.json ]; then
  npm ci --no-audit --no-fund
  touch node_modules/.package-lock.json
fi
npm run --silent build
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
npx --no-install esbuild test/demo.ts --bundle --platform=node --format=esm --log-level=warning \
  --outfile="$work/demo.mjs"
node "$work/demo.mjs" "$PWD" "${1:-$work/project}"
