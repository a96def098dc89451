# A package whose modules are those of the live folder that it is built from; the rest of it, such as
# metadata, scripts and compiled modules, is as it was built. Edits need no new build.
{
  lib,
  stdenv,
  interpreter,
  project,
}:
package: path:
stdenv.mkDerivation {
  inherit (package) pname version;
  name = "${package.name}-editable";
  env = interpreter.environment;
  dontUnpack = true;
  dontConfigure = true;
  dontBuild = true;
  dontFixup = true;
  installPhase = ''
    runHook preInstall
    ${interpreter.executable} ${./editable.py} ${
      lib.escapeShellArgs [
        "${package}"
        "${package.src}"
        project
        path
        "${./live_packages.py}"
      ]
    } "$out"
    ${interpreter.executable} ${./install_wheel.py} finish "$out" ${interpreter.executable}
    runHook postInstall
  '';
}
