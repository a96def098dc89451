import { formatAttributeName, formatNixPath, oneLine, quoteNixString } from './escape.ts';
import type { NixBinding, NixExpression, NixFormal } from './expression.ts';

const step = '  ';

const formatPath = (segments: readonly string[]): string =>
  segments.map(formatAttributeName).join('.');

const compound: ReadonlySet<NixExpression['kind']> = new Set([
  'apply',
  'constant',
  'function',
  'or',
]);

/** An operand of an application or a list must stand alone. */
const printAtom = (expression: NixExpression, indent: string): string => {
  const text = printAt(expression, indent);
  return compound.has(expression.kind) ? `(${text})` : text;
};

const printList = (items: readonly NixExpression[], indent: string): string => {
  const [first] = items;
  if (first === undefined) return '[ ]';
  const inner = indent + step;
  if (items.length === 1 && (first.kind === 'string' || first.kind === 'variable'))
    return `[ ${printAtom(first, indent)} ]`;
  return `[\n${items.map((item) => `${inner}${printAtom(item, inner)}\n`).join('')}${indent}]`;
};

const printBinding = (item: NixBinding, indent: string): string => {
  if (item.kind === 'inherit') {
    if (item.names.length < 4) return `${indent}inherit ${item.names.join(' ')};\n`;
    const inner = indent + step;
    return `${indent}inherit\n${item.names.map((name) => `${inner}${name}\n`).join('')}${inner};\n`;
  }
  const comment = item.comment === undefined ? '' : `${indent}# ${oneLine(item.comment)}\n`;
  const value = printAt(item.value, indent);
  return `${item.blankBefore ? '\n' : ''}${comment}${indent}${formatPath(item.path)} = ${value};\n`;
};

const printAttributes = (items: readonly NixBinding[], indent: string): string =>
  items.length === 0
    ? '{ }'
    : `{\n${items.map((item) => printBinding(item, indent + step)).join('')}${indent}}`;

const printFormals = (formals: readonly NixFormal[], ellipsis: boolean, indent: string): string => {
  const line = [...formals.map((formal) => formal.name), ...(ellipsis ? ['...'] : [])].join(', ');
  if (formals.every((formal) => formal.fallback === undefined) && formals.length < 3) {
    return line === '' ? '{ }' : `{ ${line} }`;
  }
  const inner = indent + step;
  const lines = formals.map(({ name, fallback }) =>
    fallback === undefined
      ? `${inner}${name},\n`
      : `${inner}${name} ? ${printAt(fallback, inner)},\n`,
  );
  return `{\n${lines.join('')}${ellipsis ? `${inner}...\n` : ''}${indent}}`;
};

const printAt = (expression: NixExpression, indent: string): string => {
  switch (expression.kind) {
    case 'string':
      return quoteNixString(expression.value);
    case 'literal':
      return String(expression.value);
    case 'lookup':
      return `<${expression.name}>`;
    case 'path':
      return formatNixPath(expression.value);
    case 'variable':
      return formatPath(expression.path);
    case 'list':
      return printList(expression.items, indent);
    case 'attributes':
      return `${expression.recursive ? 'rec ' : ''}${printAttributes(expression.bindings, indent)}`;
    case 'apply':
      return `${expression.target.kind === 'apply' ? printAt(expression.target, indent) : printAtom(expression.target, indent)} ${printAtom(expression.argument, indent)}`;
    case 'or':
      return `${printAtom(expression.target, indent)} or ${printAtom(expression.fallback, indent)}`;
    case 'constant':
      return `${expression.argument}: ${printAt(expression.body, indent)}`;
    case 'function':
      return `${printFormals(expression.formals, expression.ellipsis, indent)}:\n${indent}${printAt(expression.body, indent)}`;
  }
};

/**
 * The text of a Nix file: `comment` lines above, then the expression, laid out as `nixfmt` does.
 * Throws NIX_TEXT for what Nix cannot hold.
 */
export const printNix = (expression: NixExpression, comment?: string): string =>
  `${comment === undefined ? '' : `# ${oneLine(comment)}\n`}${printAt(expression, '')}\n`;
