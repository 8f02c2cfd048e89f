// javascript loader, part `syntax`: acorn's trees, seen as plain nodes.
import { parse, type Options } from 'acorn';
import type { Position } from './source.js';

/** A node of the ESTree specification; properties by name. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [property: string]: unknown;
}

/** Throws acorn's SyntaxError (`syntaxErrorPosition`). */
export function parseCode(code: string, sourceType: 'module' | 'script'): Node {
  const options: Options = { ecmaVersion: 'latest', sourceType, allowHashBang: true };
  return parse(code, options) as unknown as Node;
}

/** Where acorn found an error; undefined for other errors. */
export function syntaxErrorPosition(error: unknown): Position | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  const { loc } = error as { loc?: { line: number; column: number } };
  return loc && { line: loc.line, column: loc.column + 1 };
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** Direct children in the order of the source. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

export function nodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function isFunction(node: Node): boolean {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

/** An identifier's name, or a string used as an export's name. */
export function nameOf(node: unknown): string {
  const { name, value } = node as { name?: string; value?: string };
  return name ?? value ?? '';
}

/** Names that a pattern binds. */
export function boundNames(pattern: unknown): string[] {
  if (!isNode(pattern)) return [];
  switch (pattern.type) {
    case 'Identifier':
      return [nameOf(pattern)];
    case 'ObjectPattern':
      return nodes(pattern['properties']).flatMap((property) =>
        boundNames(property.type === 'Property' ? property['value'] : property['argument']),
      );
    case 'ArrayPattern':
      return nodes(pattern['elements']).flatMap(boundNames);
    case 'AssignmentPattern':
      return boundNames(pattern['left']);
    case 'RestElement':
      return boundNames(pattern['argument']);
    default:
      return [];
  }
}
