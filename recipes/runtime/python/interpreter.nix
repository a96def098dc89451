# Checks the interpreter that was passed in, and gathers what the builders need of it.
{
  lib,
  stdenv,
  python,
  pythonVersion,
  pythonFrom,
  pythonTo,
  allowInsecurePython,
}:
let
  attribute = "python${builtins.replaceStrings [ "." ] [ "" ] pythonVersion}";
  implementation = python.implementation or "cpython";
  minor = python.pythonVersion or (lib.versions.majorMinor python.version);
  tooOld = pythonFrom != null && lib.versionOlder python.version pythonFrom;
  tooNew = pythonTo != null && lib.versionOlder pythonTo python.version;

  # nixpkgs refuses what it knows to be insecure as soon as its path is asked for.
  reasons = python.meta.knownVulnerabilities or [ ];
  isRefused = reasons != [ ] && !allowInsecurePython && !(builtins.tryEval python.outPath).success;
  # `self` is tied, since what the interpreter says of itself would lead back to the refused one.
  allowed = (python.override or (_: python) { self = allowed; }).overrideAttrs (old: {
    meta = old.meta // {
      knownVulnerabilities = [ ];
    };
  });
  usable = if reasons != [ ] && allowInsecurePython then allowed else python;
in
if python == null then
  throw "lock2nix: this package set has no ${attribute}; pass a CPython ${pythonVersion} as `python`, or run `convert --python` with a version that it has"
else if implementation != "cpython" then
  throw "lock2nix: this recipe is for CPython ${pythonVersion}, but `python` is ${implementation}"
else if python ? python then
  throw "lock2nix: `python` is an environment made by `withPackages` or `buildEnv`; pass the bare interpreter, `pkgs.${attribute}`"
else if minor != pythonVersion then
  throw "lock2nix: this recipe is for Python ${pythonVersion}, but `python` is ${python.version}; pass `python = pkgs.${attribute}`, or run `convert --python ${minor}`"
else if tooOld || tooNew then
  throw "lock2nix: the pins depend on the patch release: they hold ${
    lib.optionalString (pythonFrom != null) "from ${pythonFrom} "
  }${
    lib.optionalString (pythonTo != null) "up to ${pythonTo} "
  }but `python` is ${python.version}; run `convert --python ${python.version}`"
else if isRefused then
  throw "lock2nix: nixpkgs marks ${python.name} as insecure (${builtins.concatStringsSep " " reasons}); to use it all the same, pass `allowInsecurePython = true` to this recipe (`--arg allowInsecurePython true`), or import nixpkgs with `config.permittedInsecurePackages = [ \"${python.name}\" ]`"
else
  {
    python = usable;
    version = pythonVersion;
    # Not `.interpreter`: nixpkgs lets that throw for an insecure interpreter even when it is allowed.
    executable = "${usable}/bin/python${pythonVersion}";
    sitePackages = "lib/python${pythonVersion}/site-packages";
    environment = {
      # UTF-8 for `setup.py` files that read their README; repeatable bytes for `.pyc` and zip files.
      LC_ALL = if stdenv.hostPlatform.isDarwin then "en_US.UTF-8" else "C.UTF-8";
      PYTHONHASHSEED = "0";
      PYTHONDONTWRITEBYTECODE = "1";
      PYTHONNOUSERSITE = "1";
      SOURCE_DATE_EPOCH = "315532800";
    };
  }
