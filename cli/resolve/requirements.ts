/** Versions as a requirements file (PEP 508 lines, as pip reads them). */
import { type Platform, type PlatformName, platformName } from '../../graph/platform.ts';
import type { LockedPackage, PythonTarget, Source } from '../../graph/types.ts';
import type { Merged } from '../../resolvers/pypi/merge.ts';
import { redactText } from '../../resolvers/registry/url.ts';
import { markerEnvironment } from '../../standards/marker-environment.ts';
import type { VersionSelection } from './selection.ts';

interface Where {
  readonly python: PythonTarget;
  /** All platforms that versions were found for. */
  readonly platforms: readonly Platform[];
}

const systemOf = (platform: Platform, { python }: Where): string =>
  markerEnvironment({ python, platform }).sys_platform;

const machineOf = (platform: Platform, { python }: Where): string =>
  markerEnvironment({ python, platform }).platform_machine;

/** `sys_platform == "linux"`, with machines where it is not on all of them. */
const systemMarker = (system: string, mine: readonly Platform[], where: Where): string => {
  const isHere = (platform: Platform): boolean => systemOf(platform, where) === system;
  const all = new Set(where.platforms.filter(isHere).map((each) => machineOf(each, where)));
  const some = [...new Set(mine.filter(isHere).map((each) => machineOf(each, where)))].sort();
  const base = `sys_platform == "${system}"`;
  if (some.length === all.size) return base;
  const machines = some.map((name) => `platform_machine == "${name}"`).join(' or ');
  return `${base} and ${some.length === 1 ? machines : `(${machines})`}`;
};

/** The marker of a package that is not wanted everywhere; undefined when it is, as far as markers tell. */
const platformMarker = (mine: readonly Platform[], where: Where): string | undefined => {
  if (mine.length === where.platforms.length) return undefined;
  const systems = [...new Set(mine.map((each) => systemOf(each, where)))].sort();
  const markers = systems.map((system) => systemMarker(system, mine, where));
  const everySystem = new Set(where.platforms.map((each) => systemOf(each, where)));
  // glibc or musl is nothing that a marker knows.
  if (systems.length === everySystem.size && markers.every((text) => !text.includes(' and '))) {
    return undefined;
  }
  return markers.length === 1
    ? markers[0]
    : markers.map((text) => (text.includes(' and ') ? `(${text})` : text)).join(' or ');
};

/** Whether a marker tells these platforms from the others. */
const isTold = (mine: readonly Platform[], where: Where): boolean => {
  const key = (platform: Platform): string =>
    `${systemOf(platform, where)} ${machineOf(platform, where)}`;
  const names = new Set<PlatformName>(mine.map(platformName));
  const keys = new Set(mine.map(key));
  return where.platforms.every((each) => names.has(platformName(each)) || !keys.has(key(each)));
};

const inFolder = (subdirectory: string | undefined): string =>
  subdirectory === undefined ? '' : `#subdirectory=${subdirectory}`;

const directOf = ({ artifacts }: LockedPackage): Source | undefined =>
  artifacts
    .map(({ source }) => source)
    .find((source): source is Source => source.kind !== 'index' && source.kind !== 'registry');

/** `name==version`, or the direct reference where there is one. */
const pinOf = (locked: LockedPackage): string => {
  const { name, version } = locked;
  const direct = locked.direct ?? directOf(locked);
  if (direct === undefined || direct === false || direct.kind === 'registry')
    return `${name}==${version}`;
  if (direct.kind === 'path') return direct.path.startsWith('.') ? direct.path : `./${direct.path}`;
  const url = redactText(direct.url) + (direct.kind === 'git' ? `@${direct.rev}` : '');
  return `${name} @ ${direct.kind === 'git' ? 'git+' : ''}${url}${inFolder(direct.subdirectory)}`;
};

const line = ({ locked, platforms }: Merged, where: Where): string => {
  const marker = platformMarker(platforms, where);
  const comment = isTold(platforms, where)
    ? ''
    : `  # on ${platforms.map(platformName).sort().join(', ')}`;
  return `${pinOf(locked)}${marker === undefined ? '' : ` ; ${marker}`}${comment}`;
};

/** One line a package, sorted, with markers where a package is not for all platforms. */
export const printRequirements = ({ packages }: VersionSelection, where: Where): string =>
  packages
    .map((each) => `${line(each, where)}\n`)
    .sort()
    .join('');
