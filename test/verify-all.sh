#!/usr/bin/env bash
# `npm run verify:all`: verify with the long parts, at present the formatters of `formatters.sh`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
LOCK2NIX_ALL=1 exec bash test/verify.sh "$@"
