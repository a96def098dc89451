/** The build tools of the public index, as far as tests ask for them: the last that run on each Python. */
import type { FakeProjects } from './fake-index.ts';
import { wheelOf } from './fake-index.ts';

const wheelFor = (name: string, version: string, requiresPython: string, needs: string[] = []) => ({
  needs,
  requiresPython,
  files: [
    wheelOf(name, version, requiresPython.startsWith('>=2') ? 'py2.py3-none-any' : 'py3-none-any'),
  ],
});

export const buildTools: FakeProjects = {
  pip: {
    '20.3.4': wheelFor('pip', '20.3.4', '>=2.7,!=3.0.*'),
    '21.3.1': wheelFor('pip', '21.3.1', '>=3.6'),
    '24.0': wheelFor('pip', '24.0', '>=3.7'),
    '25.0.1': wheelFor('pip', '25.0.1', '>=3.8'),
    '25.3': wheelFor('pip', '25.3', '>=3.9'),
  },
  'poetry-core': {
    '1.9.1': wheelFor('poetry-core', '1.9.1', '>=3.8,<4.0'),
    '2.2.1': wheelFor('poetry-core', '2.2.1', '>=3.9,<4.0'),
  },
  setuptools: {
    '44.1.1': wheelFor('setuptools', '44.1.1', '>=2.7,!=3.0.*,!=3.1.*'),
    '57.5.0': wheelFor('setuptools', '57.5.0', '>=3.6'),
    '59.6.0': wheelFor('setuptools', '59.6.0', '>=3.6'),
    '68.0.0': wheelFor('setuptools', '68.0.0', '>=3.7'),
    '75.3.2': wheelFor('setuptools', '75.3.2', '>=3.8'),
    '80.9.0': wheelFor('setuptools', '80.9.0', '>=3.9'),
  },
  wheel: {
    '0.37.1': wheelFor('wheel', '0.37.1', '>=2.7,!=3.0.*,!=3.1.*,!=3.2.*,!=3.3.*,!=3.4.*'),
    '0.42.0': wheelFor('wheel', '0.42.0', '>=3.7'),
    '0.45.1': wheelFor('wheel', '0.45.1', '>=3.8'),
  },
};
