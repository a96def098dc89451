# An interpreter as nixpkgs has it: a clean derivation, the same `passthru`, `withPackages`, and 2.7 marked as insecure.
{
  lib,
  stdenv,
  host,
  attribute,
  prefix,
  version,
  hostTools,
}:
let
  pythonVersion = lib.versions.majorMinor version;
  isPy2 = lib.versions.major version == "2";
  libPrefix = "python${pythonVersion}";

  make =
    {
      self ? default,
    }:
    stdenv.mkDerivation {
      pname = if isPy2 then "python" else "python3";
      inherit
        version
        prefix
        pythonVersion
        hostTools
        ;
      sitecustomize = ./sitecustomize.py;
      retime = ./retime.py;
      buildCommand = builtins.readFile ./clean.sh;
      passthru = {
        inherit pythonVersion libPrefix;
        implementation = "cpython";
        sourceVersion = {
          major = lib.versions.major version;
          minor = lib.versions.minor version;
          patch = lib.versions.patch version;
          suffix = "";
        };
        executable = libPrefix;
        interpreter = "${self}/bin/${libPrefix}";
        sitePackages = "lib/${libPrefix}/site-packages";
        pythonAttr = attribute;
        isPy2 = isPy2;
        isPy27 = pythonVersion == "2.7";
        isPy3 = !isPy2;
        isPy3k = !isPy2;
        isPyPy = false;
        pythonOnBuildForHost = self;
        pkgs = import ./packages.nix {
          inherit lib;
          python = self;
        };
        withPackages =
          choose:
          import ./with-packages.nix {
            inherit stdenv host;
            python = self;
          } (choose self.pkgs);
      }
      // lib.listToAttrs (
        map (minor: lib.nameValuePair "isPy3${toString minor}" (pythonVersion == "3.${toString minor}")) (
          lib.range 5 14
        )
      );
      meta = {
        description = "High-level dynamically-typed programming language";
        mainProgram = if isPy2 then "python" else "python3";
        license = lib.licenses.psfl;
        platforms = lib.platforms.linux ++ lib.platforms.darwin;
      }
      // lib.optionalAttrs isPy2 {
        knownVulnerabilities = [
          "Python 2.7 has reached its end of life after 2020-01-01. See https://www.python.org/doc/sunset-python-2/."
        ];
      };
    };

  default = lib.makeOverridable make { };
in
default
