# The roots' own scripts and data, run by an environment that holds everything they need.
{
  stdenv,
  env,
  packages,
}:
let
  package = builtins.head packages;
  named = builtins.filter (each: each.meta ? mainProgram) packages;
in
stdenv.mkDerivation {
  # The name too: a version may have characters that no store path has.
  inherit (package) name pname version;
  packages = builtins.concatStringsSep " " (map toString packages);
  dontUnpack = true;
  dontConfigure = true;
  dontBuild = true;
  dontFixup = true;
  installPhase = ''
    runHook preInstall
    mkdir -p "$out"
    # As the environment has them, which decides where several roots bring one file.
    for package in $packages; do
      for folder in bin share; do
        if [ -d "$package/$folder" ]; then
          (cd "$package" && find "$folder" ! -type d) | while IFS= read -r file; do
            if [ -e "${env}/$file" ]; then
              mkdir -p "$out/$(dirname "$file")"
              ln -sf "${env}/$file" "$out/$file"
            fi
          done
        fi
      done
    done
    runHook postInstall
  '';
  passthru = { inherit env; };
  meta =
    package.meta
    // (if named == [ ] then { } else { inherit ((builtins.head named).meta) mainProgram; });
}
