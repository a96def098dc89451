# The Nix side of a lock2nix recipe for Python: takes pins and environments, which are plain data,
# and gives packages, environments and the application. Copied verbatim beside the pins.
{
  pkgs,
  python,
  fetchers,
  src,
  exclude,
  packageOverrides,
  pins,
  pythonVersion,
  pythonFrom ? null,
  pythonTo ? null,
  allowInsecurePython ? false,
  platforms,
  environments,
  buildEnvironments,
  # The `[[collision]]` rules of overrides.toml.
  collisions ? [ ],
  # Names of the packages whose programs `app` has: the project's own, or what was asked for by name.
  roots ? [ ],
  rootsOn ? { },
  # Names of the packages that `shell` takes from their live folders, and these, relative to `src`.
  editable ? { },
}:
let
  inherit (pkgs) lib stdenv;

  platform = import ./platform.nix { inherit lib stdenv platforms; };

  interpreter = import ./interpreter.nix {
    inherit
      lib
      stdenv
      python
      pythonVersion
      pythonFrom
      pythonTo
      allowInsecurePython
      ;
  };

  nixpkgs = import ./nixpkgs.nix { inherit lib interpreter; };

  mkEnv =
    let
      make = import ./mk-env.nix { inherit stdenv interpreter collisions; };
      # What nixpkgs' own packages propagate is part of an environment too.
      isTaken = package: builtins.elem package.outPath takenPaths;
    in
    { name, packages }:
    make {
      inherit name;
      packages =
        if taken == { } then packages else nixpkgs.withClosure (builtins.filter isTaken packages) packages;
    };

  # The pins that stand for packages of nixpkgs.
  taken = lib.filterAttrs (_: spec: spec.kind == "nixpkgs") specs;
  takenPaths = map (spec: (nixpkgs.take spec).outPath) (builtins.attrValues taken);

  build = import ./build.nix {
    inherit
      pkgs
      lib
      stdenv
      interpreter
      platform
      ;
  };

  specs = pins (
    fetchers
    // {
      inherit lib pkgs;
      source = import ./source.nix { inherit lib src exclude; };
      wheel = spec: spec // { kind = "wheel"; };
      sdist = spec: spec // { kind = "sdist"; };
      nixpkgs = spec: spec // { kind = "nixpkgs"; };
    }
  );

  # What holds on every platform, and what holds on this one only.
  select = common: byPlatform: common ++ (byPlatform.${platform.name} or [ ]);

  # What `packageOverrides` adds has none that are known here.
  dependenciesOf =
    name: select (specs.${name}.dependencies or [ ]) (specs.${name}.dependenciesOn or { });

  # Run-time cycles are harmless here: names are closed over, derivations are not.
  closure =
    name:
    map (item: item.key) (
      builtins.genericClosure {
        startSet = [ { key = name; } ];
        operator = item: map (key: { inherit key; }) (dependenciesOf item.key);
      }
    );

  packages = lib.fix (
    lib.extends packageOverrides (
      final:
      let
        members =
          environment:
          map (name: final.${name}) (select (environment.packages or [ ]) (environment.packagesOn or { }));
        buildEnvs = builtins.mapAttrs (
          name: environment:
          mkEnv {
            name = "build-environment-${name}";
            packages = members environment;
          }
        ) buildEnvironments;
      in
      builtins.mapAttrs (
        name: spec:
        if spec.kind == "nixpkgs" then
          nixpkgs.take spec
        else
          build {
            inherit spec;
            buildEnv = buildEnvs.${spec.buildEnvironment};
            dependencies = dependenciesOf name;
            envOf =
              package:
              mkEnv {
                name = "${spec.pname}-env";
                packages = map (member: if member == name then package else final.${member}) (closure name);
              };
          }
      ) specs
    )
  );

  namesOf = environment: select (environment.packages or [ ]) (environment.packagesOn or { });

  membersOf = environment: map (name: packages.${name}) (namesOf environment);

  envs = builtins.mapAttrs (
    name: environment:
    mkEnv {
      name = "python${pythonVersion}-${name}-env";
      packages = membersOf environment;
    }
  ) environments;

  shell =
    let
      # What was filtered is live where it came from.
      project = toString (src.origSrc or src);
      names = lib.unique (rootNames ++ namesOf (environments.development or environments.default));
      makeEditable = import ./editable.nix {
        inherit
          lib
          stdenv
          interpreter
          project
          ;
      };
    in
    import ./shell.nix {
      # Without live members nobody asks for the project, which need not be there then.
      inherit lib stdenv project;
      name = "python${pythonVersion}-shell";
      env = mkEnv {
        name = "python${pythonVersion}-shell-env";
        packages = map (
          name:
          if editable ? ${name} then makeEditable packages.${name} editable.${name} else packages.${name}
        ) names;
      };
      members = map (name: packages.${name}) (builtins.filter (name: editable ? ${name}) names);
    };

  rootNames = select roots rootsOn;

  rootPackages = map (name: packages.${name}) rootNames;
in
{
  inherit packages envs shell;

  env = envs.default;

  app =
    if rootNames == [ ] then
      throw "lock2nix: the input has no project of its own, so there is no `app`; build `env` or `packages.NAME`"
    else
      import ./app.nix {
        inherit stdenv;
        packages = rootPackages;
        env = mkEnv {
          name = "python${pythonVersion}-application-env";
          packages = map (name: packages.${name}) (lib.unique (rootNames ++ namesOf environments.default));
        };
      };

  checks = builtins.mapAttrs (
    name: environment:
    import ./check.nix {
      inherit stdenv;
      name = "check-${name}-env";
      env = envs.${name};
      packages = membersOf environment;
      pip = mkEnv {
        name = "check-tools";
        packages = membersOf buildEnvironments.check;
      };
      inherit interpreter;
    }
  ) environments;

  pythonModules = import ./python-modules.nix {
    inherit
      lib
      stdenv
      interpreter
      packages
      closure
      ;
  };
}
