import type { Format } from '../types.ts';

const marks = [
  // setup.cfg, which many projects have for other tools alone.
  /^\[(?:options(?:\.extras_require)?)\]/m,
  /^\[metadata\][^[]*^name[ \t]*[=:]/m,
  // setup.py
  /\b(?:setuptools|distutils)\b[\s\S]*\bsetup[ \t]*\(/,
] as const;

/** Projects of setuptools without `[project]`: `setup.cfg` and `setup.py`, one or both. */
export const setuptools: Format = {
  name: 'setuptools',
  ecosystem: 'pypi',
  gives: 'requirements',
  fileNames: ['setup.cfg', 'setup.py'],
  recognises: (text) => marks.some((mark) => mark.test(text)),
  load: () => import('./convert.ts'),
};
