# nixpkgs' fetchers, as far as recipes use them. All are fixed-output; nothing is fetched while evaluating.
{
  lib,
  stdenv,
  hostTools,
}:
let
  proxies = [
    "http_proxy"
    "https_proxy"
    "ftp_proxy"
    "all_proxy"
    "no_proxy"
    "NIX_SSL_CERT_FILE"
  ];

  # SRI or one of the old attributes -> what `derivation` wants.
  outputHash =
    {
      hash ? "",
      sha256 ? "",
      sha512 ? "",
      sha1 ? "",
      ...
    }:
    if hash != "" then
      {
        outputHash = hash;
        outputHashAlgo = null;
      }
    else if sha512 != "" then
      {
        outputHash = sha512;
        outputHashAlgo = "sha512";
      }
    else if sha256 != "" then
      {
        outputHash = sha256;
        outputHashAlgo = "sha256";
      }
    else if sha1 != "" then
      {
        outputHash = sha1;
        outputHashAlgo = "sha1";
      }
    else
      throw "fetchurl requires a hash for fixed-output derivation";

  fetchurl =
    {
      url ? lib.head urls,
      urls ? [ url ],
      name ? baseNameOf (toString url),
      executable ? false,
      passthru ? { },
      meta ? { },
      ...
    }@args:
    derivation (
      {
        inherit name url executable;
        urls = [ url ];
        builder = "builtin:fetchurl";
        system = "builtin";
        unpack = false;
        outputHashMode = if executable then "recursive" else "flat";
        preferLocalBuild = true;
        impureEnvVars = proxies;
        __ignoreNulls = true;
      }
      // outputHash args
    )
    // passthru
    // {
      inherit meta;
    };

  # Runs the host's git or curl: these exist outside the recipes' PATH only.
  hostFetch =
    name: args: script:
    stdenv.mkDerivation (
      {
        inherit name hostTools;
        outputHashMode = "recursive";
        impureEnvVars = proxies;
        preferLocalBuild = true;
        buildCommand = ''
          PATH=$PATH:$hostTools
          export HOME=$NIX_BUILD_TOP
          ${script}
        '';
      }
      // args
    );
in
{
  inherit fetchurl;

  # nixpkgs' result: the tree at `rev`, with submodules unless told not to, without `.git`.
  fetchgit =
    {
      url,
      rev ? "HEAD",
      fetchSubmodules ? true,
      leaveDotGit ? false,
      name ? "${lib.removeSuffix ".git" (baseNameOf url)}-${lib.substring 0 7 rev}",
      ...
    }@args:
    lib.throwIf leaveDotGit "the test set's fetchgit has no `leaveDotGit'" (
      hostFetch name (outputHash args // { inherit url rev fetchSubmodules; }) ''
        export GIT_SSL_CAINFO=''${NIX_SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
        export GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 GIT_EXEC_PATH=/usr/lib/git-core
        git config --global safe.directory '*'
        git config --global protocol.file.allow always
        git -c init.defaultBranch=main init -q $out
        cd $out
        git remote add origin "$url"
        git fetch -q --depth 1 origin "$rev" || git fetch -q origin "+refs/*:refs/fetched/*"
        git -c advice.detachedHead=false checkout -q "$(git rev-parse -q --verify "$rev^{commit}" || echo FETCH_HEAD)"
        if [ -n "$fetchSubmodules" ]; then git submodule -q update --init --recursive; fi
        find . -name .git -prune -exec rm -rf '{}' +
      ''
    );

  fetchzip =
    {
      url,
      name ? "source",
      extension ? "",
      stripRoot ? true,
      ...
    }@args:
    hostFetch name (outputHash args // { inherit url extension stripRoot; }) ''
      curl -fsSL --cacert "''${NIX_SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" -o archive "$url"
      mkdir unpacked
      cd unpacked
      case .''${extension:-$url} in
        *.zip) unzip -qq ../archive ;;
        *) tar xf ../archive --mode=+w ;;
      esac
      chmod -R u+w .
      if [ -n "$stripRoot" ]; then
        if [ "$(ls -A | wc -l)" != 1 ]; then
          echo "error: zip file must contain a single file or directory." >&2
          exit 1
        fi
        mv "$(ls -A)" $out
      else
        cd ..
        mv unpacked $out
      fi
      chmod 755 $out
    '';
}
