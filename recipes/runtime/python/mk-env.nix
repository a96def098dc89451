# A real environment: a copied interpreter with its standard library linked in and the packages'
# files merged one by one, so that it needs no variables and no wrappers.
{ stdenv, interpreter }:
{ name, packages }:
stdenv.mkDerivation {
  inherit name;
  # As a file, since a variable may hold 128 KiB only.
  __structuredAttrs = false;
  packages = builtins.concatStringsSep "\n" (map toString packages);
  passAsFile = [ "packages" ];
  env = interpreter.environment;
  dontUnpack = true;
  dontConfigure = true;
  dontBuild = true;
  dontFixup = true;
  installPhase = ''
    runHook preInstall
    ${interpreter.executable} ${./merge_env.py} "$out" ${interpreter.python} ${interpreter.version} "$packagesPath"
    runHook postInstall
  '';
  passthru = { inherit packages; };
  meta.mainProgram = "python${interpreter.version}";
}
