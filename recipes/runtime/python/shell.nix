# A development environment for `nix-shell` and `nix develop`: `env` on PATH, and what the members
# that are worked on need to be built. As nixpkgs' `mkShell`, it may be built to keep what it needs.
{
  lib,
  stdenv,
  name,
  env,
  members,
  project,
}:
stdenv.mkDerivation {
  inherit name;
  nativeBuildInputs = [ env ] ++ lib.concatMap (member: member.nativeBuildInputs or [ ]) members;
  buildInputs = lib.concatMap (member: member.buildInputs or [ ]) members;
  phases = [ "installPhase" ];
  installPhase = ''
    echo "${env}" > "$out"
  '';
  preferLocalBuild = true;
  # Packages of the user would come before the pinned ones.
  env.PYTHONNOUSERSITE = "1";
  shellHook = lib.optionalString (members != [ ] && lib.hasPrefix "${builtins.storeDir}/" project) ''
    if [ -z "''${LOCK2NIX_PROJECT:-}" ]; then
      echo 'lock2nix: the project was copied to the store, so edits do not show; name its folder: export LOCK2NIX_PROJECT="$PWD"' >&2
    fi
  '';
  passthru = { inherit env; };
}
