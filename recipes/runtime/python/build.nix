# One distribution: a wheel unpacked, or a source tree built by its own PEP 517 backend. The
# derivation knows its source and its build environment; run-time dependencies are names only.
{
  pkgs,
  lib,
  stdenv,
  interpreter,
  platform,
}:
{
  spec,
  buildEnv,
  dependencies,
  # Makes the environment of a package, whatever was overridden in it.
  envOf,
}:
let
  # What rules change, on this platform; `files` are what scripts are told.
  changes = spec // spec.on.${platform.name} or { };
  told =
    name: value: builtins.toFile name (builtins.unsafeDiscardStringContext (builtins.toJSON value));
  changesFiles = part: part ? edits || part ? remove || part ? create;
  changeFiles =
    folder: part:
    lib.optionalString (changesFiles part) ''
      ${interpreter.executable} ${./change_files.py} ${folder} ${
        told "changes.json" {
          edits = part.edits or [ ];
          remove = part.remove or [ ];
          create = part.create or [ ];
        }
      }
    '';
  # Before RECORD is written of it.
  changeInstalled =
    let
      library = ''"$out/${interpreter.sitePackages}"'';
      installed = changes.installed or { };
    in
    lib.concatMapStrings (file: ''
      echo "applying patch ${file}"
      patch -p1 --no-backup-if-mismatch -d ${library} < ${file}
    '') (installed.patches or [ ])
    + changeFiles library installed
    + lib.optionalString (changes ? requirements) ''
      ${interpreter.executable} ${./change_requirements.py} ${library} ${told "requirements.json" changes.requirements}
    '';
  hooks = lib.filterAttrs (name: _: builtins.elem name hookNames) changes;
  hookNames = [
    "postUnpack"
    "prePatch"
    "postPatch"
    "preBuild"
    "postBuild"
    "preInstall"
    "postInstall"
  ];

  wheels = spec.wheels or { };
  fromWheel = spec.kind == "wheel" || wheels ? ${platform.name};
  sources = if wheels ? ${platform.name} then wheels else spec.src;
  src = platform.choose spec.pname sources;
  # Where there is no file, `meta` says so, and can be read.
  isNative = fromWheel && platform.has sources && !(lib.hasSuffix "-any.whl" src.name);

  # Prebuilt ELF files look for the libraries that manylinux promises (PEP 513, 571, 599).
  prebuilt = isNative && stdenv.hostPlatform.isLinux;
  manylinux =
    pkgs.pythonManylinuxPackages.manylinux2014 or [
      stdenv.cc.cc.lib
      pkgs.zlib
    ];

  # Runs a command; the log of one that fails ends with what cures it, where that is known.
  explained = command: ''
    log="$NIX_BUILD_TOP/lock2nix-build.log"
    if ! (
      set -o pipefail
      ${command} 2>&1 | tee "$log"
    ); then
      ${interpreter.executable} ${./explain_failure.py} "$log" ${lib.escapeShellArg spec.pname} ${./libraries.json}
      exit 1
    fi
  '';

  wheel = {
    dontUnpack = true;
    dontConfigure = true;
    dontBuild = true;
    # strip and patchelf damage libraries that auditwheel has already edited.
    dontStrip = true;
    dontPatchELF = true;
    dontPatchShebangs = true;
    dontAutoPatchelf = true;
    nativeBuildInputs = changes.nativeBuildInputs or [ ] ++ lib.optional prebuilt pkgs.autoPatchelfHook;
    buildInputs = changes.buildInputs or [ ] ++ lib.optionals prebuilt manylinux;
    installPhase = ''
      runHook preInstall
      ${interpreter.executable} ${./install_wheel.py} unpack "$src" "$out" ${interpreter.executable}
      ${changeInstalled}
      runHook postInstall
      ${lib.optionalString prebuilt (explained ''autoPatchelf "$out"'')}
      ${interpreter.executable} ${./install_wheel.py} finish "$out" ${interpreter.executable}
    '';
  };

  arguments = lib.escapeShellArgs (
    [ (spec.backend or "setuptools.build_meta:__legacy__") ] ++ (spec.backendPath or [ ])
  );

  # A version that a project reads from version control, or from the name of its folder
  # (versioneer), is that of the pin; the same words do no harm where nobody asks.
  pretended =
    let
      shout = name: lib.toUpper (builtins.replaceStrings [ "-" ] [ "_" ] name);
    in
    {
      PBR_VERSION = spec.version;
      PDM_BUILD_SCM_VERSION = spec.version;
      POETRY_DYNAMIC_VERSIONING_BYPASS = spec.version;
      # For setuptools_scm before 6, and where it does not know the name.
      SETUPTOOLS_SCM_PRETEND_VERSION = spec.version;
      "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_${shout spec.pname}" = spec.version;
      UV_DYNAMIC_VERSIONING_BYPASS = spec.version;
    };
  folder = lib.escapeShellArg "${spec.pname}-${spec.version}";

  sdist = {
    env =
      interpreter.environment
      // pretended
      // lib.optionalAttrs (changes ? configSettings) {
        LOCK2NIX_CONFIG_SETTINGS = builtins.toJSON changes.configSettings;
      }
      // changes.env or { };
    patches = changes.patches or [ ];
    dontConfigure = true;
    # Done in installPhase, since RECORD must agree with what is installed.
    dontStrip = true;
    dontPatchELF = true;
    dontPatchShebangs = true;
    disallowedReferences = [ buildEnv ];
    nativeBuildInputs = changes.nativeBuildInputs or [ ];
    buildInputs = changes.buildInputs or [ ];
    hardeningDisable = changes.hardeningDisable or [ ];
    unpackPhase = ''
      runHook preUnpack
      ${interpreter.executable} ${./unpack_source.py} "$src" ${folder}
      cd ${folder}
      cd ${lib.escapeShellArg (spec.subdirectory or ".")}
      runHook postUnpack
    '';
    patchPhase = ''
      runHook prePatch
      for file in $patches; do
        echo "applying patch $file"
        patch -p1 --no-backup-if-mismatch < "$file"
      done
      ${changeFiles "." changes}
      runHook postPatch
    '';
    buildPhase = ''
      runHook preBuild
      export HOME="$NIX_BUILD_TOP"
      export NIX_CFLAGS_COMPILE="''${NIX_CFLAGS_COMPILE:-} -ffile-prefix-map=$NIX_BUILD_TOP=/build"
      ${explained ''PATH="${buildEnv}/bin:$PATH" ${buildEnv}/bin/python ${./build_wheel.py} "$NIX_BUILD_TOP/wheels" ${arguments}''}
      runHook postBuild
    '';
    installPhase = ''
      runHook preInstall
      ${interpreter.executable} ${./install_wheel.py} unpack "$NIX_BUILD_TOP/wheels" "$out" ${interpreter.executable}
      ${changeInstalled}
      runHook postInstall
      if [ -d "$out/bin" ]; then patchShebangs --host "$out/bin"; fi
      find "$out" -type f \( -name '*.so' -o -name '*.so.*' -o -name '*.dylib' -o -perm -0100 \) -print0 |
        while IFS= read -r -d "" file; do
          case "$(head -c 4 "$file" | od -An -tx1 | tr -d ' \n')" in
            7f454c46)
              strip -S "$file"
              patchelf --shrink-rpath "$file"
              ;;
            cffaedfe | cafebabe) strip -S "$file" ;;
          esac
        done
      ${interpreter.executable} ${./install_wheel.py} finish "$out" ${interpreter.executable}
    '';
  };
in
stdenv.mkDerivation (
  finalAttrs:
  {
    inherit src;
    inherit (spec) pname version;
    env = interpreter.environment // changes.env or { };
    passthru = {
      inherit dependencies;
      env = envOf finalAttrs.finalPackage;
    }
    // lib.optionalAttrs (changes ? pythonImportsCheck) { importsCheck = changes.pythonImportsCheck; };
    meta =
      platform.limits (if spec.src ? outPath then spec.src else wheels // spec.src)
      # As in nixpkgs, a wheel of Python modules alone counts as source.
      // lib.optionalAttrs isNative { sourceProvenance = [ lib.sourceTypes.binaryNativeCode ]; }
      // spec.meta or { };
  }
  // lib.optionalAttrs (spec ? name) { inherit (spec) name; }
  // hooks
  // (if fromWheel then wheel else sdist)
)
