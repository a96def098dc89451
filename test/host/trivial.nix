# nixpkgs' trivial builders.
{
  lib,
  stdenv,
  bash,
}:
rec {
  runCommandWith =
    {
      name,
      derivationArgs ? { },
      ...
    }:
    buildCommand:
    stdenv.mkDerivation (
      {
        inherit name buildCommand;
        enableParallelBuilding = true;
      }
      // derivationArgs
    );
  runCommand = name: derivationArgs: runCommandWith { inherit name derivationArgs; };
  runCommandLocal = runCommand;
  runCommandCC = runCommand;

  writeTextFile =
    {
      name,
      text,
      executable ? false,
      destination ? "",
      meta ? { },
      ...
    }:
    runCommand name
      {
        inherit
          text
          executable
          destination
          meta
          ;
        passAsFile = [ "text" ];
      }
      ''
        target=$out$destination
        mkdir -p "$(dirname "$target")"
        if [ -e "''${textPath:-}" ]; then cp "$textPath" "$target"; else printf '%s' "$text" > "$target"; fi
        if [ -n "$executable" ]; then chmod +x "$target"; fi
      '';
  writeText = name: text: writeTextFile { inherit name text; };
  writeScript =
    name: text:
    writeTextFile {
      inherit name text;
      executable = true;
    };
  writeShellScript = name: text: writeScript name "#!${bash}/bin/bash\n${text}";
  writeShellScriptBin =
    name: text:
    writeTextFile {
      inherit name;
      text = "#!${bash}/bin/bash\n${text}";
      executable = true;
      destination = "/bin/${name}";
      meta.mainProgram = name;
    };
  writeTextDir =
    path: text:
    writeTextFile {
      inherit text;
      name = baseNameOf path;
      destination = "/${path}";
    };

  # Links the inputs' files into one tree; the first input wins.
  symlinkJoin =
    {
      name,
      paths,
      postBuild ? "",
      ...
    }@args:
    runCommand name
      (
        removeAttrs args [
          "name"
          "postBuild"
        ]
        // {
          inherit paths;
        }
      )
      ''
        mkdir -p $out
        for path in ''${paths[*]}; do cp -rsn --no-preserve=mode "$path/." $out/; done
        ${postBuild}
      '';
  buildEnv =
    args:
    symlinkJoin (
      removeAttrs args [
        "ignoreCollisions"
        "extraOutputsToInstall"
      ]
    );
  linkFarm =
    name: entries:
    runCommand name { } (
      "mkdir -p $out\n"
      +
        lib.concatMapStrings
          (entry: ''
            mkdir -p "$(dirname ${lib.escapeShellArg "${placeholder "out"}/${entry.name}"})"
            ln -s ${lib.escapeShellArg "${entry.path}"} ${lib.escapeShellArg "${placeholder "out"}/${entry.name}"}
          '')
          (
            if lib.isList entries then
              entries
            else
              lib.mapAttrsToList (name: path: { inherit name path; }) entries
          )
    );

  makeSetupHook =
    {
      name,
      propagatedBuildInputs ? [ ],
      substitutions ? { },
      ...
    }:
    script:
    runCommand name { inherit propagatedBuildInputs; } ''
      mkdir -p $out/nix-support
      substitute ${script} $out/nix-support/setup-hook ${
        toString (
          lib.mapAttrsToList (key: value: "--subst-var-by ${key} ${lib.escapeShellArg value}") substitutions
        )
      }
      if [ -n "''${propagatedBuildInputs[*]}" ]; then
        echo "''${propagatedBuildInputs[*]}" > $out/nix-support/propagated-build-inputs
      fi
    '';

  mkShell =
    {
      packages ? [ ],
      inputsFrom ? [ ],
      nativeBuildInputs ? [ ],
      ...
    }@args:
    stdenv.mkDerivation (
      {
        name = "nix-shell";
        buildCommand = "export > $out";
      }
      // removeAttrs args [
        "packages"
        "inputsFrom"
      ]
      // {
        nativeBuildInputs =
          packages
          ++ nativeBuildInputs
          ++ lib.concatMap (input: input.drvAttrs.nativeBuildInputs or [ ]) inputsFrom;
        buildInputs =
          args.buildInputs or [ ] ++ lib.concatMap (input: input.drvAttrs.buildInputs or [ ]) inputsFrom;
      }
    );
}
