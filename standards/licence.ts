/**
 * Licences as nixpkgs names them (`lib/licenses.nix`), from what packages say: SPDX identifiers and
 * expressions (SPDX specification, annex D; PEP 639), the end of a trove classifier, common spellings.
 */

/**
 * Attribute of `lib.licenses` -> SPDX identifiers first, then the classifiers' words and others. Of
 * texts that name no version, those are here of which nearly all packages mean one: PyPI's
 * `Apache Software License` is 2.0, `BSD` is the one with three clauses, `ZPL` is 2.1. `GPL` alone
 * is not among them.
 */
const spellings: Readonly<Record<string, readonly string[]>> = {
  afl21: ['AFL-2.1'],
  afl3: ['AFL-3.0'],
  agpl3Only: [
    'AGPL-3.0-only',
    'AGPL-3.0',
    'AGPLv3',
    'GNU AGPLv3',
    'GNU Affero General Public License v3',
  ],
  agpl3Plus: [
    'AGPL-3.0-or-later',
    'AGPL-3.0+',
    'AGPLv3+',
    'GNU Affero General Public License v3 or later (AGPLv3+)',
  ],
  artistic2: ['Artistic-2.0'],
  asl20: [
    'Apache-2.0',
    'Apache',
    'Apache 2',
    'Apache2',
    'Apache Software License',
    'Apache Software License 2.0',
    'Apache License, Version 2.0',
    'Apache License 2.0 (Apache-2.0)',
    'ASL 2.0',
  ],
  beerware: ['Beerware'],
  boost: ['BSL-1.0', 'Boost Software License 1.0 (BSL-1.0)', 'Boost Software License 1.0'],
  bsd0: ['0BSD', 'Zero-Clause BSD (0BSD)'],
  bsd2: ['BSD-2-Clause', 'BSD 2', '2-Clause BSD', 'Simplified BSD', 'FreeBSD'],
  bsd3: [
    'BSD-3-Clause',
    'BSD',
    'BSD 3',
    '3-Clause BSD',
    'BSD License (BSD-3-Clause)',
    'BSD 3-Clause "New" or "Revised" License',
    'New BSD',
    'Modified BSD',
    'Revised BSD',
  ],
  bsdOriginal: ['BSD-4-Clause'],
  'cc-by-30': ['CC-BY-3.0'],
  'cc-by-40': ['CC-BY-4.0'],
  'cc-by-sa-30': ['CC-BY-SA-3.0'],
  'cc-by-sa-40': ['CC-BY-SA-4.0'],
  cc0: ['CC0-1.0', 'CC0', 'CC0 1.0 Universal (CC0 1.0) Public Domain Dedication'],
  cddl: ['CDDL-1.0'],
  epl10: ['EPL-1.0', 'Eclipse Public License 1.0 (EPL-1.0)'],
  epl20: ['EPL-2.0', 'Eclipse Public License 2.0 (EPL-2.0)'],
  eupl11: ['EUPL-1.1', 'European Union Public Licence 1.1 (EUPL 1.1)'],
  eupl12: ['EUPL-1.2', 'European Union Public Licence 1.2 (EUPL 1.2)'],
  gpl2Only: [
    'GPL-2.0-only',
    'GPL-2.0',
    'GPLv2',
    'GNU GPLv2',
    'GNU General Public License v2 (GPLv2)',
  ],
  gpl2Plus: [
    'GPL-2.0-or-later',
    'GPL-2.0+',
    'GPLv2+',
    'GPLv2 or later',
    'GNU General Public License v2 or later (GPLv2+)',
  ],
  gpl3Only: [
    'GPL-3.0-only',
    'GPL-3.0',
    'GPLv3',
    'GNU GPLv3',
    'GNU General Public License v3',
    'GNU General Public License v3 (GPLv3)',
  ],
  gpl3Plus: [
    'GPL-3.0-or-later',
    'GPL-3.0+',
    'GPLv3+',
    'GNU GPLv3+',
    'GPLv3 or later',
    'GNU General Public License v3 or later (GPLv3+)',
  ],
  hpnd: ['HPND', 'Historical Permission Notice and Disclaimer (HPND)'],
  isc: ['ISC', 'ISCL', 'ISC License (ISCL)'],
  lgpl2Only: [
    'LGPL-2.0-only',
    'LGPL-2.0',
    'LGPLv2',
    'GNU Lesser General Public License v2 (LGPLv2)',
  ],
  lgpl2Plus: [
    'LGPL-2.0-or-later',
    'LGPL-2.0+',
    'LGPLv2+',
    'GNU Lesser General Public License v2 or later (LGPLv2+)',
  ],
  lgpl21Only: ['LGPL-2.1-only', 'LGPL-2.1', 'LGPLv2.1'],
  lgpl21Plus: ['LGPL-2.1-or-later', 'LGPL-2.1+', 'LGPLv2.1+', 'LGPLv2.1 or later'],
  lgpl3Only: [
    'LGPL-3.0-only',
    'LGPL-3.0',
    'LGPLv3',
    'GNU LGPLv3',
    'GNU Lesser General Public License v3 (LGPLv3)',
  ],
  lgpl3Plus: [
    'LGPL-3.0-or-later',
    'LGPL-3.0+',
    'LGPLv3+',
    'LGPLv3 or later',
    'GNU Lesser General Public License v3 or later (LGPLv3+)',
  ],
  mit: ['MIT', 'MIT License', 'The MIT License (MIT)', 'Expat'],
  mpl10: ['MPL-1.0', 'Mozilla Public License 1.0 (MPL)'],
  mpl11: ['MPL-1.1', 'Mozilla Public License 1.1 (MPL 1.1)'],
  mpl20: ['MPL-2.0', 'Mozilla Public License 2.0', 'Mozilla Public License 2.0 (MPL 2.0)'],
  mspl: ['MS-PL'],
  ncsa: ['NCSA', 'University of Illinois/NCSA Open Source License'],
  ofl: ['OFL-1.1', 'SIL Open Font License 1.1 (OFL-1.1)'],
  openssl: ['OpenSSL'],
  osl3: ['OSL-3.0', 'Open Software License 3.0 (OSL-3.0)'],
  php301: ['PHP-3.01'],
  postgresql: ['PostgreSQL'],
  psfl: ['Python-2.0', 'PSF-2.0', 'PSF', 'PSFL', 'Python Software Foundation License', 'PSF 2'],
  publicDomain: ['Public Domain'],
  ruby: ['Ruby'],
  sleepycat: ['Sleepycat', 'Sleepycat License'],
  tcltk: ['TCL'],
  unlicense: ['Unlicense', 'The Unlicense (Unlicense)'],
  upl: ['UPL-1.0', 'Universal Permissive License (UPL)'],
  vim: ['Vim'],
  w3c: ['W3C'],
  wtfpl: ['WTFPL'],
  wxWindows: ['WXwindows'],
  zlib: ['Zlib', 'zlib/libpng'],
  zpl20: ['ZPL-2.0'],
  zpl21: ['ZPL-2.1', 'ZPL', 'Zope Public License'],
};

/** Every attribute of `lib.licenses` that a recipe may name. */
export const knownLicences: readonly string[] = Object.keys(spellings);

/** Spelling apart: `Apache License, Version 2.0` and `apache-2` are both `apache 2`. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/\b(?:licen[cs]es?|licensed|the|version|software|under)\b/g, ' ')
    .replace(/\bv(?=\d)|(?<=gpl)v(?=\d)/g, ' ')
    .replace(/[^a-z0-9.+]+/g, ' ')
    .replace(/(?<=\d)\.0(?![.\d])/g, '')
    .replace(/(?<!\d)\.|\.(?!\d)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

const byText: ReadonlyMap<string, string> = new Map(
  Object.entries(spellings).flatMap(([name, texts]) => texts.map((text) => [plain(text), name])),
);

/** So long may be what is taken for the name of a licence, and not for its text. */
const longest = 200;

/**
 * The attributes of `lib.licenses` that a package's licence means; undefined when any of it is
 * unknown. Of alternatives all are named, as nixpkgs does.
 *
 * `nixpkgsLicences('MIT OR Apache-2.0')` is `['mit', 'asl20']`.
 */
export const nixpkgsLicences = (text: string): readonly string[] | undefined => {
  if (text.length > longest) return undefined;
  const whole = byText.get(plain(text));
  if (whole !== undefined) return [whole];
  const names = text
    .replace(/[()]/g, ' ')
    .split(/\s+(?:AND|OR)\s+/i)
    .map((part) => byText.get(plain(part)));
  const known = names.flatMap((name) => name ?? []);
  return known.length === names.length ? [...new Set(known)] : undefined;
};
