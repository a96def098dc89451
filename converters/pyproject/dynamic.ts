/** `dependencies` that `[project]` calls dynamic, where setuptools takes them from files. */
import type { Lock2nixError } from '../../graph/errors.ts';
import type { AskedRequirement } from '../../graph/requirements.ts';
import { parseName } from '../../standards/name.ts';
import { quoted } from '../../standards/quoted.ts';
import { linesOf } from '../../standards/setup-facts.ts';
import { errorAt, type Place, readAt, type TomlDocument } from '../../standards/toml-document.ts';
import type { Manifest } from '../poetry/manifest.ts';
import { type SetupFiles, setupRequirements } from '../setuptools/facts.ts';
import { askRequirement } from '../shared/asked.ts';
import { checkSubdirectory } from '../shared/locations.ts';
import type { ConverterInput } from '../types.ts';
import type { SetuptoolsDynamic, ToolTables } from './schema.ts';

interface Dynamic {
  readonly manifest: Manifest;
  readonly tools: ToolTables;
  readonly input: ConverterInput;
  readonly setup: SetupFiles | undefined;
}

const readFiles = (
  { file }: SetuptoolsDynamic,
  { input }: Dynamic,
  place: Place,
): readonly AskedRequirement[] => {
  const paths = file === undefined ? [] : [file].flat();
  if (paths.length === 0) {
    throw errorAt(place, 'MANIFEST_SHAPE', { text: 'it names no `file`' });
  }
  return paths.flatMap((name) => {
    const path = readAt(place, () => checkSubdirectory(name));
    const text = input.read(path);
    if (text === undefined) {
      throw errorAt(place, 'INPUT_MISSING', {
        text: `there is no file ${quoted(name)}`,
        hint: 'bring the file back, or write the dependencies in [project]',
      });
    }
    const shown = input.file.replace(/[^/\\]*$/, path);
    return linesOf(text).map((line) =>
      readAt({ ...place, subject: shown }, () => askRequirement(line.replace(/\s#.*$/, ''), shown)),
    );
  });
};

/** Only the backend would tell. */
const unknown = (document: TomlDocument, data: Manifest['data'], key: string): Lock2nixError => {
  const backend: unknown = document.data['build-system'];
  const name =
    typeof backend === 'object' && backend !== null && 'build-backend' in backend
      ? quoted(String(backend['build-backend']))
      : 'the build backend';
  const index = data.project?.dynamic?.indexOf(key) ?? 0;
  const place: Place = { document, path: ['project', 'dynamic', index], subject: '[project]' };
  return errorAt(place, 'MANIFEST_SHAPE', {
    text: `\`${key}\` is dynamic, and only running ${name} would tell it`,
    hint: `write \`${key}\` in [project], or convert a lock of the project`,
  });
};

const isFor = (
  { manifest: { data } }: Dynamic,
  key: 'dependencies' | 'optional-dependencies',
): boolean =>
  // Poetry's own tables are read with the rest of the manifest.
  data.project?.dynamic?.includes(key) === true && data.tool?.poetry?.dependencies === undefined;

/** Dynamic `dependencies`; empty when they are not dynamic. Throws MANIFEST_SHAPE when only a backend would tell. */
export const dynamicDependencies = (dynamic: Dynamic): readonly AskedRequirement[] => {
  if (!isFor(dynamic, 'dependencies')) return [];
  const { manifest, tools, setup } = dynamic;
  const stated = tools.tool?.setuptools?.dynamic?.dependencies;
  if (stated !== undefined) {
    return readFiles(stated, dynamic, {
      document: manifest.document,
      path: ['tool', 'setuptools', 'dynamic', 'dependencies'],
      subject: '[tool.setuptools.dynamic]',
    });
  }
  if (setup !== undefined && usesSetuptools(manifest)) return setupRequirements(setup).main;
  throw unknown(manifest.document, manifest.data, 'dependencies');
};

/** The same for `optional-dependencies`, by extra. */
export const dynamicExtras = (
  dynamic: Dynamic,
): Readonly<Record<string, readonly AskedRequirement[]>> => {
  if (!isFor(dynamic, 'optional-dependencies')) return {};
  const { manifest, tools, setup } = dynamic;
  const stated = tools.tool?.setuptools?.dynamic?.['optional-dependencies'];
  if (stated !== undefined) {
    const extras = Object.entries(stated).map(([extra, files]) => {
      const path = ['tool', 'setuptools', 'dynamic', 'optional-dependencies', extra];
      const place = { document: manifest.document, path, subject: `extra ${quoted(extra)}` };
      return [readAt(place, () => parseName(extra)), readFiles(files, dynamic, place)] as const;
    });
    return Object.fromEntries(extras);
  }
  if (setup !== undefined && usesSetuptools(manifest)) return setupRequirements(setup).extras;
  throw unknown(manifest.document, manifest.data, 'optional-dependencies');
};

/** Whether setuptools builds the project, which it does when nobody says otherwise. */
const usesSetuptools = ({ document }: Manifest): boolean => {
  const table: unknown = document.data['build-system'];
  if (typeof table !== 'object' || table === null || !('build-backend' in table)) return true;
  return String(table['build-backend']).startsWith('setuptools');
};
