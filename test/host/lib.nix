# The part of nixpkgs' `lib` that recipes use or may use. Sub-namespaces (`lib.strings`, …) are `lib` itself.
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    elem
    elemAt
    filter
    foldl'
    genList
    head
    isAttrs
    isList
    isString
    length
    listToAttrs
    match
    replaceStrings
    stringLength
    substring
    tail
    ;

  license = spdxId: fullName: {
    inherit spdxId fullName;
    shortName = spdxId;
    free = true;
  };

  # What nixpkgs' lib takes over from `builtins`; other built-ins are not found in it there either.
  reexported = {
    inherit (builtins)
      add
      addErrorContext
      all
      any
      attrNames
      attrValues
      bitAnd
      bitOr
      bitXor
      catAttrs
      compareVersions
      concatLists
      concatMap
      concatStringsSep
      deepSeq
      elem
      elemAt
      filter
      foldl'
      genList
      genericClosure
      getAttr
      groupBy
      hasAttr
      head
      intersectAttrs
      isAttrs
      isBool
      isFloat
      isInt
      isList
      isPath
      isString
      length
      lessThan
      listToAttrs
      map
      mapAttrs
      match
      partition
      pathExists
      readFile
      removeAttrs
      replaceStrings
      seq
      sort
      split
      splitVersion
      storeDir
      stringLength
      sub
      substring
      tail
      trace
      unsafeDiscardStringContext
      unsafeGetAttrPos
      zipAttrsWith
      ;
  };

  lib = reexported // rec {
    # namespaces
    attrsets = lib;
    customisation = lib;
    debug = lib;
    fixedPoints = lib;
    lists = lib;
    meta = lib;
    sources = lib;
    strings = lib;
    trivial = lib;

    # functions
    id = x: x;
    const = x: _: x;
    flip =
      f: a: b:
      f b a;
    pipe = foldl' (x: f: f x);
    min = a: b: if a < b then a else b;
    max = a: b: if a > b then a else b;
    boolToString = b: if b then "true" else "false";
    fix =
      f:
      let
        x = f x;
      in
      x;
    fix' =
      f:
      let
        x = f x // {
          __unfix__ = f;
        };
      in
      x;
    extends =
      overlay: f: final:
      let
        prev = f final;
      in
      prev // overlay final prev;
    composeExtensions =
      f: g: final: prev:
      let
        first = f final prev;
      in
      first // g final (prev // first);
    composeManyExtensions = foldr composeExtensions (_final: _prev: { });
    makeExtensible =
      f:
      fix' f
      // {
        extend = overlay: makeExtensible (extends overlay f);
      };
    functionArgs = f: f.__functionArgs or (builtins.functionArgs f);
    setFunctionArgs = f: args: {
      __functor = _self: f;
      __functionArgs = args;
    };
    isFunction = f: builtins.isFunction f || (f ? __functor && isFunction (f.__functor f));
    toFunction = v: if isFunction v then v else _: v;
    warn = message: builtins.trace "warning: ${message}";
    warnIf = condition: message: if condition then warn message else id;
    throwIf = condition: message: if condition then throw message else id;
    throwIfNot = condition: throwIf (!condition);
    assertMsg = condition: message: if condition then true else throw message;
    importJSON = path: builtins.fromJSON (builtins.readFile path);
    importTOML = path: builtins.fromTOML (builtins.readFile path);
    fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    fakeSha256 = "0000000000000000000000000000000000000000000000000000000000000000";
    inPureEvalMode = !(builtins ? currentSystem);
    traceVal = x: builtins.trace x x;

    # lists
    singleton = x: [ x ];
    optional = condition: x: if condition then [ x ] else [ ];
    optionals = condition: xs: if condition then xs else [ ];
    foldr =
      f: start: xs:
      let
        go = n: if n == length xs then start else f (elemAt xs n) (go (n + 1));
      in
      go 0;
    foldl =
      f: start: xs:
      foldl' f start xs;
    fold = foldr;
    last = xs: elemAt xs (length xs - 1);
    init = xs: take (length xs - 1) xs;
    take = n: sublist 0 n;
    drop = n: xs: sublist n (length xs) xs;
    sublist =
      start: count: xs:
      let
        size = length xs;
      in
      genList (n: elemAt xs (n + start)) (max 0 (min count (size - start)));
    range = first: final: if first > final then [ ] else genList (n: first + n) (final - first + 1);
    imap0 = f: xs: genList (n: f n (elemAt xs n)) (length xs);
    imap1 = f: xs: genList (n: f (n + 1) (elemAt xs n)) (length xs);
    zipListsWith =
      f: a: b:
      genList (n: f (elemAt a n) (elemAt b n)) (min (length a) (length b));
    zipLists = zipListsWith (fst: snd: { inherit fst snd; });
    reverseList =
      xs:
      let
        size = length xs;
      in
      genList (n: elemAt xs (size - n - 1)) size;
    toList = x: if isList x then x else [ x ];
    flatten = x: if isList x then concatMap flatten x else [ x ];
    remove = x: filter (y: y != x);
    unique = foldl' (seen: x: if elem x seen then seen else seen ++ [ x ]) [ ];
    subtractLists = gone: filter (x: !(elem x gone));
    intersectLists = kept: filter (x: elem x kept);
    findFirst =
      predicate: default: xs:
      let
        found = filter predicate xs;
      in
      if found == [ ] then default else head found;
    count = predicate: xs: length (filter predicate xs);
    naturalSort = builtins.sort builtins.lessThan;
    sortOn = f: builtins.sort (a: b: f a < f b);

    # attribute sets
    optionalAttrs = condition: set: if condition then set else { };
    nameValuePair = name: value: { inherit name value; };
    genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
    mapAttrs' = f: set: listToAttrs (map (name: f name set.${name}) (attrNames set));
    mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
    mapAttrsRecursive =
      f:
      let
        go =
          path:
          builtins.mapAttrs (name: v: if isAttrs v then go (path ++ [ name ]) v else f (path ++ [ name ]) v);
      in
      go [ ];
    attrsToList = mapAttrsToList nameValuePair;
    filterAttrs =
      predicate: set: removeAttrs set (filter (name: !(predicate name set.${name})) (attrNames set));
    concatMapAttrs = f: set: mergeAttrsList (mapAttrsToList f set);
    mergeAttrsList = foldl' (a: b: a // b) { };
    attrVals = names: set: map (name: set.${name}) names;
    getAttrs = names: set: genAttrs names (name: set.${name});
    attrByPath =
      path: default: set:
      if path == [ ] then
        set
      else if isAttrs set && set ? ${head path} then
        attrByPath (tail path) default set.${head path}
      else
        default;
    hasAttrByPath =
      path: set:
      path == [ ] || (isAttrs set && set ? ${head path} && hasAttrByPath (tail path) set.${head path});
    getAttrFromPath =
      path: attrByPath path (throw "cannot find attribute `${concatStringsSep "." path}'");
    setAttrByPath = path: value: foldr (name: set: { ${name} = set; }) value path;
    recursiveUpdate =
      a: b:
      a
      // builtins.mapAttrs (
        name: v: if isAttrs v && isAttrs (a.${name} or null) then recursiveUpdate a.${name} v else v
      ) b;
    isDerivation = x: (x.type or null) == "derivation";

    # strings
    optionalString = condition: s: if condition then s else "";
    concatStrings = concatStringsSep "";
    concatMapStrings = f: xs: concatStrings (map f xs);
    concatMapStringsSep =
      separator: f: xs:
      concatStringsSep separator (map f xs);
    concatLines = concatMapStrings (line: line + "\n");
    stringToCharacters = s: genList (n: substring n 1 s) (stringLength s);
    hasPrefix = prefix: s: substring 0 (stringLength prefix) s == prefix;
    hasSuffix =
      suffix: s:
      let
        size = stringLength s;
        rest = stringLength suffix;
      in
      size >= rest && substring (size - rest) rest s == suffix;
    hasInfix = infix: s: length (splitString infix s) > 1;
    removePrefix =
      prefix: s: if hasPrefix prefix s then substring (stringLength prefix) (stringLength s) s else s;
    removeSuffix =
      suffix: s: if hasSuffix suffix s then substring 0 (stringLength s - stringLength suffix) s else s;
    escapeRegex = s: replaceStrings regexCharacters (map (c: "\\" + c) regexCharacters) s;
    regexCharacters = stringToCharacters "\\[{()^$?*+|.";
    splitString = separator: s: filter isString (builtins.split (escapeRegex separator) (toString s));
    toUpper = replaceStrings (stringToCharacters lower) (stringToCharacters upper);
    toLower = replaceStrings (stringToCharacters upper) (stringToCharacters lower);
    lower = "abcdefghijklmnopqrstuvwxyz";
    upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    toInt = s: builtins.fromJSON s;
    trim = s: head (match "[[:space:]]*(.*[^[:space:]]|)[[:space:]]*" s);
    escapeShellArg =
      s:
      if match "[[:alnum:],._+:@%/-]+" (toString s) != null then
        toString s
      else
        "'${replaceStrings [ "'" ] [ "'\\''" ] (toString s)}'";
    escapeShellArgs = concatMapStringsSep " " escapeShellArg;
    escapeNixString = s: replaceStrings [ "$" ] [ "\\$" ] (builtins.toJSON s);
    makeSearchPath =
      folder: inputs: concatStringsSep ":" (map (p: "${p}/${folder}") (filter (p: p != null) inputs));
    makeSearchPathOutput =
      output: folder: inputs:
      makeSearchPath folder (map (getOutput output) inputs);
    makeLibraryPath = makeSearchPathOutput "lib" "lib";
    makeBinPath = makeSearchPathOutput "bin" "bin";
    versionOlder = a: b: builtins.compareVersions b a == 1;
    versionAtLeast = a: b: !(versionOlder a b);
    versions = {
      major = v: elemAt (builtins.splitVersion v) 0;
      minor = v: elemAt (builtins.splitVersion v) 1;
      patch = v: elemAt (builtins.splitVersion v) 2;
      majorMinor = v: concatStringsSep "." (take 2 (builtins.splitVersion v));
    };

    # derivations
    getName = p: p.pname or (builtins.parseDrvName (p.name or p)).name;
    getVersion = p: p.version or (builtins.parseDrvName (p.name or p)).version;
    getOutput = output: p: if p.outputSpecified or false then p else p.${output} or p.out or p;
    getBin = getOutput "bin";
    getLib = getOutput "lib";
    getDev = getOutput "dev";
    getExe = p: "${getBin p}/bin/${p.meta.mainProgram or (getName p)}";
    getExe' = p: name: "${getBin p}/bin/${name}";
    addMetaAttrs = new: p: p // { meta = p.meta or { } // new; };
    makeOverridable =
      f: args:
      let
        result = f args;
        overrideWith = new: args // (if isFunction new then new args else new);
        override = new: makeOverridable f (overrideWith new);
      in
      if isAttrs result then
        result
        // {
          inherit override;
        }
        // optionalAttrs (result ? overrideAttrs) {
          overrideAttrs = g: makeOverridable (a: (f a).overrideAttrs g) args;
        }
      else
        result;
    callPackageWith =
      scope: target: args:
      let
        f = if isFunction target then target else import target;
      in
      makeOverridable f (builtins.intersectAttrs (functionArgs f) scope // args);

    # sources
    cleanSourceFilter =
      name: _type:
      let
        base = baseNameOf (toString name);
      in
      !(
        elem base [
          ".git"
          ".svn"
          ".hg"
          "CVS"
        ]
        || hasSuffix "~" base
        || match "^\\.sw[a-z]$" base != null
        || match "^\\..*\\.sw[a-z]$" base != null
        || hasSuffix ".o" base
        || hasSuffix ".so" base
        || match "^result(-.*)?$" base != null
      );
    cleanSourceWith =
      {
        filter ? _path: _type: true,
        src,
        name ? null,
      }:
      let
        wrapped = src ? _isLibCleanSourceWith;
        origSrc = if wrapped then src.origSrc else src;
        both = path: type: filter path type && (if wrapped then src.filter path type else true);
        finalName =
          if name != null then
            name
          else if wrapped then
            src.name
          else
            "source";
      in
      {
        inherit origSrc;
        filter = both;
        name = finalName;
        outPath = builtins.path {
          filter = both;
          path = origSrc;
          name = finalName;
        };
        _isLibCleanSourceWith = true;
      };
    cleanSource =
      src:
      cleanSourceWith {
        filter = cleanSourceFilter;
        inherit src;
      };

    # data
    licenses = {
      afl21 = license "AFL-2.1" "Academic Free License v2.1";
      afl3 = license "AFL-3.0" "Academic Free License v3.0";
      agpl3Only = license "AGPL-3.0-only" "GNU Affero General Public License v3.0 only";
      agpl3Plus = license "AGPL-3.0-or-later" "GNU Affero General Public License v3.0 or later";
      artistic2 = license "Artistic-2.0" "Artistic License 2.0";
      asl20 = license "Apache-2.0" "Apache License 2.0";
      beerware = license "Beerware" "Beerware License";
      boost = license "BSL-1.0" "Boost Software License 1.0";
      bsd0 = license "0BSD" "BSD Zero Clause License";
      bsd2 = license "BSD-2-Clause" "BSD 2-clause \"Simplified\" License";
      bsd3 = license "BSD-3-Clause" "BSD 3-clause \"New\" or \"Revised\" License";
      bsdOriginal = license "BSD-4-Clause" "BSD 4-clause \"Original\" or \"Old\" License";
      cc-by-30 = license "CC-BY-3.0" "Creative Commons Attribution 3.0";
      cc-by-40 = license "CC-BY-4.0" "Creative Commons Attribution 4.0";
      cc-by-sa-30 = license "CC-BY-SA-3.0" "Creative Commons Attribution Share Alike 3.0";
      cc-by-sa-40 = license "CC-BY-SA-4.0" "Creative Commons Attribution Share Alike 4.0";
      cc0 = license "CC0-1.0" "Creative Commons Zero v1.0 Universal";
      cddl = license "CDDL-1.0" "Common Development and Distribution License 1.0";
      epl10 = license "EPL-1.0" "Eclipse Public License 1.0";
      epl20 = license "EPL-2.0" "Eclipse Public License 2.0";
      eupl11 = license "EUPL-1.1" "European Union Public License 1.1";
      eupl12 = license "EUPL-1.2" "European Union Public License 1.2";
      gpl2Only = license "GPL-2.0-only" "GNU General Public License v2.0 only";
      gpl2Plus = license "GPL-2.0-or-later" "GNU General Public License v2.0 or later";
      gpl3Only = license "GPL-3.0-only" "GNU General Public License v3.0 only";
      gpl3Plus = license "GPL-3.0-or-later" "GNU General Public License v3.0 or later";
      hpnd = license "HPND" "Historic Permission Notice and Disclaimer";
      isc = license "ISC" "Internet Systems Consortium License";
      lgpl21Only = license "LGPL-2.1-only" "GNU Lesser General Public License v2.1 only";
      lgpl21Plus = license "LGPL-2.1-or-later" "GNU Lesser General Public License v2.1 or later";
      lgpl2Only = license "LGPL-2.0-only" "GNU Library General Public License v2 only";
      lgpl2Plus = license "LGPL-2.0-or-later" "GNU Library General Public License v2 or later";
      lgpl3Only = license "LGPL-3.0-only" "GNU Lesser General Public License v3.0 only";
      lgpl3Plus = license "LGPL-3.0-or-later" "GNU Lesser General Public License v3.0 or later";
      mit = license "MIT" "MIT License";
      mpl10 = license "MPL-1.0" "Mozilla Public License 1.0";
      mpl11 = license "MPL-1.1" "Mozilla Public License 1.1";
      mpl20 = license "MPL-2.0" "Mozilla Public License 2.0";
      mspl = license "MS-PL" "Microsoft Public License";
      ncsa = license "NCSA" "University of Illinois/NCSA Open Source License";
      ofl = license "OFL-1.1" "SIL Open Font License 1.1";
      openssl = license "OpenSSL" "OpenSSL License";
      osl3 = license "OSL-3.0" "Open Software License 3.0";
      php301 = license "PHP-3.01" "PHP License v3.01";
      postgresql = license "PostgreSQL" "PostgreSQL License";
      psfl = license "Python-2.0" "Python Software Foundation License version 2";
      ruby = license "Ruby" "Ruby License";
      sleepycat = license "Sleepycat" "Sleepycat License";
      tcltk = license "TCL" "TCL/TK License";
      unlicense = license "Unlicense" "The Unlicense";
      upl = license "UPL-1.0" "Universal Permissive License";
      vim = license "Vim" "Vim License";
      w3c = license "W3C" "W3C Software Notice and License";
      wtfpl = license "WTFPL" "Do What The F*ck You Want To Public License";
      wxWindows = license "WXwindows" "wxWindows Library Licence, Version 3.1";
      zlib = license "Zlib" "zlib License";
      zpl20 = license "ZPL-2.0" "Zope Public License 2.0";
      zpl21 = license "ZPL-2.1" "Zope Public License 2.1";
      publicDomain = {
        shortName = "publicDomain";
        fullName = "Public Domain";
        free = true;
      };
      unfree = license "LicenseRef-unfree" "Unfree" // {
        free = false;
      };
    };
    getLicenseFromSpdxId =
      id: findFirst (l: l.spdxId or null == id) { shortName = id; } (builtins.attrValues licenses);
    sourceTypes =
      genAttrs
        [
          "fromSource"
          "binaryNativeCode"
          "binaryBytecode"
          "binaryFirmware"
        ]
        (shortName: {
          inherit shortName;
          isSource = shortName == "fromSource";
        });
    platforms = {
      linux = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      darwin = [
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      unix = platforms.linux ++ platforms.darwin;
      all = platforms.unix;
    };
    maintainers = { };
    teams = { };
    systems.elaborate =
      platform:
      let
        system = if isString platform then platform else platform.system;
        parts = match "([a-z0-9_]+)-([a-z]+)" system;
        cpu = elemAt parts 0;
        kernel = elemAt parts 1;
      in
      rec {
        inherit system;
        isLinux = kernel == "linux";
        isDarwin = kernel == "darwin";
        isUnix = true;
        isWindows = false;
        isx86_64 = cpu == "x86_64";
        isAarch64 = cpu == "aarch64";
        is64bit = true;
        isGnu = isLinux && !isMusl;
        isMusl = platform.isMusl or false;
        isStatic = false;
        libc =
          if isDarwin then
            "libSystem"
          else if isMusl then
            "musl"
          else
            "glibc";
        config = "${cpu}-${
          if isDarwin then "apple-darwin" else "unknown-linux-${if isMusl then "musl" else "gnu"}"
        }";
        parsed = {
          cpu.name = cpu;
          kernel.name = kernel;
        };
        uname.processor = cpu;
        linuxArch = cpu;
        canExecute = other: other.system == system;
        extensions = {
          sharedLibrary = if isDarwin then ".dylib" else ".so";
          executable = "";
        };
      };
  };
in
lib
