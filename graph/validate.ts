import { findCycle } from './algorithms.ts';
import { type ErrorDetails, Lock2nixError } from './errors.ts';
import { type PlatformName, platformName } from './platform.ts';
import {
  type Artifact,
  type PackageId,
  type PinnedGraph,
  type PinnedPackage,
  packageId,
} from './types.ts';

/** GRAPH_INVALID with what could upset a terminal escaped: names in a record are anyone's. */
export const graphInvalid = (message: string, details?: ErrorDetails): Lock2nixError =>
  new Lock2nixError(
    'GRAPH_INVALID',
    message.replace(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
      (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
    ),
    details,
  );

/** Bytes of a digest, for the algorithms that Nix reads. */
const digestLengths = new Map([
  ['md5', 16],
  ['sha1', 20],
  ['sha256', 32],
  ['sha512', 64],
]);

const isSri = (text: string): boolean => {
  const [algorithm = '', encoded = '', ...rest] = text.split('-');
  const digest = Buffer.from(encoded, 'base64');
  return (
    rest.length === 0 &&
    digest.length === digestLengths.get(algorithm) &&
    digest.toString('base64') === encoded
  );
};

/** What is wrong with an artifact's integrity; undefined when it is as recipes need it. */
const integrityFault = ({ kind, source, integrity }: Artifact): string | undefined => {
  if (source.kind === 'path') {
    return integrity === undefined ? undefined : 'is live, and has an integrity';
  }
  if (integrity === undefined) return 'has no integrity';
  const { sri, of } = integrity;
  if (!isSri(sri)) return `has the integrity \`${sri}\`, which Nix cannot read`;
  const fetched = kind === 'tree' || source.kind === 'git' ? 'tree' : 'file';
  return of === fetched
    ? undefined
    : `is fetched as a ${fetched}, and has the integrity of a ${of}`;
};

const checkPlatforms = (
  what: string,
  { platforms = [] }: { readonly platforms?: readonly PlatformName[] },
  known: ReadonlySet<PlatformName>,
): void => {
  const foreign = platforms.find((name) => !known.has(name));
  if (foreign !== undefined) {
    throw graphInvalid(`${what} is for the platform \`${foreign}\`, which is not in the target`);
  }
};

/** A platform installs one file of a package. */
const checkFiles = ({ id, artifacts }: PinnedPackage, known: ReadonlySet<PlatformName>): void => {
  const taken = new Map<PlatformName, string>();
  for (const { fileName, platforms } of artifacts) {
    for (const name of platforms ?? known) {
      const other = taken.get(name);
      if (other !== undefined) {
        throw graphInvalid(`\`${id}\` has both \`${other}\` and \`${fileName}\` on ${name}`);
      }
      taken.set(name, fileName);
    }
  }
};

const checkBuild = ({ ecosystem, environments }: PinnedGraph, pinned: PinnedPackage): void => {
  const { id, artifacts, build } = pinned;
  if (build === undefined) {
    // npm's trees are assembled as they are.
    const source = artifacts.find(({ kind }) => kind === 'sdist' || kind === 'tree');
    if (source === undefined || ecosystem !== 'pypi') return;
    throw graphInvalid(
      `\`${id}\`: \`${source.fileName}\` is source, and nothing says how to build it`,
    );
  }
  const kind = environments.get(build.environment)?.kind;
  if (kind === 'build') return;
  throw graphInvalid(
    `\`${id}\` is built in the environment \`${build.environment}\`, which is ${kind === undefined ? 'not in the graph' : `a ${kind} environment`}`,
  );
};

const checkPackage = (
  graph: PinnedGraph,
  pinned: PinnedPackage,
  known: ReadonlySet<PlatformName>,
): void => {
  const { id, artifacts, dependencies } = pinned;
  for (const artifact of artifacts) {
    const what = `\`${id}\`: \`${artifact.fileName}\``;
    const fault = integrityFault(artifact);
    if (fault !== undefined) throw graphInvalid(`${what} ${fault}`);
    checkPlatforms(what, artifact, known);
  }
  checkFiles(pinned, known);
  for (const edge of dependencies) {
    if (!graph.packages.has(edge.to)) {
      throw graphInvalid(`\`${id}\` depends on \`${edge.to}\`, which is not in the graph`);
    }
    checkPlatforms(`\`${id}\`: the dependency on \`${edge.to}\``, edge, known);
  }
  checkBuild(graph, pinned);
};

const checkEnvironments = (graph: PinnedGraph, known: ReadonlySet<PlatformName>): void => {
  for (const [environment, { members }] of graph.environments) {
    const taken = new Map<string, PackageId>();
    for (const member of members) {
      const pinned = graph.packages.get(member.id);
      const what = `\`${member.id}\` in the environment \`${environment}\``;
      if (pinned === undefined) throw graphInvalid(`${what} is not in the graph`);
      checkPlatforms(what, member, known);
      // Only npm installs several versions of a name side by side.
      if (graph.ecosystem !== 'pypi') continue;
      for (const platform of member.platforms ?? known) {
        const key = `${platform} ${pinned.name}`;
        const other = taken.get(key);
        if (other !== undefined) {
          throw graphInvalid(
            `the environment \`${environment}\` has both \`${other}\` and \`${member.id}\` on ${platform}`,
          );
        }
        taken.set(key, member.id);
      }
    }
  }
};

const isOn = (
  item: { readonly platforms?: readonly PlatformName[] },
  name: PlatformName,
): boolean => item.platforms?.includes(name) ?? true;

/** A wheel needs no build, so a circle counts only on a platform where all of it is source. */
const checkBuildCycles = (graph: PinnedGraph, platform: PlatformName): void => {
  const needed = (id: PackageId): readonly PackageId[] => {
    const { artifacts = [], build } = graph.packages.get(id) ?? {};
    const files = artifacts.filter((artifact) => isOn(artifact, platform));
    if (build === undefined || files.length === 0) return [];
    if (files.some(({ kind }) => kind === 'wheel')) return [];
    const members = graph.environments.get(build.environment)?.members ?? [];
    return members.filter((member) => isOn(member, platform)).map(({ id: to }) => to);
  };
  const cycle = findCycle(graph.packages.keys(), needed);
  if (cycle === undefined) return;
  throw graphInvalid(
    `\`${cycle[0]}\` needs itself to be built on ${platform}: \`${cycle.join(' → ')}\``,
    {
      hint: 'take a wheel for one of them: convert without `--prefer sdist`, or lock a version that has a wheel',
    },
  );
};

/**
 * Checks what the schema cannot: that ids have packages and tell their names, that remote sources
 * have the integrity that Nix will compute, that a platform has one file of a package, that
 * platforms are the target's, that environments have one version of a name and that builds do not
 * go in circles. Throws GRAPH_INVALID that names the package.
 */
export const validateGraph = (graph: PinnedGraph): void => {
  const names = graph.target.platforms.map(platformName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw graphInvalid(`the target has the platform \`${twice}\` twice`);
  const known = new Set(names);
  for (const [key, pinned] of graph.packages) {
    if (pinned.id !== key) {
      throw graphInvalid(`the package under \`${key}\` has the id \`${pinned.id}\``);
    }
    const plain = packageId(pinned.name, pinned.version);
    if (key !== plain && !key.startsWith(`${plain}#`)) {
      throw graphInvalid(`\`${key}\` is the id of the package \`${plain}\``);
    }
    checkPackage(graph, pinned, known);
  }
  for (const root of graph.roots) {
    if (root.package !== undefined && !graph.packages.has(root.package)) {
      throw graphInvalid(`\`${root.package}\`, the root \`${root.name}\`, is not in the graph`);
    }
    const members = graph.environments.get('default')?.members ?? [];
    const missing = root.apps?.find((id) => !members.some((member) => member.id === id));
    if (missing !== undefined) {
      throw graphInvalid(
        `\`${missing}\`, an app of the root \`${root.name}\`, is not in the environment \`default\``,
      );
    }
  }
  checkEnvironments(graph, known);
  for (const name of known) checkBuildCycles(graph, name);
};
