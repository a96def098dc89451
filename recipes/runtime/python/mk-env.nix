# A real environment: a copied interpreter with its standard library linked in and the packages'
# files merged one by one, so that it needs no variables and no wrappers.
{
  stdenv,
  interpreter,
  collisions,
}:
{ name, packages }:
let
  entries = map (package: {
    name = package.pname or (builtins.parseDrvName package.name).name;
    version = package.version or "";
    path = "${package}";
  }) packages;
  names = map (entry: entry.name) entries;
  # The others would change the environment's hash for nothing.
  rules = builtins.filter (
    rule: builtins.any (name: builtins.elem name names) (rule.dropFrom or [ rule.keep ])
  ) collisions;
in
stdenv.mkDerivation {
  inherit name;
  # As a file, since a variable may hold 128 KiB only.
  __structuredAttrs = false;
  manifest = builtins.toJSON {
    packages = entries;
    collisions = rules;
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
