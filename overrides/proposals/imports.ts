/** What the check of an environment says: modules that are not there when packages are imported. */
import { isName, normaliseName } from '../../standards/name.ts';
import { sourceOfModule } from './modules.ts';
import { attributeOfSoname } from './native.ts';
import type { Cure, FailedBuild } from './types.ts';

/** A module that could not be imported, with what Python said. */
interface FailedImport {
  readonly module: string;
  /** The distribution that has the module. */
  readonly name: string;
  readonly text: string;
}

const heading = /^error: `import (?<module>[\w.]+)` fails in (?<name>\S+?)-v?\d[^-\s]*$/gm;

const failedImports = (text: string): readonly FailedImport[] => {
  const found = [...text.matchAll(heading)];
  return found.flatMap((match, index) => {
    const { module = '', name = '' } = match.groups ?? {};
    const start = match.index + match[0].length;
    return isName(name)
      ? [{ module, name: normaliseName(name), text: text.slice(start, found[index + 1]?.index) }]
      : [];
  });
};

/** The module whose code was running last: the folder or file of site-packages in the last frame. */
const lastRunning = (text: string): readonly string[] => {
  const frames = [...text.matchAll(/site-packages\/(?<path>[^"\n]+)", line \d+/g)];
  return (frames.at(-1)?.groups?.['path'] ?? '').replace(/\.py$/, '').split('/');
};

/** Of the packages that fail, the one whose module was running; the others only import it. */
const ownerOf = ({ name, text }: FailedImport, all: readonly FailedImport[]): string => {
  const running = lastRunning(text);
  const owner = all.find(({ module }) =>
    module.split('.').every((part, index) => running[index] === part),
  );
  return owner?.name ?? name;
};

const cureOf = (
  failed: FailedImport,
  all: readonly FailedImport[],
  python: string | undefined,
): Cure[] => {
  const soname = /ImportError: (?<soname>lib[\w.+-]+\.so[\w.]*): cannot open shared object/.exec(
    failed.text,
  )?.groups?.['soname'];
  const library = soname === undefined ? undefined : attributeOfSoname(soname);
  if (library !== undefined) {
    return [
      {
        name: failed.name,
        why: `\`${failed.module}\` loads \`${soname}\``,
        rule: { native: { libraries: [library] } },
      },
    ];
  }
  const missing =
    [
      ...failed.text.matchAll(
        /^(?:ModuleNotFoundError|ImportError): No module named '?(?<found>[\w.]+)'?(?:;.*)?\s*$/gm,
      ),
    ].at(-1)?.groups?.['found'] ??
    /DistributionNotFound: The '(?<found>[\w.-]+)[^'\n]*' distribution was not found/.exec(
      failed.text,
    )?.groups?.['found'];
  if (missing === undefined) return [];
  const name = ownerOf(failed, all);
  // A part of a package that is there: another version of that package is wanted.
  const source = sourceOfModule(missing, python);
  if (source.kind === 'python') return [{ name, why: source.text }];
  return [
    {
      name,
      why: `it imports \`${missing}\` and does not declare it`,
      rule: { dependencies: { add: [source.requirement] } },
    },
  ];
};

/** What the check of an environment found, as rules of the packages that import what is not there. */
export const importCures = ({
  text,
  python,
}: FailedBuild): readonly (Cure & { readonly name: string })[] => {
  const all = failedImports(text);
  const cures = all.flatMap((failed) =>
    cureOf(failed, all, python).map((cure) => ({ ...cure, name: cure.name ?? failed.name })),
  );
  return [...new Map(cures.map((cure) => [JSON.stringify(cure), cure])).values()];
};
