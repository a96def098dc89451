# A live source: the project's folder or one below it, without what is not source.
{
  lib,
  src,
  exclude,
}:
path:
let
  folder = if path == "." then src else src + "/${path}";
  base = toString src;
  ignored = [
    ".direnv"
    ".git"
    ".hg"
    ".mypy_cache"
    ".nox"
    ".pytest_cache"
    ".ruff_cache"
    ".svn"
    ".tox"
    ".venv"
    "__pycache__"
    "node_modules"
    "venv"
  ];
in
lib.cleanSourceWith {
  # A wheel's name says what it fits.
  name = if lib.hasSuffix ".whl" path then baseNameOf path else "source";
  src = folder;
  filter =
    file: type:
    let
      name = baseNameOf file;
    in
    !(
      builtins.elem name ignored
      # What setuptools leaves behind would be packaged again.
      || lib.hasSuffix ".egg-info" name
      ||
        toString (dirOf file) == "${toString folder}/build"
        && builtins.match "(bdist|lib|temp)(\\..*)?" name != null
      || builtins.any (excluded: toString file == "${base}/${excluded}") exclude
      || lib.hasSuffix ".pyc" name
      || type == "symlink" && (name == "result" || lib.hasPrefix "result-" name)
      || type == "directory" && builtins.pathExists (file + "/pyvenv.cfg")
    );
}
