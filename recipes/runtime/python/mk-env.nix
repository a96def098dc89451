# A real environment: a copied interpreter with its standard library linked in and the packages'
# files merged one by one, so that it needs no variables and no wrappers.
{ stdenv, interpreter }:
{
  name,
  packages,
  # The `[[collision]]` rules of overrides.toml.
  collisions ? [ ],
}:
stdenv.mkDerivation {
  inherit name;
  # As a file, since a variable may hold 128 KiB only.
  __structuredAttrs = false;
  manifest = builtins.toJSON {
    inherit collisions;
    packages = map (package: {
      name = package.pname or (builtins.parseDrvName package.name).name;
      version = package.version or "";
      path = "${package}";
    }) packages;
  };
  passAsFile = [ "manifest" ];
  env = interpreter.environment;
  dontUnpack = true;
  dontConfigure = true;
  dontBuild = true;
  dontFixup = true;
  installPhase = ''
    runHook preInstall
    ${interpreter.executable} ${./merge_env.py} "$out" ${interpreter.python} ${interpreter.version} "$manifestPath"
    runHook postInstall
  '';
  passthru = { inherit packages; };
  meta.mainProgram = "python${interpreter.version}";
}
