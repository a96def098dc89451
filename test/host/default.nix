# A small package set made of the host's own tools, which imitates nixpkgs as far as recipes can see: see `docs/testing.md`.
# interpreters: attribute name (`python311`) -> { prefix, version }, computed by `interpreters.ts`.
# hostTools: where the host's programs are inside a build: `/host/bin` in the sandbox, `/usr/bin` without one.
{
  interpreters ? { },
  hostTools ? "/host/bin",
  system ? builtins.currentSystem,
  config ? { },
  isMusl ? false,
}:
let
  lib = import ./lib.nix;
  hostPlatform = lib.systems.elaborate { inherit system isMusl; };
  host = import ./stdenv/bootstrap.nix { inherit system hostTools; } // {
    dynamicLinker =
      if hostPlatform.isAarch64 then "/lib/ld-linux-aarch64.so.1" else "/lib64/ld-linux-x86-64.so.2";
  };
  stdenv = import ./stdenv {
    inherit
      lib
      config
      system
      hostPlatform
      host
      ;
  };
  trivial = import ./trivial.nix {
    inherit lib stdenv;
    inherit (host) bash;
  };
  fetchers = import ./fetchers.nix {
    inherit
      lib
      stdenv
      hostTools
      ;
  };
  pythons = lib.mapAttrs (
    attribute: interpreter:
    import ./python {
      inherit
        lib
        stdenv
        host
        attribute
        hostTools
        ;
      inherit (interpreter) prefix version;
    }
  ) interpreters;
  zlib = host.library {
    name = "zlib";
    sonames = [ "libz.so.1" ];
    links = [ "libz.so" ];
    headers = [
      "zlib.h"
      "zconf.h"
    ];
  };
  # What nixpkgs lists for manylinux2014 and a host without a desktop has.
  manylinux = [
    host.gccLib
    zlib
    (host.optionalLibrary "libxcrypt" [ "libcrypt.so.1" ])
    (host.optionalLibrary "expat" [ "libexpat.so.1" ])
  ];
  newest = lib.filter (name: pythons ? ${name}) [
    "python313"
    "python312"
    "python311"
  ];

  pkgs =
    trivial
    // fetchers
    // pythons
    // lib.optionalAttrs (newest != [ ]) { python3 = pythons.${lib.head newest}; }
    // {
      inherit
        lib
        stdenv
        system
        config
        pkgs
        ;
      inherit (host) bash coreutils patchelf;
      inherit (stdenv) hostPlatform buildPlatform targetPlatform;
      inherit (lib) makeOverridable;
      path = ./.;
      runtimeShell = "${host.bash}/bin/bash";
      bashInteractive = host.bash;
      gcc = stdenv.cc;
      binutils = host.binutils;
      inherit zlib;
      pythonManylinuxPackages = {
        manylinux1 = manylinux;
        manylinux2010 = manylinux;
        manylinux2014 = manylinux;
      };
      autoPatchelfHook = trivial.makeSetupHook {
        name = "auto-patchelf-hook";
        substitutions = {
          inherit (host) bash dynamicLinker;
        };
      } ./hooks/auto-patchelf.sh;
      makeWrapper = trivial.makeSetupHook {
        name = "make-wrapper-hook";
        substitutions = {
          inherit (host) bash;
        };
      } ./hooks/make-wrapper.sh;
      unzip = trivial.symlinkJoin {
        name = "unzip";
        paths = [
          (host.programs "unzip-program" [ "unzip" ])
          (trivial.makeSetupHook { name = "unzip-hook"; } ./hooks/unzip.sh)
        ];
      };
      git = host.programs "git" [ "git" ];
      pkg-config = host.programs "pkg-config" [ "pkg-config" ];
      callPackage = lib.callPackageWith pkgs;
      buildPackages = pkgs;
      pkgsBuildHost = pkgs;
    };
in
pkgs
