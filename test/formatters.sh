# Sourced by verify.sh for `verify:all`: nixfmt must leave our Nix text unchanged and deadnix must report nothing.
# The versions are pinned and built by cargo into a cache folder.

formatters=${LOCK2NIX_FORMATTERS:-${XDG_CACHE_HOME:-$HOME/.cache}/lock2nix-formatters}

# The Nix files to look at, one a line. A part with further recipes adds its `find` here.
nix_files() {
  find fixtures -path '*/expected*' -name '*.nix'
  find recipes -name '*.nix'
  find "$work/demo" "$work/python27" -name '*.nix'
}

# Converts the bundled applications into $work/demo and $work/python27.
convert_demo() {
  node dist/convert.mjs fixtures/demo -o "$work/demo" --offline --cache-dir fixtures/demo-cache --quiet &&
    node dist/convert.mjs fixtures/poetry/python27-1.1 -o "$work/python27" --offline --cache-dir fixtures/python27-cache \
      --python 2.7 --quiet
}

# install_formatter CRATE VERSION BINARY
install_formatter() {
  local crate=$1 version=$2 binary=$3
  if [ -x "$formatters/$crate-$version/bin/$binary" ]; then return 0; fi
  if ! command -v cargo >/dev/null; then
    echo "cargo is not installed, and $crate $version is built by it; type: sudo apt-get install -y cargo, or use https://rustup.rs"
    return 1
  fi
  cargo install --quiet --locked --root "$formatters/$crate-$version" "$crate" --version "$version"
}

run_nixfmt() {
  install_formatter nixfmt_rs 0.5.3 nixfmt || return 1
  nix_files | xargs -r -d '\n' "$formatters/nixfmt_rs-0.5.3/bin/nixfmt" --check
}

run_deadnix() {
  install_formatter deadnix 1.3.1 deadnix || return 1
  nix_files | xargs -r -d '\n' "$formatters/deadnix-1.3.1/bin/deadnix" --fail
}

formatter_steps() {
  step 'convert for the formatters' convert_demo
  step 'nixfmt' run_nixfmt
  step 'deadnix' run_deadnix
}
