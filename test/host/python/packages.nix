# The least of `python.pkgs`: what turns a derivation into a module that `withPackages` takes.
{
  lib,
  python,
}:
let
  closure =
    modules:
    map (entry: entry.module) (
      builtins.genericClosure {
        startSet = map (module: {
          key = module.outPath;
          inherit module;
        }) modules;
        operator =
          { module, ... }:
          map (module: {
            key = module.outPath;
            inherit module;
          }) (lib.filter hasPythonModule (module.propagatedBuildInputs or [ ]));
      }
    );
  hasPythonModule = drv: (drv.pythonModule or null) == python;
in
{
  inherit python hasPythonModule;
  inherit (python) pythonVersion;
  toPythonModule =
    drv:
    drv.overrideAttrs (old: {
      passthru = old.passthru or { } // {
        pythonModule = python;
        pythonPath = [ ];
        requiredPythonModules = closure (lib.filter hasPythonModule (drv.propagatedBuildInputs or [ ]));
      };
    });
  requiredPythonModules = closure;
  pythonOlder = lib.versionOlder python.pythonVersion;
  pythonAtLeast = lib.versionAtLeast python.pythonVersion;
  isPy27 = python.isPy27;
  isPy3k = python.isPy3k;
}
