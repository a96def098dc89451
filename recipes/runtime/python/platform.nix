# The platform that is built on and for, by the name that pins use.
{ stdenv, platforms }:
let
  inherit (stdenv) buildPlatform hostPlatform;
  name = hostPlatform.system + (if hostPlatform.isMusl or false then "-musl" else "");
  known = builtins.concatStringsSep "," platforms;
in
if buildPlatform.system != hostPlatform.system then
  throw "lock2nix: cross compilation from ${buildPlatform.system} to ${hostPlatform.system} is not supported; build on ${hostPlatform.system}"
else if !builtins.elem name platforms then
  throw "lock2nix: this recipe has pins for ${known}, not for ${name}; run `convert --systems ${known},${name}`"
else
  {
    inherit name;

    # One file for every platform, or one by platform.
    choose =
      package: sources:
      if sources ? outPath then
        sources
      else
        sources.${name}
          or (throw "lock2nix: ${package} has no file for ${name}, only for ${builtins.concatStringsSep ", " (builtins.attrNames sources)}");
  }
