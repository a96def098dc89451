# The packages for nixpkgs' `python.withPackages` and `buildPythonPackage`: links to what was built,
# with the run-time dependencies propagated. Each has its whole closure, whose members propagate
# nothing, so that run-time cycles do no harm.
{
  lib,
  stdenv,
  interpreter,
  packages,
  closure,
}:
let
  inherit (interpreter) python;

  toModule =
    if python ? pkgs.toPythonModule then
      python.pkgs.toPythonModule
    else
      throw "lock2nix: `pythonModules` is for interpreters that have a package set, as those of nixpkgs do; this `python` has no `pkgs.toPythonModule`";
in
builtins.mapAttrs (
  name: package:
  let
    others = builtins.filter (each: each != name) (closure name);
    dependencies = map (each: toModule packages.${each}) others;
  in
  toModule (
    stdenv.mkDerivation {
      inherit (package) pname version name;
      propagatedBuildInputs = dependencies;
      dontUnpack = true;
      dontConfigure = true;
      dontBuild = true;
      # It has nothing of its own to fix; what fixup records is written here.
      dontFixup = true;
      installPhase = ''
        runHook preInstall
        mkdir -p "$out/nix-support"
        cp -rs ${package}/. "$out/"
        echo "${lib.concatStringsSep " " (map toString dependencies)}" > "$out/nix-support/propagated-build-inputs"
        runHook postInstall
      '';
      meta = package.meta or { };
    }
  )
) packages
