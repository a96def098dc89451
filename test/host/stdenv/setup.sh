# An imitation of nixpkgs' generic builder: phases, hooks, setup hooks, substitutions and fixup, as far as recipes can
# see them. Written for tests; the names and the order are nixpkgs', the code is not.
set -eo pipefail
shopt -s inherit_errexit 2>/dev/null || true

: "${SOURCE_DATE_EPOCH:=315532800}"
: "${NIX_BUILD_CORES:=1}"
: "${NIX_BUILD_TOP:=$PWD}"
export SOURCE_DATE_EPOCH NIX_BUILD_CORES
export SHELL="@bash@/bin/bash" CONFIG_SHELL="@bash@/bin/bash"
export CC=gcc CXX=g++ LD=ld AR=ar AS=as NM=nm RANLIB=ranlib STRIP=strip OBJCOPY=objcopy READELF=readelf
export TZ=UTC
PATH=
for folder in @initialPath@; do PATH="${PATH:+$PATH:}$folder/bin"; done
export PATH
export NIX_CFLAGS_COMPILE=${NIX_CFLAGS_COMPILE:-} NIX_LDFLAGS=${NIX_LDFLAGS:-} NIX_CFLAGS_LINK=${NIX_CFLAGS_LINK:-}
export NIX_HARDENING_ENABLE=${NIX_HARDENING_ENABLE-@hardening@}
export NIX_ENFORCE_PURITY=1 NIX_STORE=${NIX_STORE:-@storeDir@}
umask 0022

# With structured attributes lists are arrays and environment variables stand in `env`; without, strings. Both read alike.
if [[ $(declare -p outputs 2>/dev/null) == "declare -A"* ]]; then
  for name in "${!outputs[@]}"; do export "$name=${outputs[$name]}"; done
  outputNames=("${!outputs[@]}")
  if declare -p env >/dev/null 2>&1; then
    for name in "${!env[@]}"; do export "$name=${env[$name]}"; done
  fi
else
  read -ra outputNames <<<"${outputs:-out}"
fi

getAllOutputNames() { echo "${outputNames[*]}"; }

# --- hooks -------------------------------------------------------------------------------------------------------------

_callImplicitHook() {
  local default=$1 name=$2
  if declare -F "$name" >/dev/null; then
    "$name"
  elif [ -n "${!name:-}" ]; then
    eval "${!name}"
  else
    return "$default"
  fi
}

# Runs the variable or function NAME, then the members of the array NAMEs (`preBuild`, `preBuildHooks`).
runHook() {
  local name=$1 hook
  shift
  local -n _hookList="${name%Hook}Hooks"
  _callImplicitHook 0 "$name" "$@"
  for hook in "${_hookList[@]}"; do
    if declare -F "$hook" >/dev/null; then "$hook" "$@"; else eval "$hook"; fi
  done
}

runOneHook() {
  local name=$1 hook
  shift
  local -n _hookList="${name%Hook}Hooks"
  for hook in "${_hookList[@]}" "$name"; do
    if "$hook" "$@"; then return 0; fi
  done
  return 1
}

# --- inputs ------------------------------------------------------------------------------------------------------------

addToSearchPathWithCustomDelimiter() {
  local delimiter=$1 name=$2 folder=$3
  if [ -d "$folder" ]; then export "$name=${!name:+${!name}$delimiter}$folder"; fi
}
addToSearchPath() { addToSearchPathWithCustomDelimiter : "$@"; }
prependToVar() { local name=$1; shift; export "$name=$* ${!name:-}"; }
appendToVar() { local name=$1; shift; export "$name=${!name:-} $*"; }
concatTo() { local -n target=$1; shift; local name; for name in "$@"; do read -ra words <<<"${!name:-}"; target+=("${words[@]}"); done; }

envBuildHooks=() envHostHooks=() allInputs=() hostInputs=() buildInputTools=()
# Offset -1: for build-time tools; 0: for what is linked or imported; a setup hook knows its own two.
addEnvHooks() {
  local offset=$1
  shift
  case $offset in
    -1) envBuildHooks+=("$@") ;;
    0) envHostHooks+=("$@") ;;
  esac
}

# $1: package, $2: 1 when it is a build-time tool. Propagated inputs follow; each package is visited once.
_activate() {
  local package=$1 tool=$2 seen propagated
  for seen in "${allInputs[@]}"; do if [ "$seen" = "$package" ]; then return; fi; done
  allInputs+=("$package")
  if [ ! -e "$package" ]; then
    echo "build input $package does not exist" >&2
    exit 1
  fi
  local hostOffset=$((-tool)) targetOffset=$((1 - tool))
  if [ "$tool" = 0 ]; then hostInputs+=("$package"); else buildInputTools+=("$package"); fi
  if [ -f "$package" ]; then source "$package"; return; fi
  if [ "$tool" = 1 ] || [ -z "${strictDeps:-}" ]; then
    if [ -d "$package/bin" ]; then PATH="$package/bin:$PATH"; fi
  fi
  if [ -f "$package/nix-support/setup-hook" ]; then source "$package/nix-support/setup-hook"; fi
  for propagated in propagated-build-inputs propagated-native-build-inputs; do
    if [ -f "$package/nix-support/$propagated" ]; then
      local next
      for next in $(<"$package/nix-support/$propagated"); do _activate "$next" "$tool"; done
    fi
  done
}

_addCompilerFlags() {
  if [ -d "$1/include" ]; then NIX_CFLAGS_COMPILE+=" -isystem $1/include"; fi
  if [ -d "$1/lib" ]; then NIX_LDFLAGS+=" -L$1/lib"; fi
  addToSearchPath PKG_CONFIG_PATH "$1/lib/pkgconfig"
}

for package in ${defaultNativeBuildInputs[*]} ${nativeBuildInputs[*]} ${propagatedNativeBuildInputs[*]}; do _activate "$package" 1; done
for package in ${buildInputs[*]} ${propagatedBuildInputs[*]}; do _activate "$package" 0; done
for package in "${buildInputTools[@]}"; do
  for hook in "${envBuildHooks[@]}"; do "$hook" "$package"; done
done
for package in "${hostInputs[@]}"; do
  for hook in "${envHostHooks[@]}"; do "$hook" "$package"; done
done
for package in "${hostInputs[@]}"; do _addCompilerFlags "$package"; done
# Inside a build the test set's tools come first; in `nix-shell` the caller's PATH stays behind them.
if [ -n "${IN_NIX_SHELL:-}" ]; then PATH="$PATH:${originalPath:-/usr/bin:/bin}"; fi

# --- substitution --------------------------------------------------------------------------------------------------------

# substituteStream NAME DESCRIPTION OPTIONS…: rewrites the variable NAME.
_substitute() {
  local -n text=$1
  local description=$2 pattern replacement
  shift 2
  while [ $# -gt 0 ]; do
    case $1 in
      --replace | --replace-fail | --replace-warn | --replace-quiet)
        pattern=$2 replacement=$3
        if [[ $text != *"$pattern"* ]]; then
          if [ "$1" = --replace-fail ]; then
            echo "substitute(): ERROR: pattern $pattern doesn't match anything in $description" >&2
            return 1
          elif [ "$1" != --replace-quiet ]; then
            echo "substitute(): WARNING: pattern $pattern doesn't match anything in $description" >&2
          fi
        fi
        text=${text//"$pattern"/"$replacement"}
        shift 3
        ;;
      --subst-var)
        pattern="@$2@" replacement=${!2}
        text=${text//"$pattern"/"$replacement"}
        shift 2
        ;;
      --subst-var-by)
        pattern="@$2@" replacement=$3
        text=${text//"$pattern"/"$replacement"}
        shift 3
        ;;
      *)
        echo "substitute(): ERROR: Invalid command line argument: $1" >&2
        return 1
        ;;
    esac
  done
}

substitute() {
  local input=$1 output=$2 content
  shift 2
  if [ ! -f "$input" ]; then
    echo "substitute(): ERROR: file '$input' does not exist" >&2
    return 1
  fi
  IFS= read -rd '' content <"$input" || true
  _substitute content "'$input'" "$@" || return 1
  if [ -e "$output" ]; then chmod +w "$output"; fi
  printf '%s' "$content" >"$output"
}

substituteInPlace() {
  local files=() file
  while [ $# -gt 0 ] && [[ $1 != --* ]]; do files+=("$1"); shift; done
  for file in "${files[@]}"; do substitute "$file" "$file" "$@" || return 1; done
}

substituteAll() { local input=$1 output=$2 name arguments=(); for name in $(compgen -e); do arguments+=(--subst-var "$name"); done; substitute "$input" "$output" "${arguments[@]}"; }
substituteAllInPlace() { substituteAll "$1" "$1"; }

isELF() { local magic; { IFS= read -r -n 4 magic <"$1"; } 2>/dev/null || true; [ "$magic" = $'\177ELF' ]; }
isScript() { local magic; { IFS= read -r -n 2 magic <"$1"; } 2>/dev/null || true; [ "$magic" = '#!' ]; }
stopNest() { :; }
header() { echo "$1"; }

# --- phases --------------------------------------------------------------------------------------------------------------

_defaultUnpack() {
  local file=$1
  if [ -d "$file" ]; then
    cp -pr --reflink=auto -- "$file" "$(stripHash "$file")"
    return
  fi
  case $file in
    *.tar | *.tar.* | *.tgz | *.tbz2 | *.tbz | *.txz) tar xf "$file" --mode=+w --warning=no-timestamp ;;
    *) return 1 ;;
  esac
}

stripHash() {
  local name
  name=$(basename -- "$1")
  if [[ $name =~ ^[a-z0-9]{32}- ]]; then name=${name:33}; fi
  echo "$name"
}

unpackFile() {
  echo "unpacking source archive $1"
  local hook
  for hook in "${unpackCmdHooks[@]}"; do if curSrc=$1 "$hook" "$1"; then return; fi; done
  if [ -n "${unpackCmd:-}" ]; then curSrc=$1; eval "$unpackCmd"; return; fi
  if ! _defaultUnpack "$1"; then
    echo "do not know how to unpack source archive $1" >&2
    exit 1
  fi
}

unpackPhase() {
  runHook preUnpack
  if [ -z "${srcs:-}" ]; then
    if [ -z "${src:-}" ]; then
      echo 'variable $src or $srcs should point to the source' >&2
      exit 1
    fi
    srcs=$src
  fi
  local before=" $(ls -A | tr '\n' ' ')" source entry
  for source in ${srcs[*]}; do unpackFile "$source"; done
  if [ -n "${setSourceRoot:-}" ]; then
    eval "$setSourceRoot"
  elif [ -z "${sourceRoot:-}" ]; then
    sourceRoot=
    for entry in *; do
      if [ -d "$entry" ] && [[ $before != *" $entry "* ]]; then
        if [ -n "$sourceRoot" ]; then
          echo 'unpacker produced multiple directories' >&2
          exit 1
        fi
        sourceRoot=$entry
      fi
    done
  fi
  if [ -z "${sourceRoot:-}" ]; then
    echo 'unpacker appears to have produced no directories' >&2
    exit 1
  fi
  echo "source root is $sourceRoot"
  if [ "${dontMakeSourcesWritable:-0}" != 1 ]; then chmod -R u+w -- "$sourceRoot"; fi
  _latestSourceDate "$sourceRoot"
  runHook postUnpack
}

# As nixpkgs' set-source-date-epoch-to-latest: the newest file decides, unless it was made during this build.
_latestSourceDate() {
  local newest
  newest=$(find "$1" -type f -not -newer "$NIX_BUILD_TOP/.." -printf '%T@\n' 2>/dev/null | sort -n | tail -n 1 || true)
  newest=${newest%%.*}
  if [ -n "$newest" ] && [ "$newest" -gt "$SOURCE_DATE_EPOCH" ]; then
    echo "setting SOURCE_DATE_EPOCH to timestamp $newest of newest file in $1"
    export SOURCE_DATE_EPOCH=$newest
  fi
}

patchPhase() {
  runHook prePatch
  local file
  for file in ${patches[*]}; do
    echo "applying patch $file"
    patch ${patchFlags:--p1} <"$file"
  done
  runHook postPatch
}

configurePhase() {
  runHook preConfigure
  if [ -z "${configureScript:-}" ] && [ -x ./configure ]; then configureScript=./configure; fi
  if [ -n "${configureScript:-}" ]; then
    local prefixFlag=
    if [ -z "${dontAddPrefix:-}" ]; then prefixFlag="--prefix=$out"; fi
    # shellcheck disable=SC2086
    $configureScript $prefixFlag ${configureFlags[*]}
  fi
  runHook postConfigure
}

_makefile() { [ -n "${makefile:-}" ] || [ -e Makefile ] || [ -e makefile ] || [ -e GNUmakefile ]; }

buildPhase() {
  runHook preBuild
  # shellcheck disable=SC2086
  if _makefile; then make ${makefile:+-f $makefile} ${makeFlags[*]} ${buildFlags[*]}; else echo 'no Makefile or custom buildPhase, doing nothing'; fi
  runHook postBuild
}

checkPhase() {
  runHook preCheck
  # shellcheck disable=SC2086
  if _makefile; then make ${makefile:+-f $makefile} ${makeFlags[*]} ${checkTarget:-check}; fi
  runHook postCheck
}

installPhase() {
  runHook preInstall
  # shellcheck disable=SC2086
  if _makefile; then make ${makefile:+-f $makefile} ${makeFlags[*]} prefix="$out" PREFIX="$out" ${installTargets:-install}; fi
  runHook postInstall
}

installCheckPhase() {
  runHook preInstallCheck
  runHook postInstallCheck
}

# --- fixup ---------------------------------------------------------------------------------------------------------------

# patchShebangs [--build|--host] PATH…: interpreters are looked up in PATH and become store paths.
patchShebangs() {
  local file line interpreter rest found
  while [[ ${1:-} == --* ]]; do shift; done
  while IFS= read -r -d '' file; do
    if ! isScript "$file"; then continue; fi
    IFS= read -r line <"$file" || [ -n "$line" ] || continue
    read -r interpreter rest <<<"${line:2}"
    case $interpreter in
      "$NIX_STORE"/* | '') continue ;;
      /*) ;;
      *) continue ;;
    esac
    if [ "$(basename "$interpreter")" = env ]; then
      case $rest in
        -S\ *) read -r interpreter rest <<<"${rest#-S }" ;;
        -* | *=*) echo "$file: unsupported interpreter directive \"$line\" (set dontPatchShebangs=1 and handle shebang patching yourself)" >&2; return 1 ;;
        *) read -r interpreter rest <<<"$rest" ;;
      esac
    fi
    found=$(PATH="$PATH" command -v "$(basename "$interpreter")" || true)
    if [ -z "$found" ]; then continue; fi
    line="#!$found${rest:+ $rest}"
    echo "$file: interpreter directive changed to \"$line\""
    local stamp
    stamp=$(mktemp)
    touch -r "$file" "$stamp"
    sed -i -e "1 s|.*|${line//\\/\\\\}|" "$file"
    touch -r "$stamp" "$file"
    rm -f "$stamp"
  done < <(find "$@" -type f -perm -0100 -print0)
}

_stripFolders() {
  local flags=$1 folder
  shift
  for folder in "$@"; do
    if [ -d "$prefix/$folder" ]; then
      # shellcheck disable=SC2086
      find "$prefix/$folder" -type f -not -path "$prefix/lib/debug/*" -exec strip --enable-deterministic-archives $flags '{}' ';' 2>/dev/null || true
    fi
  done
}

_shrinkRunPaths() {
  local file
  while IFS= read -r -d '' file; do
    if isELF "$file" && patchelf --print-rpath "$file" >/dev/null 2>&1; then
      patchelf --shrink-rpath "$file" 2>/dev/null || true
    fi
  done < <(find "$prefix" -type f -print0)
}

_noBrokenSymlinks() {
  local link target bad=0 broken
  while IFS= read -r -d '' link; do
    target=$(readlink "$link")
    case $target in
      /*) broken=$target ;;
      *) broken=$(realpath -ms "$(dirname "$link")/$target") ;;
    esac
    # As nixpkgs: only links into the store are judged.
    if [[ $broken == "$NIX_STORE"/* ]] && [ ! -e "$broken" ]; then
      echo "ERROR: noBrokenSymlinks: the symlink $link points to a missing target: $broken" >&2
      bad=1
    fi
  done < <(find "$prefix" -type l -print0)
  if [ "$bad" = 1 ]; then exit 1; fi
}

_referencesToBuildFolder() {
  local file
  if [ -n "${noAuditTmpdir:-}" ]; then return; fi
  while IFS= read -r -d '' file; do
    if isELF "$file" && patchelf --print-rpath "$file" 2>/dev/null | grep -q -F "$NIX_BUILD_TOP/"; then
      echo "RPATH of binary $file contains a forbidden reference to $NIX_BUILD_TOP/" >&2
      exit 1
    fi
    if isScript "$file" && [ -x "$file" ] && grep -q -F "$NIX_BUILD_TOP/" "$file"; then
      echo "wrapper script $file contains a forbidden reference to $NIX_BUILD_TOP/" >&2
      exit 1
    fi
  done < <(find "$prefix" -type f -print0)
}

fixupPhase() {
  local name
  for name in "${outputNames[@]}"; do
    if [ -e "${!name}" ]; then chmod -R u+w,u-s,g-s "${!name}"; fi
  done
  runHook preFixup
  for name in "${outputNames[@]}"; do
    local prefix=${!name}
    if [ ! -e "$prefix" ]; then continue; fi
    if [ -d "$prefix" ]; then
      runHook fixupOutput
      _referencesToBuildFolder
      if [ -z "${dontPatchShebangs:-}" ]; then patchShebangs "$prefix"; fi
      if [ -z "${dontStrip:-}" ]; then
        if [ -z "${dontStripDebug:-}" ]; then _stripFolders "${stripDebugFlags[*]:--S -p}" ${stripDebugList[*]:-lib lib32 lib64 libexec bin sbin}; fi
        _stripFolders "${stripAllFlags[*]:--s -p}" ${stripAllList[*]}
      fi
      if [ -z "${dontPatchELF:-}" ]; then _shrinkRunPaths; fi
      if [ -z "${dontCheckForBrokenSymlinks:-}" ]; then _noBrokenSymlinks; fi
    fi
  done
  local propagated=${outputDev:-out}
  for name in propagatedBuildInputs:propagated-build-inputs propagatedNativeBuildInputs:propagated-native-build-inputs; do
    local variable=${name%%:*}
    local -n values=$variable
    if [ -n "${values[*]:-}" ]; then
      mkdir -p "${!propagated}/nix-support"
      echo "${values[*]}" >"${!propagated}/nix-support/${name#*:}"
    fi
    unset -n values
  done
  if [ -n "${setupHook:-}" ]; then
    mkdir -p "${!propagated}/nix-support"
    substituteAll "$setupHook" "${!propagated}/nix-support/setup-hook"
  fi
  runHook postFixup
}

distPhase() { runHook preDist; runHook postDist; }

showPhaseHeader() { echo "Running phase: $1"; }

runPhase() {
  local phase=$1
  case $phase in
    unpackPhase) [ -z "${dontUnpack:-}" ] || return 0 ;;
    patchPhase) [ -z "${dontPatch:-}" ] || return 0 ;;
    configurePhase) [ -z "${dontConfigure:-}" ] || return 0 ;;
    buildPhase) [ -z "${dontBuild:-}" ] || return 0 ;;
    checkPhase) [ -n "${doCheck:-}" ] || return 0 ;;
    installPhase) [ -z "${dontInstall:-}" ] || return 0 ;;
    fixupPhase) [ -z "${dontFixup:-}" ] || return 0 ;;
    installCheckPhase) [ -n "${doInstallCheck:-}" ] || return 0 ;;
    distPhase) [ -n "${doDist:-}" ] || return 0 ;;
  esac
  showPhaseHeader "$phase"
  # A variable of the phase's name wins over the function, as in nixpkgs.
  if [ -n "${!phase:-}" ]; then eval "${!phase}"; else "$phase"; fi
  if [ "$phase" = unpackPhase ]; then
    [ -n "${sourceRoot:-}" ] && chmod +x -- "$sourceRoot"
    cd -- "${sourceRoot:-.}"
  fi
}

definePhases() {
  if [ -z "${phases[*]:-}" ]; then
    phases="${prePhases[*]:-} unpackPhase patchPhase ${preConfigurePhases[*]:-} configurePhase ${preBuildPhases[*]:-} buildPhase checkPhase
      ${preInstallPhases[*]:-} installPhase ${preFixupPhases[*]:-} fixupPhase installCheckPhase ${preDistPhases[*]:-} distPhase ${postPhases[*]:-}"
  fi
}

genericBuild() {
  export GZIP_NO_TIMESTAMPS=1
  if [ -n "${buildCommandPath:-}" ]; then
    source "$buildCommandPath"
    return
  fi
  if [ -n "${buildCommand:-}" ]; then
    eval "$buildCommand"
    return
  fi
  definePhases
  local phase
  for phase in ${phases[*]}; do runPhase "$phase"; done
}

runHook postHook
