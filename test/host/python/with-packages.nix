# The environment that nixpkgs' `withPackages` makes: merged links, and wrappers for the programs. Its `bin/python` is a
# shell script, so copying it loses `sys.prefix`; recipes must refuse it as an interpreter.
{
  stdenv,
  host,
  python,
}:
modules:
let
  env = stdenv.mkDerivation {
    name = "${python.name}-env";
    paths = map toString (python.pkgs.requiredPythonModules modules ++ [ python ]);
    buildCommand = ''
      mkdir -p $out
      for path in ''${paths[*]}; do cp -rsn --no-preserve=mode "$path/." $out/; done
      rm -rf $out/bin $out/nix-support
      mkdir -p $out/bin
      for path in ''${paths[*]}; do
        for program in $path/bin/*; do
          name=$(basename "$program")
          if [ -f "$program" ] && [ ! -e $out/bin/$name ]; then
            {
              echo "#! ${host.bash}/bin/bash -e"
              echo "export NIX_PYTHONPREFIX='$out'"
              echo "export NIX_PYTHONEXECUTABLE='$out/bin/${python.executable}'"
              echo "export NIX_PYTHONPATH='$out/${python.sitePackages}'"
              echo "export PYTHONNOUSERSITE='true'"
              echo "exec \"$program\" \"\$@\""
            } > $out/bin/$name
            chmod +x $out/bin/$name
          fi
        done
      done
    '';
    passthru = python.passthru // {
      interpreter = "${env}/bin/${python.executable}";
      inherit python;
      env = stdenv.mkDerivation {
        name = "interactive-${python.name}-environment";
        nativeBuildInputs = [ env ];
        buildCommand = "echo 'this derivation is not meant to be built' >&2; exit 1";
      };
    };
    meta = python.meta;
  };
in
env
