# The roots' own scripts and data, run by an environment that holds everything they need.
{
  stdenv,
  env,
  packages,
  roots,
}:
let
  first = builtins.head roots;
  package = builtins.head packages;
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
    for package in $packages; do
      for file in "$package"/bin/*; do
        if [ -e "$file" ]; then
          mkdir -p "$out/bin"
          ln -s "${env}/bin/$(basename "$file")" "$out/bin/"
        fi
      done
      if [ -d "$package/share" ]; then
        mkdir -p "$out/share"
        cp -rs "$package/share/." "$out/share/"
      fi
    done
    runHook postInstall
  '';
  passthru = { inherit env; };
  meta = package.meta // (if first ? mainProgram then { inherit (first) mainProgram; } else { });
}
