# nixpkgs' makeWrapper and wrapProgram, with the options that recipes use.
makeWrapper() {
  local original=$1 wrapper=$2
  shift 2
  mkdir -p "$(dirname "$wrapper")"
  {
    echo '#! @bash@/bin/bash -e'
    local flags=
    while [ $# -gt 0 ]; do
      case $1 in
        --set) printf 'export %s=%q\n' "$2" "$3"; shift 3 ;;
        --set-default) printf 'export %s=${%s-%q}\n' "$2" "$2" "$3"; shift 3 ;;
        --unset) echo "unset $2"; shift 2 ;;
        --prefix) printf 'export %s=%q${%s:+%q$%s}\n' "$2" "$4" "$2" "$3" "$2"; shift 4 ;;
        --suffix) printf 'export %s=${%s:+$%s%q}%q\n' "$2" "$2" "$2" "$3" "$4"; shift 4 ;;
        --run) echo "$2"; shift 2 ;;
        --add-flags) flags+=" $2"; shift 2 ;;
        --inherit-argv0) shift ;;
        *) echo "makeWrapper doesn't understand the arg $1" >&2; return 1 ;;
      esac
    done
    printf 'exec "%s"%s "$@"\n' "$original" "$flags"
  } >"$wrapper"
  chmod +x "$wrapper"
}

wrapProgram() {
  local program=$1 hidden
  shift
  hidden="$(dirname "$program")/.$(basename "$program")-wrapped"
  mv "$program" "$hidden"
  makeWrapper "$hidden" "$program" "$@"
}
