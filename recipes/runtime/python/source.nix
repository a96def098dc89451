# A live source: a file or folder seen from the project's folder, copied without what is not source.
# A folder below the project is copied alone, so that an edit elsewhere does not build it again.
{
  lib,
  src,
  exclude,
}:
path:
let
  folder = if path == "." then src else src + "/${path}";

  # A fetched project holds nothing that has to be left out, and is not read while evaluating.
  isFetched =
    !builtins.isPath src
    && builtins.any (context: context ? outputs) (
      builtins.attrValues (builtins.getContext (toString src))
    );

  isAbove = lib.hasPrefix "../" "${path}/";

  # What a filter sees of a project that was filtered before is below where it came from.
  base = toString (if path == "." then src.origSrc or src else src);
  top = if path == "." then base else toString folder;

  # A wheel's name says what it fits; an exclamation mark (of an epoch) is in no store path's name.
  name =
    if lib.hasSuffix ".whl" path then
      builtins.replaceStrings [ "!" ] [ "-" ] (baseNameOf path)
    else
      "source";

  missing = "lock2nix: `${path}` is not there, seen from `src`, which is ${toString src}; ${
    if isAbove then
      "it lies outside of that folder, and a flake holds its own folder only: put flake.nix into a folder that holds both, or pass `src` as a path that has `${path}`"
    else
      "bring it back (a flake sees only what git tracks: `git add` it), or lock and convert again"
  }";

  ignoredNames = [
    ".DS_Store"
    ".coverage"
    ".direnv"
    ".eggs"
    ".git"
    ".hg"
    ".hypothesis"
    ".idea"
    ".mypy_cache"
    ".nox"
    ".pytest_cache"
    ".ruff_cache"
    ".svn"
    ".tox"
    ".venv"
    ".vscode"
    "__pycache__"
    "node_modules"
  ];

  # Made by venv and virtualenv; by virtualenv before 20, which ran on Python 2.
  isEnvironment =
    file:
    builtins.pathExists (file + "/pyvenv.cfg") || builtins.pathExists (file + "/bin/activate_this.py");

  # What setuptools leaves behind would be packaged again.
  isBuilt =
    file: name:
    lib.hasSuffix ".egg-info" name
    ||
      toString (dirOf file) == "${top}/build" && builtins.match "(bdist|lib|temp)(\\..*)?" name != null;

  isSource =
    file: type:
    let
      name = baseNameOf file;
    in
    !(
      builtins.elem name ignoredNames
      || isBuilt file name
      || builtins.any (excluded: toString file == "${base}/${excluded}") exclude
      || lib.hasSuffix ".pyc" name
      || type == "symlink" && (name == "result" || lib.hasPrefix "result-" name)
      || type == "directory" && isEnvironment file
      # Sockets and pipes.
      || type == "unknown"
    );
in
if isFetched then
  if isAbove && lib.isDerivation src then
    throw missing
  else
    {
      inherit name;
      outPath = toString folder;
    }
else if !builtins.pathExists folder then
  throw missing
else
  lib.cleanSourceWith {
    inherit name;
    src = folder;
    filter = isSource;
  }
