/**
 * The wheel tags that an interpreter supports, best first (PEP 425, 513, 571, 599, 600, 656 and
 * what Python's `packaging` does on macOS, whose order this is).
 */
import { Lock2nixError } from '../graph/errors.ts';
import type { Platform } from '../graph/platform.ts';
import { platformFloors } from '../graph/platform.ts';
import type { PythonTarget } from '../graph/types.ts';
import { quoted } from './quoted.ts';

interface MajorMinor {
  readonly major: number;
  readonly minor: number;
}

/** glibc that the aliases of before PEP 600 stand for: `manylinux2014` is glibc 2.17. */
const manylinuxAliases: Readonly<Record<string, string>> = {
  '2.17': 'manylinux2014',
  '2.12': 'manylinux2010',
  '2.5': 'manylinux1',
};

/** If there ever is a glibc 3: `packaging`'s guess at the last minor version of glibc 2. */
const lastGlibcMinor = 50;

const parseMajorMinor = (text: string): MajorMinor | undefined => {
  const match = /^(\d{1,4})(?:\.(\d{1,4})(?:\.[\d.]*)?)?$/.exec(text);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2] ?? 0) };
};

/** Whole numbers from `from` down to `to`, both included. */
const countDown = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, from - to + 1) }, (_, index) => from - index);

const manylinuxTags = (architecture: string, libc: MajorMinor): string[] => {
  const isX86 = architecture === 'x86_64' || architecture === 'i686';
  const newest = countDown(libc.major, 2).map((major) => ({
    major,
    minor: major === libc.major ? libc.minor : lastGlibcMinor,
  }));
  return newest.flatMap(({ major, minor: newestMinor }) => {
    const oldestMinor = major > 2 ? 0 : isX86 ? 5 : 17;
    return countDown(newestMinor, oldestMinor).flatMap((minor) => {
      const alias = manylinuxAliases[`${major}.${minor}`];
      const tag = `manylinux_${major}_${minor}_${architecture}`;
      return alias === undefined ? [tag] : [tag, `${alias}_${architecture}`];
    });
  });
};

/** Architecture as Python's `sysconfig.get_platform()` calls it, where Nix has another word. */
const pythonArchitectures: Readonly<Record<string, string>> = { powerpc64le: 'ppc64le' };

const linuxTags = (architecture: string, platform: Platform): string[] => {
  const isMusl = platform.libc === 'musl';
  const text = platform.libcVersion ?? (isMusl ? platformFloors.musl : platformFloors.glibc);
  const libc = parseMajorMinor(text);
  if (libc === undefined) {
    throw new Lock2nixError(
      'SYSTEM_UNKNOWN',
      `libc version ${quoted(text)} is not \`MAJOR.MINOR\``,
    );
  }
  const portable = isMusl
    ? countDown(libc.minor, 0).map((minor) => `musllinux_${libc.major}_${minor}_${architecture}`)
    : manylinuxTags(architecture, libc);
  return [`linux_${architecture}`, ...portable];
};

/** Binary formats that a Mac loads, by its architecture, best first. */
const macFormats = {
  x86_64: ['x86_64', 'intel', 'fat64', 'fat3', 'universal2', 'universal'],
  arm64: ['arm64', 'universal2'],
} as const;

const macosTags = (architecture: 'x86_64' | 'arm64', text: string): string[] => {
  const version = parseMajorMinor(text);
  if (version === undefined || version.major < 10) {
    throw new Lock2nixError(
      'SYSTEM_UNKNOWN',
      `macOS version ${quoted(text)} is not \`MAJOR.MINOR\` from 10.0 on`,
    );
  }
  const formats = macFormats[architecture];
  const tagsOf = (release: string, names: readonly string[]): string[] =>
    names.map((format) => `macosx_${release}_${format}`);
  if (version.major === 10) {
    // x86_64 began with 10.4.
    const oldest = architecture === 'x86_64' ? 4 : 0;
    return countDown(version.minor, oldest).flatMap((minor) => tagsOf(`10_${minor}`, formats));
  }
  const yearly = countDown(version.major, 11).flatMap((major) => tagsOf(`${major}_0`, formats));
  // A universal2 file is named after the macOS that its x86_64 half needs, so arm64 takes it too.
  const older = architecture === 'x86_64' ? formats : ['universal2'];
  return [...yearly, ...countDown(16, 4).flatMap((minor) => tagsOf(`10_${minor}`, older))];
};

/**
 * The platform tags of a platform, best first: `linux_x86_64`, `manylinux_2_28_x86_64` …
 * Throws `SYSTEM_UNKNOWN` when a floor of the platform is not a version.
 */
export const platformTags = (platform: Platform): readonly string[] => {
  const [machine = '', kernel] = platform.system.split('-');
  if (kernel === 'darwin') {
    const architecture = machine === 'aarch64' ? 'arm64' : 'x86_64';
    return macosTags(architecture, platform.macosMinimum ?? platformFloors.macos);
  }
  return linuxTags(pythonArchitectures[machine] ?? machine, platform);
};

/**
 * ABI of CPython. Until 3.7 the `m` (pymalloc) is part of its name; before 3.3 wide unicode is `u`,
 * which is how nixpkgs builds 2.7 on Linux, while on macOS it is narrow as Apple's and python.org's.
 */
const cpythonAbi = ({ major, minor }: MajorMinor, isLinux: boolean): string => {
  const name = `cp${major}${minor}`;
  if (major === 2) return isLinux ? `${name}mu` : `${name}m`;
  return minor <= 7 ? `${name}m` : name;
};

/** `py312`, `py3`, `py311` … `py30`. */
const purePythonTags = ({ major, minor }: MajorMinor): string[] => [
  `py${major}${minor}`,
  `py${major}`,
  ...countDown(minor - 1, 0).map((older) => `py${major}${older}`),
];

const makeTags = (python: PythonTarget, platform: Platform): readonly string[] => {
  const version = parseMajorMinor(python.version);
  if (version === undefined || !(python.version === '2.7' || /^3\.\d+$/.test(python.version))) {
    throw new Lock2nixError(
      'PYTHON_UNKNOWN',
      `Python ${quoted(python.version)} has no wheel tags; known are 2.7 and 3.x`,
    );
  }
  const interpreter = `cp${version.major}${version.minor}`;
  const platforms = platformTags(platform);
  const abi = cpythonAbi(version, platform.system.endsWith('-linux'));
  const onEach = (prefix: string): string[] => platforms.map((tag) => `${prefix}-${tag}`);
  // The stable ABI began with 3.2 (PEP 384).
  const hasStableAbi = version.major === 3 && version.minor >= 2;
  const older = hasStableAbi ? countDown(version.minor - 1, 2) : [];
  const pure = purePythonTags(version);
  return [
    ...onEach(`${interpreter}-${abi}`),
    ...(hasStableAbi ? onEach(`${interpreter}-abi3`) : []),
    ...onEach(`${interpreter}-none`),
    ...older.flatMap((minor) => onEach(`cp3${minor}-abi3`)),
    ...pure.flatMap((tag) => onEach(`${tag}-none`)),
    `${interpreter}-none-any`,
    ...pure.map((tag) => `${tag}-none-any`),
  ];
};

interface TagSet {
  readonly tags: readonly string[];
  readonly ranks: ReadonlyMap<string, number>;
}

/** Tags depend on nothing but these few words, and each of thousands of files asks for them. */
const known = new Map<string, TagSet>();

const tagSet = (python: PythonTarget, platform: Platform): TagSet => {
  const { system, libc, libcVersion, macosMinimum } = platform;
  const key = [python.version, system, libc, libcVersion, macosMinimum].join(' ');
  const found = known.get(key);
  if (found !== undefined) return found;
  const tags = makeTags(python, platform);
  const made = { tags, ranks: new Map(tags.map((tag, rank) => [tag, rank])) };
  known.set(key, made);
  return made;
};

/**
 * The tags that CPython supports on a platform, best first, as `packaging` (and so pip) orders them:
 * `cp312-cp312-linux_x86_64`, `cp312-cp312-manylinux_2_28_x86_64` … `py30-none-any`.
 * Throws `PYTHON_UNKNOWN` or `SYSTEM_UNKNOWN`.
 */
export const supportedTags = (python: PythonTarget, platform: Platform): readonly string[] =>
  tagSet(python, platform).tags;

/** The place of each supported tag in `supportedTags`; 0 is the best. */
export const supportedTagRanks = (
  python: PythonTarget,
  platform: Platform,
): ReadonlyMap<string, number> => tagSet(python, platform).ranks;
