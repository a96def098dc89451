/** `setup_requires`: what setup.py asks for before it builds, the way before PEP 518. */
import { isLock2nixError } from '../graph/errors.ts';
import { readSetupCfg } from './setup-cfg.ts';
import { mergeSetupFacts, type SetupFacts } from './setup-facts.ts';
import { readSetupPy } from './setup-py.ts';

const utf8 = new TextDecoder();

/** A damaged setup.cfg says nothing here; the build will tell. */
const tryReadSetupCfg = (text: string): SetupFacts | undefined => {
  try {
    return readSetupCfg('setup.cfg', text, () => undefined);
  } catch (error) {
    if (isLock2nixError(error)) return undefined;
    throw error;
  }
};

/**
 * The requirements (as written) that setup.py and setup.cfg, by name in `files`, state literally as
 * `setup_requires`; none where there are none, or where only running setup.py would tell.
 */
export const setupRequiresIn = (files: ReadonlyMap<string, Uint8Array>): readonly string[] => {
  const [setupPy, setupCfg] = ['setup.py', 'setup.cfg'].map((name) => {
    const bytes = files.get(name);
    return bytes === undefined ? undefined : utf8.decode(bytes);
  });
  const py = setupPy === undefined ? undefined : readSetupPy(setupPy);
  const cfg = setupCfg === undefined ? undefined : tryReadSetupCfg(setupCfg);
  const facts = py !== undefined && cfg !== undefined ? mergeSetupFacts(py, cfg) : (py ?? cfg);
  return facts?.setupRequires.kind === 'literal' ? facts.setupRequires.value : [];
};
