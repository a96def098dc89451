import type { Marker, MarkerOperator } from '../../graph/marker.ts';

const opposites: Readonly<Partial<Record<MarkerOperator, MarkerOperator>>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
  in: 'not in',
  'not in': 'in',
};

/** A marker that holds where the other does not; undefined when none can be written (`~=`, `===`). */
export const negateMarker = (marker: Marker): Marker | undefined => {
  if (marker.kind === 'compare') {
    const operator = opposites[marker.operator];
    return operator === undefined ? undefined : { ...marker, operator };
  }
  const operands = marker.operands.map(negateMarker);
  const known = operands.filter((operand) => operand !== undefined);
  if (known.length < operands.length) return undefined;
  return { kind: marker.kind === 'and' ? 'or' : 'and', operands: known };
};
