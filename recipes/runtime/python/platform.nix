# The platform that is built on and for, by the name that pins use.
{
  lib,
  stdenv,
  platforms,
}:
let
  inherit (stdenv) buildPlatform hostPlatform;
  nameOf = platform: platform.system + (if platform.isMusl or false then "-musl" else "");
  name = nameOf hostPlatform;
  known = builtins.concatStringsSep "," platforms;
in
if nameOf buildPlatform != name then
  throw "lock2nix: cross compilation from ${nameOf buildPlatform} to ${name} is not supported; build on ${name}"
else if !builtins.elem name platforms then
  throw "lock2nix: this recipe has pins for ${known}, not for ${name}; run `convert --systems ${known},${name}`"
else
  {
    inherit name;

    has = sources: sources ? outPath || sources ? ${name};

    # `meta` of what has files for some of the recipe's platforms only.
    limits =
      sources:
      let
        missing = lib.subtractLists (builtins.attrNames sources) platforms;
        found = lib.subtractLists missing platforms;
      in
      lib.optionalAttrs (!(sources ? outPath) && missing != [ ]) {
        platforms = lib.unique (map (lib.removeSuffix "-musl") found);
      };

    # One file for every platform, or one by platform.
    choose =
      package: sources:
      if sources ? outPath then
        sources
      else
        sources.${name}
          or (throw "lock2nix: ${package} has no file for ${name}, only for ${builtins.concatStringsSep ", " (builtins.attrNames sources)}; lock a version that has one, or leave the system out with `convert --systems`");
  }
