/** `requires.txt` of an `egg-info` folder, as setuptools writes it. */
import { normaliseName } from './name.ts';

/** Requirements as core metadata has them (PEP 508). */
export interface EggRequirements {
  readonly requiresDist: readonly string[];
  /** Normalised, sorted. */
  readonly extras: readonly string[];
}

/** A requirement and its own marker; a `;` in a URL has no blank before it. */
const splitMarker = (text: string): readonly [requirement: string, marker: string] => {
  const end = text.includes('@') ? text.search(/\s;/) : text.indexOf(';');
  if (end === -1) return [text, ''];
  const semicolon = text.indexOf(';', end);
  return [text.slice(0, end).trim(), text.slice(semicolon + 1).trim()];
};

const conjunction = (markers: readonly string[]): string => {
  const [only = '', ...others] = markers;
  return others.length === 0 ? only : markers.map((marker) => `(${marker})`).join(' and ');
};

/**
 * Reads a requires.txt. Sections say when their requirements hold: `[extra]`, `[:marker]`,
 * `[extra:marker]`; `#` begins a comment. Requirements are as written, with the marker of their section.
 *
 * `parseRequiresTxt('a\n[x:os_name == "nt"]\nb>1')` has the requirements `a` and
 * `b>1 ; (os_name == "nt") and (extra == "x")` and the extra `x`.
 */
export const parseRequiresTxt = (text: string): EggRequirements => {
  const requiresDist: string[] = [];
  const extras = new Set<string>();
  let conditions: readonly string[] = [];
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const line = raw.replace(/(?:^|\s)#.*$/, '').trim();
    if (line === '') continue;
    const section = /^\[(.*)\]$/s.exec(line)?.[1];
    if (section === undefined) {
      const [requirement, own] = splitMarker(line);
      const markers = [own, ...conditions].filter((marker) => marker !== '');
      requiresDist.push(
        markers.length === 0 ? requirement : `${requirement} ; ${conjunction(markers)}`,
      );
      continue;
    }
    const colon = section.indexOf(':');
    const extra = normaliseName((colon === -1 ? section : section.slice(0, colon)).trim());
    if (extra !== '') extras.add(extra);
    conditions = [
      colon === -1 ? '' : section.slice(colon + 1).trim(),
      extra === '' ? '' : `extra == "${extra.replaceAll('"', '')}"`,
    ];
  }
  return { requiresDist, extras: [...extras].sort() };
};
