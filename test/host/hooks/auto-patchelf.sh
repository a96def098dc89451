# A strict stand-in for nixpkgs' autoPatchelfHook: each soname that an ELF file needs is glibc's, in the output itself, or in
# a `lib` folder of the inputs; otherwise the build ends with nixpkgs' words.

declare -a autoPatchelfLibs=() extraAutoPatchelfLibs=()

_gatherLibraries() {
  if [ -d "$1/lib" ]; then autoPatchelfLibs+=("$1/lib"); fi
}
addEnvHooks "${targetOffset:-0}" _gatherLibraries

addAutoPatchelfSearchPath() {
  local folder
  for folder in "$@"; do
    case $folder in
      --no-recurse | --) ;;
      *) extraAutoPatchelfLibs+=("$folder") ;;
    esac
  done
}

# glibc's own; libcrypt, libnsl and libgcc_s are not.
_isLibc() {
  case $1 in
    ld-linux*.so.* | libc.so.6 | libm.so.6 | libmvec.so.1 | libdl.so.2 | libpthread.so.0 | librt.so.1 | libutil.so.1 | libresolv.so.2 | libanl.so.1 | libBrokenLocale.so.1 | libthread_db.so.1) return 0 ;;
  esac
  return 1
}

_machine() { LC_ALL=C readelf -h "$1" 2>/dev/null | sed -n 's/^ *\(Class\|Machine\): *//p' | tr '\n' ' '; }

_ignoredDependency() {
  local pattern
  for pattern in ${autoPatchelfIgnoreMissingDeps[*]}; do
    # shellcheck disable=SC2053 # the pattern is meant as one
    if [ "$pattern" = 1 ] || [[ $1 == $pattern ]]; then return 0; fi
  done
  return 1
}

# autoPatchelf [--no-recurse] [--] PATH…: looks up, sets interpreter and run path, fails on what is missing.
autoPatchelf() {
  local paths=() argument file folder soname found missing=0 own
  for argument in "$@"; do
    case $argument in
      --no-recurse | --) ;;
      *) paths+=("$argument") ;;
    esac
  done
  own=$(_machine "@bash@/bin/bash")
  local -A byName=()
  for folder in "${paths[@]}" "${extraAutoPatchelfLibs[@]}"; do
    while IFS= read -r -d '' file; do
      soname=$(basename "$file")
      if [ -z "${byName[$soname]:-}" ] && isELF "$file"; then byName[$soname]=$(dirname "$file"); fi
    done < <(find "$folder" \( -type f -o -type l \) -name '*.so*' -print0 | sort -z)
  done
  for folder in "${autoPatchelfLibs[@]}"; do
    for file in "$folder"/*.so*; do
      soname=$(basename "$file")
      if [ -e "$file" ] && [ -z "${byName[$soname]:-}" ]; then byName[$soname]=$folder; fi
    done
  done

  echo "automatically fixing dependencies for ELF files"
  while IFS= read -r -d '' file; do
    if ! isELF "$file"; then continue; fi
    if [ "$(_machine "$file")" != "$own" ]; then
      echo "skipping $file because its architecture differs from target"
      continue
    fi
    if ! patchelf --print-needed "$file" >/dev/null 2>&1; then
      echo "skipping $file because it is statically linked"
      continue
    fi
    if patchelf --print-interpreter "$file" >/dev/null 2>&1; then
      patchelf --set-interpreter "@dynamicLinker@" "$file"
    fi
    local -a runPath=()
    for folder in ${runtimeDependencies[*]}; do runPath+=("$folder/lib"); done
    while read -r soname; do
      if [ -z "$soname" ] || [ "${soname#/}" != "$soname" ] || _isLibc "$soname"; then continue; fi
      found=${byName[$soname]:-}
      if [ -n "$found" ]; then
        if [[ " ${runPath[*]} " != *" $found "* ]]; then runPath+=("$found"); fi
        echo "    $soname -> found: $found"
      elif _ignoredDependency "$soname"; then
        echo "warn: auto-patchelf ignoring missing $soname wanted by $file"
      else
        echo "error: auto-patchelf could not satisfy dependency $soname wanted by $file" >&2
        missing=1
      fi
    done < <(patchelf --print-needed "$file")
    for folder in ${appendRunpaths[*]}; do runPath+=("$folder"); done
    if [ ${#runPath[@]} -gt 0 ]; then
      local joined
      joined=$(IFS=:; echo "${runPath[*]}")
      patchelf --set-rpath "$joined" "$file"
    fi
  done < <(find "${paths[@]}" -type f -print0 | sort -z)

  if [ "$missing" = 1 ]; then
    echo 'auto-patchelf failed to find all the required dependencies.' >&2
    echo 'Add the missing dependencies to --libs or use `--ignore-missing="foo.so.1 bar.so etc.so"`.' >&2
    exit 1
  fi
}

autoPatchelfPostFixup() {
  if [ -n "${dontAutoPatchelf:-}" ]; then return; fi
  local name existing=()
  for name in "${outputNames[@]}"; do
    if [ -e "${!name}" ]; then existing+=("${!name}"); fi
  done
  autoPatchelf -- "${existing[@]}"
}
postFixupHooks+=(autoPatchelfPostFixup)
