import type { Format } from '../types.ts';

const marks = [
  /^\[[ \t]*project(?:\.|[ \t]*\])/m,
  /^project\.name[ \t]*=/m,
  /^\[[ \t]*tool[ \t]*\.[ \t]*poetry[ \t]*[.\]]/m,
  /^\[[ \t]*(?:build-system|dependency-groups)[ \t]*\]/m,
] as const;

/** `pyproject.toml` of a project: PEP 621, PEP 735, Poetry's tables. */
export const pyproject: Format = {
  name: 'pyproject',
  ecosystem: 'pypi',
  gives: 'requirements',
  fileNames: ['pyproject.toml'],
  recognises: (text) => marks.some((mark) => mark.test(text)),
  load: () => import('./convert.ts'),
};
