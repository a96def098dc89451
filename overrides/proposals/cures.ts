/** What failed builds say, and what cures it. */

import { sourceOfModule } from './modules.ts';
import {
  attributeOfHeader,
  attributeOfLink,
  attributeOfModule,
  attributeOfSoname,
  attributesOfProgram,
} from './native.ts';
import type { Cure, FailedBuild } from './types.ts';

const unique = (items: readonly string[]): readonly string[] => [...new Set(items)].sort();

/** All that a group of an expression found, each once, sorted. */
export const groupsOf = (text: string, patterns: readonly RegExp[]): readonly string[] =>
  unique(
    patterns.flatMap((pattern) =>
      [...text.matchAll(pattern)].flatMap(({ groups }) => groups?.['found'] ?? []),
    ),
  );

const list = (items: readonly string[]): string => items.map((each) => `\`${each}\``).join(', ');

const formatSecurity = ({ text }: FailedBuild): readonly Cure[] =>
  /error: format (?:string is )?not a string literal/.test(text)
    ? [
        {
          why: 'its code does not compile with the hardening flag `format`',
          rule: { native: { 'hardening-disable': ['format'] } },
        },
      ]
    : [];

/** cryptography's bindings, made by cffi, name every function; what OpenSSL 3 took away is an error. */
const openssl = ({ text, name }: FailedBuild): readonly Cure[] => {
  const isMismatch =
    /_openssl\.c(?::\d+)+: error: /.test(text) ||
    /error: .*[‘'](?:FIPS_mode|FIPS_mode_set|ERR_GET_FUNC|CRYPTO_MEM_CHECK_\w+|EVP_R_KEYGEN_FAILURE|SSLv2_\w+|SSLv3_\w+method)[’']/.test(
      text,
    );
  if (!isMismatch) return [];
  return [
    {
      why: 'it does not compile against the OpenSSL that is there; its wheels bring their own',
      rule: { source: { prefer: 'wheel' } },
      ...(name === undefined ? {} : { name }),
    },
  ];
};

const toolchain = ({ text }: FailedBuild): readonly Cure[] => {
  const isRust =
    /can't find Rust compiler|(?:cargo|rustc)['"]?: (?:command )?not found|No such file or directory: '(?:cargo|rustc)'|needs a Rust toolchain/.test(
      text,
    );
  const isGo = /(?:^|[\s/])go['"]?: (?:command )?not found|No such file or directory: 'go'/m.test(
    text,
  );
  if (isRust) {
    return [
      {
        why: 'its source needs a Rust toolchain and vendored crates, which recipes do not have',
        rule: { source: { prefer: 'wheel' } },
      },
    ];
  }
  return isGo
    ? [
        {
          why: 'its source needs a Go toolchain and vendored modules, which recipes do not have',
          rule: { source: { prefer: 'wheel' } },
        },
      ]
    : [];
};

const sonames = ({ text }: FailedBuild): readonly Cure[] => {
  const wanted = groupsOf(text, [
    /could not satisfy dependency (?<found>\S+) wanted by/g,
    /ImportError: (?<found>lib[\w.+-]+\.so[\w.]*): cannot open shared object file/g,
  ]);
  const known = unique(wanted.flatMap((each) => attributeOfSoname(each) ?? []));
  const unknown = wanted.filter((each) => attributeOfSoname(each) === undefined);
  return [
    ...(known.length === 0
      ? []
      : [
          {
            why: `its prebuilt modules want ${list(wanted.filter((each) => !unknown.includes(each)))}`,
            rule: { native: { libraries: known } },
          },
        ]),
    ...(unknown.length === 0
      ? []
      : [
          {
            why: `its prebuilt modules want ${list(unknown)}: add \`native.libraries\` with the attribute of nixpkgs that has it (nix-locate ${unknown[0]})`,
          },
        ]),
  ];
};

/** Headers of CPython's inside, which generated C code of before 3.11 or 3.12 includes. */
const innerHeaders = new Set(['longintrepr.h', 'frameobject.h']);

const isTooOld = (text: string): boolean =>
  /fatal error: '?longintrepr\.h/.test(text) ||
  /(?:PyThreadState|PyLongObject|_longobject|struct _ts|PyFrameObject|struct _frame)\W.* has no member named/.test(
    text,
  );

const headers = ({ text }: FailedBuild): readonly Cure[] => {
  if (isTooOld(text)) {
    return [
      {
        why: 'its C code is for an older Python than this one: take a newer version, or an older `--python`',
      },
    ];
  }
  const missing = groupsOf(text, [
    /fatal error: (?<found>[\w+./-]+\.\w+): No such file or directory/g,
    /fatal error: '(?<found>[\w+./-]+)' file not found/g,
  ]).filter((each) => !innerHeaders.has(each));
  const known = missing.filter((each) => attributeOfHeader(each) !== undefined);
  const unknown = missing.filter((each) => attributeOfHeader(each) === undefined);
  const libraries = unique(known.flatMap((each) => attributeOfHeader(each) ?? []));
  if (known.length > 0) {
    return [{ why: `it includes ${list(known)}`, rule: { native: { libraries } } }];
  }
  const numpy = unknown.filter((each) => each.startsWith('numpy/'));
  if (numpy.length > 0) {
    return [{ why: `it includes ${list(numpy)}`, rule: { build: { requires: ['numpy'] } } }];
  }
  return unknown.length === 0
    ? []
    : [
        {
          why: `it includes ${list(unknown)}: add \`native.libraries\` with the attribute of nixpkgs that has it (nix-locate ${unknown[0]})`,
        },
      ];
};

const links = ({ text }: FailedBuild): readonly Cure[] => {
  const missing = groupsOf(text, [
    /cannot find -l(?<found>[\w.+-]+?)(?::|\s|$)/gm,
    /library not found for -l(?<found>[\w.+-]+)/g,
    /ld: library '(?<found>[\w.+-]+)' not found/g,
  ]);
  const libraries = unique(missing.flatMap((each) => attributeOfLink(each) ?? []));
  if (missing.length === 0) return [];
  return libraries.length === 0
    ? [
        {
          why: `it is linked with ${list(missing)}: add \`native.libraries\` with the attribute of nixpkgs that has it`,
        },
      ]
    : [{ why: `it is linked with ${list(missing)}`, rule: { native: { libraries } } }];
};

const pkgConfigTool = 'pkg-config';

/** What pkg-config does not know, and what is asked of it where it is not there. */
const pkgConfig = ({ text }: FailedBuild): readonly Cure[] => {
  const missing = groupsOf(text, [
    /Package '?(?<found>[\w.+-]+)'? was not found in the pkg-config search path/g,
    /Package '(?<found>[\w.+-]+)', required by '[^'\n]+', not found/g,
    /No package '(?<found>[\w.+-]+)' found/g,
    /pkg-config'?,? (?:'?--[\w-]+'?,? ){1,4}'?(?<found>[a-z][\w.+-]*)\b/g,
    /Dependency "?(?<found>[\w.+-]+)"? not found/g,
  ]);
  const libraries = unique(missing.flatMap((each) => attributeOfModule(each) ?? []));
  return libraries.length === 0
    ? []
    : [
        {
          why: `it asks pkg-config for ${list(missing)}`,
          rule: { native: { tools: [pkgConfigTool], libraries } },
        },
      ];
};

const programPatterns: readonly RegExp[] = [
  /Program '?(?<found>[\w.+-]+)'? (?:not found|found: NO)/g,
  /(?:^|: )(?<found>[\w.+-]+): (?:command )?not found/gm,
  /No such file or directory: u?'(?<found>[\w.+-]+)'/g,
  /unable to execute '?(?<found>[\w.+-]+)'?: No such file/g,
  /error: command '(?<found>[\w.+-]+)' failed: No such file/g,
  /(?<found>pg_config|mysql_config) (?:executable )?not found/g,
  /Could not run (?<found>[\w.+-]+)/g,
  /Did not find (?<found>pkg-config) by name/g,
  /Unable to invoke (?<found>pkg-config)/gi,
  /The (?<found>pkg-config) script could not be found/g,
  /(?<found>pkg-config) (?:is not installed|is required|probably not installed)/gi,
];

/** Sentences that name no program in a form of their own. */
const programSentences: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /CMake must be installed to build|Cannot find CMake executable|Problem with the CMake installation/i,
    ['cmake'],
  ],
  [/libxml2 and libxslt development packages are installed/, ['xml2-config', 'xslt-config']],
  [/make sure that? (?:you have )?pkg-config (?:is )?installed/i, ['pkg-config']],
];

/** Libraries that sources ask pkg-config for before they say a name; by distribution. */
const askedByPkgConfig: Readonly<Record<string, readonly string[]>> = {
  'dbus-python': ['dbus', 'glib'],
  mysqlclient: ['libmysqlclient'],
  pycairo: ['cairo'],
  pygobject: ['cairo', 'glib', 'gobject-introspection'],
  'systemd-python': ['systemd'],
  xmlsec: ['libxml2', 'libxslt', 'xmlsec'],
};

const programs = ({ text, name }: FailedBuild): readonly Cure[] => {
  const said = programSentences.flatMap(([pattern, names]) => (pattern.test(text) ? names : []));
  const called = unique([...groupsOf(text, programPatterns), ...said]);
  const found = called.filter((each) => attributesOfProgram(each) !== undefined);
  if (found.length === 0) return [];
  const attributes = found.flatMap((each) => attributesOfProgram(each) ?? []);
  const libraries = unique([
    ...attributes.flatMap(({ library }) => library ?? []),
    ...(found.includes(pkgConfigTool) && name !== undefined ? (askedByPkgConfig[name] ?? []) : []),
  ]);
  return [
    {
      why: `it calls ${list(found)}`,
      rule: {
        native: {
          tools: unique(attributes.map(({ tool }) => tool)),
          ...(libraries.length === 0 ? {} : { libraries }),
        },
      },
    },
  ];
};

/** Pillow's own words. */
const namedLibraries: Readonly<Record<string, string>> = {
  freetype: 'freetype',
  jpeg: 'libjpeg',
  tiff: 'libtiff',
  zlib: 'zlib',
};

const pillow = ({ text }: FailedBuild): readonly Cure[] => {
  const missing = groupsOf(text, [
    /headers or library files could not be found for (?<found>\w+)/g,
  ]).filter((each) => Object.hasOwn(namedLibraries, each));
  return missing.length === 0
    ? []
    : [
        {
          why: `it is linked with ${list(missing)}`,
          rule: { native: { libraries: missing.flatMap((each) => namedLibraries[each] ?? []) } },
        },
      ];
};

/** What newer compilers refuse in old C code, and what sources themselves make errors of warnings. */
const compilerFlags = (
  { text, name }: FailedBuild,
  flags: ReadonlyMap<string, string>,
): readonly Cure[] => {
  const refused = groupsOf(text, [
    /: error: .*\[-W(?:error=)?(?<found>[a-z][\w+-]*)(?:=\d)?\]/g,
  ]).filter((each) => !['format-security', 'error'].includes(each));
  if (refused.length === 0) return [];
  const before = (name === undefined ? undefined : flags.get(name))?.split(' ') ?? [];
  const wanted = refused.map((each) => `-Wno-error=${each}`);
  if (wanted.every((each) => before.includes(each))) return [];
  return [
    {
      why: `its C code is older than what compilers accept now (${refused.map((each) => `-W${each}`).join(', ')})`,
      rule: { env: { CFLAGS: [...new Set([...before, ...wanted])].join(' ') } },
    },
  ];
};

/** Only where Python decoded by the locale: the codec's own frame is above the error. */
const locale = ({ text }: FailedBuild): readonly Cure[] =>
  /encodings[/\\]ascii\.py", line \d+, in decode[\s\S]{0,300}?UnicodeDecodeError: 'ascii' codec/.test(
    text,
  )
    ? [
        {
          why: 'its build reads text by the locale, and the text is UTF-8',
          rule: { env: { LC_ALL: 'C.UTF-8' } },
        },
      ]
    : /UnicodeDecodeError: '(?:ascii|utf-?8)' codec can't decode/.test(text)
      ? [{ why: 'its build decodes text as what it is not: correct the file with an `edit` rule' }]
      : [];

/** Builds that need another version of a tool than the newest one. */
const olderTools: readonly (readonly [RegExp, string, string])[] = [
  [
    /use_2to3 is invalid/,
    'setuptools<58',
    'it uses `use_2to3`, which setuptools has not had since 58',
  ],
  [
    /cannot import name '?Feature'?/,
    'setuptools<46',
    'it uses `setuptools.Feature`, which is not there since 46',
  ],
  [
    /module 'pkgutil' has no attribute 'ImpImporter'/,
    'setuptools>=66.1',
    'setuptools before 66.1 does not run on Python 3.12',
  ],
  [
    /AttributeError: (?:cython_sources|.* has no attribute 'cython_sources')|Cython\.Compiler\.Errors\.CompileError/,
    'cython<3',
    'its Cython code is from before Cython 3',
  ],
  [
    /No module named '?distutils\.msvccompiler'?/,
    'setuptools<74',
    'it uses `distutils.msvccompiler`, which setuptools has not had since 74',
  ],
  [
    /cannot import name '?packaging'? from .?pkg_resources/,
    'setuptools<70',
    'it imports `packaging` from `pkg_resources`, which setuptools has not had since 70',
  ],
  [
    /error: invalid command '?bdist_wheel'?/,
    'wheel',
    'its setuptools makes wheels with `wheel` only',
  ],
];

const olderTool = ({ text }: FailedBuild): readonly Cure[] =>
  olderTools
    .filter(([pattern]) => pattern.test(text))
    .map(([, requirement, why]) => ({ why, rule: { build: { requires: [requirement] } } }));

/** Source of another Python than this one. */
const otherPython = ({ text }: FailedBuild): readonly Cure[] => {
  if (
    /SyntaxError: Missing parentheses in call to 'print'|SyntaxError: Missing parentheses in call to 'exec'/.test(
      text,
    )
  ) {
    return [{ why: 'it is written for Python 2: take a newer version, or `--python 2.7`' }];
  }
  const gone =
    /AttributeError: module '(?<module>configparser|inspect|collections|time|base64)' has no attribute '(?<name>\w+)'/.exec(
      text,
    )?.groups ??
    /ImportError: cannot import name '(?<name>\w+)' from .(?<module>collections)\b/.exec(text)
      ?.groups;
  return gone === undefined
    ? []
    : [
        {
          why: `it uses \`${gone['module']}.${gone['name']}\`, which this Python has no longer: take a newer version, or an older \`--python\``,
        },
      ];
};

const certain: readonly ((build: FailedBuild) => readonly Cure[])[] = [
  formatSecurity,
  openssl,
  toolchain,
  sonames,
  headers,
  links,
  pkgConfig,
  pillow,
  olderTool,
  otherPython,
  locale,
];

const statedPatterns: readonly RegExp[] = [
  /PackageNotFoundError: (?:No package metadata was found for )?(?<found>[\w.-]+)\s*$/gm,
  /DistributionNotFound: The '(?<found>[^'\n]+)' distribution was not found/g,
  /Could not find suitable distribution for Requirement\.parse\('(?<found>[^'\n]+)'\)/g,
  /'wheel', '--no-deps', '-w', '[^'\n]*', (?:'--quiet', )?'(?<found>[^'\n]+)'\]/g,
  /[Mm]issing (?:build )?dependencies:\s+(?<found>[\w.-]+(?:\[[\w,.-]+\])?(?: *[<>=!~]=?[^\s;]+)?)/g,
];

const lastModule = (text: string): string | undefined =>
  [
    ...text.matchAll(
      /^(?:\w+\.)*(?:ModuleNotFoundError|ImportError): No module named '?(?<found>[\w.]+)'?(?:;.*)?\s*$/gm,
    ),
  ].at(-1)?.groups?.['found'];

/** What the build would have fetched, or imports without saying that it needs it. */
const requirements = ({ text, python }: FailedBuild): readonly Cure[] => {
  for (const pattern of statedPatterns) {
    const requirement = [...text.matchAll(pattern)].at(-1)?.groups?.['found']?.trim();
    if (requirement === undefined) continue;
    return [
      {
        why: `its build needs \`${requirement}\` and does not state it`,
        rule: { build: { requires: [requirement.replaceAll('\\', '').replaceAll('"', "'")] } },
      },
    ];
  }
  const module = lastModule(text);
  if (module === undefined) return [];
  const source = sourceOfModule(module, python);
  if (source.kind === 'python') return [{ why: source.text }];
  return [
    {
      why: `its build imports \`${module}\``,
      rule: { build: { requires: [source.requirement] } },
    },
  ];
};

/**
 * What cures the failed build of a package, or advice. Guesses, as what a missing module is of, are
 * made only where nothing else is known to be wrong.
 */
export const curesOf = (
  build: FailedBuild,
  flags: ReadonlyMap<string, string>,
): readonly Cure[] => {
  const known = [...certain.flatMap((find) => find(build)), ...compilerFlags(build, flags)];
  // A mismatch makes hundreds of errors, of which flags would cure none.
  const mismatch = known.filter(({ rule }) => rule?.source !== undefined);
  if (mismatch.length > 0) return mismatch.slice(0, 1);
  const curing = known.filter(({ rule }) => rule !== undefined);
  if (curing.length > 0) return curing;
  if (known.length > 0) return known;
  const needed = requirements(build);
  return needed.length > 0 ? needed : programs(build);
};
