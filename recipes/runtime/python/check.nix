# Imports every package of an environment, and lets `pip check` compare its metadata.
{
  stdenv,
  interpreter,
  name,
  env,
  pip,
  packages,
}:
stdenv.mkDerivation {
  inherit name;
  __structuredAttrs = false;
  # Of those whose rules say so, the modules that are imported instead of what the files tell.
  packages = builtins.concatStringsSep "\n" (
    map (
      package:
      toString package
      + (if package ? importsCheck then "\t" + builtins.concatStringsSep " " package.importsCheck else "")
    ) packages
  );
  passAsFile = [ "packages" ];
  env = interpreter.environment;
  dontUnpack = true;
  dontConfigure = true;
  dontFixup = true;
  buildPhase = ''
    runHook preBuild
    export HOME="$NIX_BUILD_TOP"
    ${env}/bin/python ${./check_imports.py} "$packagesPath" | tee imports
    PYTHONPATH=${pip}/${interpreter.sitePackages} ${env}/bin/python -m pip --disable-pip-version-check check | tee consistency
    runHook postBuild
  '';
  installPhase = ''
    runHook preInstall
    mkdir -p "$out"
    cp imports consistency "$out/"
    runHook postInstall
  '';
}
