# `stdenv` as recipes see it: a folder with the file `setup`, and `mkDerivation` with `finalAttrs`, `overrideAttrs`, `passthru`,
# `env`, `meta` (insecure packages are refused as in nixpkgs) and nixpkgs' hardening defaults.
{
  lib,
  config,
  system,
  hostPlatform,
  host,
}:
let
  inherit (host) bash;
  hardening = [
    "fortify"
    "stackprotector"
    "pic"
    "strictoverflow"
    "format"
    "relro"
    "bindnow"
  ];

  plain =
    name: builder: extra:
    derivation (
      {
        inherit name system;
        inherit (host) hostTools;
        builder = "${bash}/bin/bash";
        args = [
          "-e"
          "-c"
          builder
        ];
        PATH = lib.makeBinPath [
          host.coreutils
          host.tools
        ];
      }
      // extra
    );

  cc =
    plain "gcc-wrapper"
      ''
        mkdir -p $out/bin
        for program in gcc g++ cpp; do
          sed -e "s|@bash@|$bash|; s|@binutils@|$binutils|; s|@gcc@|$gcc|; s|@gccLib@|$gccLib|; s|@program@|$program|" $wrapper > $out/bin/$program
          chmod +x $out/bin/$program
        done
        ln -s gcc $out/bin/cc
        ln -s g++ $out/bin/c++
        for program in $binutils/bin/*; do ln -s $program $out/bin/; done
      ''
      {
        inherit bash;
        inherit (host) binutils gccLib;
        gcc = host.gccUnwrapped;
        wrapper = ./cc-wrapper.sh;
      }
    // {
      isGNU = true;
      isClang = false;
      cc = host.gccUnwrapped // {
        lib = host.gccLib;
        isGNU = true;
      };
      bintools = host.binutils // {
        dynamicLinker = host.dynamicLinker;
      };
      libc = host.libc;
      targetPrefix = "";
    };

  initialPath = [
    cc
    host.tools
    host.coreutils
    bash
    host.patchelf
  ];

  folder =
    plain "stdenv-host"
      ''
        mkdir -p $out
        sed -e "s|@bash@|$bash|g; s|@initialPath@|$initialPath|; s|@hardening@|$hardening|; s|@storeDir@|$storeDir|" $setup > $out/setup
      ''
      {
        inherit bash initialPath hardening;
        storeDir = builtins.storeDir;
        setup = ./setup.sh;
      };

  allowed =
    name:
    builtins.getEnv "NIXPKGS_ALLOW_INSECURE" == "1"
    || lib.elem name (config.permittedInsecurePackages or [ ])
    || (config.allowInsecurePredicate or (_: false)) { inherit name; };

  # nixpkgs' wording, so that what is said about it in our own messages can be compared.
  checked =
    name: meta: value:
    let
      reasons = meta.knownVulnerabilities or [ ];
    in
    if reasons == [ ] || allowed name then
      value
    else
      throw ''
        Package ‘${name}’ is marked as insecure, refusing to evaluate.


        Known issues:
        ${lib.concatMapStringsSep "\n" (reason: " - ${reason}") reasons}

        You can install it anyway by allowing this package, using the
        following methods:

        a) To temporarily allow all insecure packages, you can use an environment
           variable for a single invocation of the nix tools:

             $ export NIXPKGS_ALLOW_INSECURE=1

        b) for `nixos-rebuild` you can add ‘${name}’ to
           `nixpkgs.config.permittedInsecurePackages` in the configuration.nix,
           like so:

             {
               nixpkgs.config.permittedInsecurePackages = [
                 "${name}"
               ];
             }
      '';

  hardeningFor =
    attrs:
    let
      disabled = attrs.hardeningDisable or [ ];
      flags = lib.unique (hardening ++ attrs.hardeningEnable or [ ]);
    in
    lib.optionalAttrs (attrs ? hardeningDisable || attrs ? hardeningEnable) {
      NIX_HARDENING_ENABLE =
        if lib.elem "all" disabled then "" else toString (lib.subtractLists disabled flags);
    };

  dependencies =
    attrs:
    let
      list = name: map lib.getDev (lib.filter (x: x != null) (lib.flatten (attrs.${name} or [ ])));
      checking = attrs.doCheck or false || attrs.doInstallCheck or false;
    in
    {
      nativeBuildInputs = list "nativeBuildInputs" ++ lib.optionals checking (list "nativeCheckInputs");
      buildInputs = list "buildInputs" ++ lib.optionals checking (list "checkInputs");
      propagatedBuildInputs = list "propagatedBuildInputs";
      propagatedNativeBuildInputs = list "propagatedNativeBuildInputs";
    };

  # Everything that reaches the builder; `passthru`, `meta` and `env` do not.
  derivationArguments =
    name: attrs:
    let
      clean = removeAttrs attrs [
        "passthru"
        "meta"
        "env"
        "pos"
        "builder"
        "args"
        "hardeningDisable"
        "hardeningEnable"
        "nativeCheckInputs"
        "checkInputs"
      ];
      env = attrs.env or { } // hardeningFor attrs;
      clashes = lib.attrNames (builtins.intersectAttrs env clean);
      structured = attrs.__structuredAttrs or (config.structuredAttrsByDefault or false);
    in
    lib.throwIf (clashes != [ ])
      "The `env` attribute set cannot contain any attributes passed to derivation. The following attributes are overlapping: ${toString clashes}"
      (
        clean
        // dependencies attrs
        // {
          inherit name system;
          stdenv = folder;
          builder = if attrs ? builder then attrs.realBuilder or "${bash}/bin/bash" else "${bash}/bin/bash";
          args =
            attrs.args or [
              "-e"
              (attrs.builder or ./default-builder.sh)
            ];
          outputs = attrs.outputs or [ "out" ];
          strictDeps = attrs.strictDeps or false;
          doCheck = attrs.doCheck or false;
          doInstallCheck = attrs.doInstallCheck or false;
          __ignoreNulls = true;
        }
        // (
          if structured then
            {
              inherit env;
              __structuredAttrs = true;
            }
          else
            env
        )
      );

  # One package value: the derivation, its outputs, `passthru`, `meta`; paths only when the package may be used.
  package =
    overrideAttrs: attrs:
    let
      name = attrs.name or "${attrs.pname}-${attrs.version}";
      meta = {
        inherit name;
        available = true;
        broken = false;
        insecure = (attrs.meta.knownVulnerabilities or [ ]) != [ ];
      }
      // attrs.meta or { };
      passthru = attrs.passthru or { };
      raw = derivation (derivationArguments name attrs);
      common = raw // passthru // { inherit meta passthru overrideAttrs; } // outputs;
      output = outputName: {
        inherit outputName;
        type = "derivation";
        drvPath = checked name meta raw.drvPath;
        outPath = checked name meta raw.${outputName}.outPath;
      };
      outputs = lib.genAttrs (attrs.outputs or [ "out" ]) (
        outputName: common // output outputName // { outputSpecified = true; }
      );
    in
    common // output (lib.head (attrs.outputs or [ "out" ]));

  fromFunction =
    f:
    let
      attrs = f (attrs // { inherit finalPackage overrideAttrs; });
      overrideAttrs =
        change:
        fromFunction (
          final:
          let
            prev = f final;
            changed = if lib.isFunction change then change prev else change;
          in
          prev // (if lib.isFunction changed then change final prev else changed)
        );
      finalPackage = package overrideAttrs attrs;
    in
    finalPackage;
in
folder
// {
  inherit
    cc
    initialPath
    system
    hostPlatform
    ;
  buildPlatform = hostPlatform;
  targetPlatform = hostPlatform;
  shell = "${bash}/bin/bash";
  isLinux = hostPlatform.isLinux;
  isDarwin = hostPlatform.isDarwin;
  mkDerivation = attrs: fromFunction (lib.toFunction attrs);
}
