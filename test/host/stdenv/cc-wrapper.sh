#!@bash@/bin/bash
# The compiler with nixpkgs' hardening flags, the inputs' folders and run paths. Flags come before the caller's, as in nixpkgs.
export GCC_EXEC_PREFIX=/usr/lib/gcc/
export PATH="@binutils@/bin:$PATH"

linking=1
for argument in "$@"; do
  case $argument in
    -c | -S | -E | -M | -MM | -fsyntax-only) linking=0 ;;
    -) ;;
  esac
done
if [ $# = 1 ] && { [ "$1" = --version ] || [ "$1" = -v ] || [ "$1" = -dumpmachine ]; }; then linking=0; fi

before=(-B@binutils@/bin)
after=()
for flag in $NIX_HARDENING_ENABLE; do
  case $flag in
    fortify | fortify3) before+=(-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2) ;;
    stackprotector) before+=(-fstack-protector-strong --param ssp-buffer-size=4) ;;
    pic) before+=(-fPIC) ;;
    strictoverflow) before+=(-fno-strict-overflow) ;;
    format) before+=(-Wformat -Wformat-security -Werror=format-security) ;;
    relro) [ "$linking" = 0 ] || before+=(-Wl,-z,relro) ;;
    bindnow) [ "$linking" = 0 ] || before+=(-Wl,-z,now) ;;
  esac
done

# shellcheck disable=SC2206 # word splitting is meant: these are lists of flags
after+=($NIX_CFLAGS_COMPILE)
if [ "$linking" = 1 ]; then
  # shellcheck disable=SC2206
  after+=($NIX_CFLAGS_LINK)
  for flag in $NIX_LDFLAGS -L@gccLib@/lib; do
    case $flag in
      -L*) after+=("$flag" "-Wl,-rpath,${flag#-L}") ;;
      *) after+=("-Wl,$flag") ;;
    esac
  done
fi

exec @gcc@/bin/@program@ "${before[@]}" "$@" "${after[@]}"
