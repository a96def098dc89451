# The host's own programs as store paths: copied, so that recipes see a PATH like nixpkgs' (no python, no perl, no git)
# and shebangs point into the store. They still use the host's glibc; see `docs/testing.md`.
{ system, hostTools }:
let
  bootstrap =
    name: script:
    derivation {
      inherit name system hostTools;
      builder = "/bin/sh";
      args = [
        "-e"
        "-c"
        (builtins.readFile ./bootstrap.sh + script)
      ];
      PATH = hostTools;
    };
in
rec {
  # Marks the set's own derivations: `rebuildCheck` of `nix.ts` leaves them out.
  inherit hostTools;

  bash = bootstrap "bash" ''
    install_tool bash
    ln -s bash "$out/bin/sh"
  '';

  coreutils = bootstrap "coreutils" ''
    for tool in [ b2sum base64 basename cat chmod chown cksum comm cp csplit cut date dd df dirname du echo env expand \
      expr factor false fmt fold groups head id install join link ln ls md5sum mkdir mkfifo mktemp mv nl nohup nproc od \
      paste pathchk pr printenv printf pwd readlink realpath rm rmdir seq sha1sum sha256sum sha512sum shuf sleep sort \
      split stat stdbuf stty sum sync tac tail tee test timeout touch tr true truncate tsort tty uname unexpand uniq \
      unlink wc whoami yes; do
      install_tool "$tool"
    done
  '';

  tools = bootstrap "host-tools" ''
    for tool in awk bzip2 cmp diff find grep gzip make patch sed tar xargs xz; do install_tool "$tool"; done
    for tool in bunzip2 egrep fgrep file gunzip unxz xzcat zcat; do install_optional "$tool"; done
  '';

  patchelf = bootstrap "patchelf" ''
    install_tool patchelf
  '';

  binutils = bootstrap "binutils" ''
    for tool in ar as ld nm objcopy objdump ranlib readelf size strings strip; do install_tool "$tool"; done
  '';

  gccUnwrapped = bootstrap "gcc-unwrapped" ''
    for tool in gcc g++ cpp; do install_tool "$tool"; done
  '';

  gccLib = bootstrap "gcc-lib" ''
    for soname in libstdc++.so.6 libgcc_s.so.1 libgomp.so.1 libatomic.so.1 libquadmath.so.0; do
      install_optional_library "$soname"
    done
    test -e "$out/lib/libstdc++.so.6"
  '';

  # A package of programs that nixpkgs keeps out of stdenv.
  programs =
    name: list:
    bootstrap name ''
      for tool in ${toString list}; do install_tool "$tool"; done
    '';

  # The shared libraries of a package, with what is needed to compile against it where the host has that too.
  library =
    {
      name,
      sonames,
      links ? [ ],
      headers ? [ ],
    }:
    bootstrap name ''
      for soname in ${toString sonames}; do install_library "$soname"; done
      for link in ${toString links}; do install_link "$link"; done
      for header in ${toString headers}; do install_header "$header"; done
    '';

  # As `library`, but empty where the host lacks it.
  optionalLibrary =
    name: sonames:
    bootstrap name ''
      mkdir -p $out/lib
      for soname in ${toString sonames}; do install_optional_library "$soname"; done
    '';
}
