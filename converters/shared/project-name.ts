/** The name of a project in a folder, for references by path that do not tell. */
import { isLock2nixError } from '../../graph/errors.ts';
import { isName, normaliseName } from '../../standards/name.ts';
import { readSetupCfg } from '../../standards/setup-cfg.ts';
import type { Stated } from '../../standards/setup-facts.ts';
import { readSetupPy } from '../../standards/setup-py.ts';
import { readTomlDocument } from '../../standards/toml-document.ts';

const at = (data: unknown, key: string): unknown =>
  typeof data === 'object' && data !== null && Object.hasOwn(data, key)
    ? Reflect.get(data, key)
    : undefined;

const nameOfPyproject = (text: string): unknown => {
  const { data } = readTomlDocument('pyproject.toml', text, {
    code: 'MANIFEST_SYNTAX',
    next: 'try again',
  });
  return at(at(data, 'project'), 'name') ?? at(at(at(data, 'tool'), 'poetry'), 'name');
};

const literal = (stated: Stated<string>): string | undefined =>
  stated.kind === 'literal' ? stated.value : undefined;

/**
 * The normalised name that pyproject.toml, setup.py or setup.cfg of a folder states; undefined when
 * none does, or when what is there cannot be read: who builds it will say so.
 */
export const projectNameIn = (
  folder: string,
  read: (path: string) => string | undefined,
): string | undefined => {
  const inside = (name: string): string | undefined =>
    read(folder === '.' ? name : `${folder}/${name}`);
  const attempts: readonly (() => unknown)[] = [
    () => nameOfPyproject(inside('pyproject.toml') ?? ''),
    () => literal(readSetupPy(inside('setup.py') ?? '').name),
    () => literal(readSetupCfg('setup.cfg', inside('setup.cfg') ?? '', inside).name),
  ];
  for (const attempt of attempts) {
    try {
      const name = attempt();
      if (typeof name === 'string' && isName(name)) return normaliseName(name);
    } catch (error) {
      if (!isLock2nixError(error)) throw error;
    }
  }
  return undefined;
};
