# Packages that are taken from nixpkgs' `python.pkgs`, and what comes with them.
{ lib, interpreter }:
let
  inherit (interpreter) python;

  normalise = name: lib.toLower (builtins.replaceStrings [ "_" "." ] [ "-" "-" ] name);

  nameOf = package: normalise (package.pname or (builtins.parseDrvName package.name).name);

  isModule = package: package ? pythonModule;

  # What a module propagates, without itself and without the interpreter.
  comesWith =
    package:
    map (item: item.package) (
      builtins.genericClosure {
        startSet = map (each: {
          key = each.outPath;
          package = each;
        }) (builtins.filter isModule (package.propagatedBuildInputs or [ ]));
        operator =
          item:
          map (each: {
            key = each.outPath;
            package = each;
          }) (builtins.filter isModule (item.package.propagatedBuildInputs or [ ]));
      }
    );
in
{
  take =
    spec:
    let
      path = lib.splitString "." spec.attribute;
      package = lib.attrByPath path null (python.pkgs or { });
    in
    if !(python ? pkgs) then
      throw "lock2nix: `${spec.pname}` is taken from nixpkgs, and this `python` has no package set; pass one of nixpkgs, or remove the `source` of its rule"
    else if package == null then
      throw "lock2nix: `${spec.pname}` is taken from nixpkgs, which has no `python.pkgs.${spec.attribute}`"
    else if package.version or spec.version != spec.version then
      throw "lock2nix: `${spec.pname}` is taken from nixpkgs, which has version ${package.version} where ${spec.version} is pinned; write `source = { nixpkgs = \"${spec.attribute}\", version = \"${package.version}\" }` if that one will do"
    else
      package;

  # The packages of an environment, and what those of nixpkgs bring.
  withClosure =
    taken: packages:
    let
      extra = lib.concatMap (
        package:
        map (each: {
          inherit package each;
        }) (comesWith package)
      ) taken;
      here = builtins.listToAttrs (
        map (package: {
          name = nameOf package;
          value = package;
        }) packages
      );
      checked =
        { package, each }:
        let
          other = here.${nameOf each};
        in
        if !(here ? ${nameOf each}) then
          [ each ]
        else if other.outPath == each.outPath then
          [ ]
        else
          throw "lock2nix: `${nameOf each}` comes twice: ${each.version or "a version"} of nixpkgs with `${nameOf package}`, and ${other.version or "a version"} of this recipe; take both from nixpkgs with [[package]] name = \"${nameOf each}\" and source = { nixpkgs = \"${nameOf each}\" }, or neither";
    in
    packages ++ lib.unique (lib.concatMap checked extra);
}
