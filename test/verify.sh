#!/usr/bin/env bash
# `npm run verify`: everything that must hold, on a fresh clone too. Installs what is missing where it may, runs each step
# even when an earlier one failed, and ends with one line: `N passed, N failed, N skipped`.
# LOCK2NIX_REQUIRE=python3,nix,sandbox  what must not be missing (see docs/testing.md)
# LOCK2NIX_NO_INSTALL=1                 never call apt-get
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 70

work=$(mktemp -d "${TMPDIR:-/tmp}/lock2nix-verify-XXXXXX")
trap 'rm -rf "$work"' EXIT
steps=$work/steps
: >"$steps"

# step NAME COMMAND…: runs it, remembers how it ended.
step() {
  local name=$1 begin=$SECONDS
  shift
  echo "== $name"
  if "$@"; then
    echo "passed $name" >>"$steps"
  else
    echo "failed $name" >>"$steps"
    echo "== $name: failed"
  fi
  echo "== $name: $((SECONDS - begin)) s"
}

# Without Node or its packages nothing can be counted by the summary.
give_up() {
  echo "$1" >&2
  echo '0 passed, 1 failed, 0 skipped'
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
  [ -z "${LOCK2NIX_NO_INSTALL:-}" ] && command -v apt-get >/dev/null || return 1
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

# Program and the Debian package that has it.
wanted='nix-build:nix-bin patchelf:patchelf git:git xz:xz-utils bzip2:bzip2 unzip:unzip gcc:gcc g++:g++ ld:binutils
  make:make patch:patch awk:mawk curl:curl file:file'

host_tools() {
  local pair packages=()
  for pair in $wanted; do
    command -v "${pair%%:*}" >/dev/null || packages+=("${pair#*:}")
  done
  [ -e /usr/include/stdio.h ] || packages+=(libc6-dev)
  [ ${#packages[@]} -gt 0 ] || return 0
  packages+=(ca-certificates)
  if ! may_install; then
    echo "missing: ${packages[*]}; tests that need them are skipped by name. To install them, type:"
    echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages[*]}"
    return 0
  fi
  echo "installing ${packages[*]}"
  {
    as_root apt-get update -q &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${packages[@]}"
  } >"$work/apt.log" 2>&1 && return 0
  tail -n 20 "$work/apt.log"
  echo "apt-get could not install ${packages[*]}; tests that need them are skipped by name"
}

node_packages() {
  if [ -e node_modules/.package-lock.json ] && [ ! node_modules/.package-lock.json -ot package-lock.json ]; then return 0; fi
  npm ci --no-audit --no-fund && touch node_modules/.package-lock.json
}

jest_tests() {
  LOCK2NIX_COUNTS=$work/counts node --experimental-vm-modules --disable-warning=ExperimentalWarning \
    node_modules/jest/bin/jest.js --maxWorkers=2 --json --outputFile="$work/jest.json" "$@" 2>&1
  # Failing tests are counted one by one; here only a jest that wrote nothing is a failure.
  [ -s "$work/jest.json" ]
}

command -v node >/dev/null || give_up 'node is not installed: lock2nix needs Node 20.19 or newer'
echo '== node packages'
node_packages || give_up 'npm ci failed'
host_tools
step 'type check' npm run --silent typecheck
step 'lint' npm run --silent lint
step 'build' npm run --silent build
if [ -n "${LOCK2NIX_ALL:-}" ]; then
  source test/formatters.sh
  formatter_steps
fi
step 'jest' jest_tests "$@"
node test/verify-summary.mjs "$work/jest.json" "$steps" "$work/counts"
