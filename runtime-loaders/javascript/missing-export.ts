// javascript loader, part `syntax`: an import of a name that the other module does not export.
import type { Module } from './module-graph.js';
import { boundNames, isNode, nameOf, nodes, parseCode } from './syntax-tree.js';

export interface MissingExport {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
}

/** The first name `module` imports that is not there; undefined when all are, or nobody can tell. */
export function missingExport(module: Module): MissingExport | undefined {
  for (const statement of nodes(parseCode(module.source.code, 'module')['body'])) {
    const { source } = statement;
    if (!isNode(source)) continue;
    const target = module.imports.find((item) => item.start === source.start + 1)?.module;
    if (target === undefined) continue;
    const known = exportsOf(target, new Set());
    if (known === undefined) continue;
    for (const specifier of nodes(statement['specifiers'])) {
      const wanted = wantedName(specifier);
      if (wanted === undefined || known.has(wanted)) continue;
      const what = wanted === 'default' ? 'no default export' : `no export named '${wanted}'`;
      const message = `The module '${nameOf(source)}' has ${what}.${alike(wanted, known)}`;
      return { offset: specifier.start, length: specifier.end - specifier.start, message };
    }
  }
  return undefined;
}

function wantedName(specifier: {
  readonly type: string;
  readonly [property: string]: unknown;
}): string | undefined {
  if (specifier.type === 'ImportSpecifier') return nameOf(specifier['imported']);
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  if (specifier.type === 'ExportSpecifier') return nameOf(specifier['local']);
  return undefined;
}

function alike(wanted: string, known: ReadonlySet<string>): string {
  if (wanted === 'default' && known.size > 0) {
    const names = [...known].slice(0, 5);
    return ` It exports ${names.join(', ')}${known.size > names.length ? ' …' : ''}: write import { … }.`;
  }
  const same = [...known].find((name) => name.toLowerCase() === wanted.toLowerCase());
  if (same !== undefined) return ` Did you mean '${same}'?`;
  return known.has('default') && known.size === 1 ? ' It has a default export only.' : '';
}

/** Names a module exports; undefined when it re-exports what cannot be read here. */
export function exportsOf(module: Module, seen: Set<Module>): Set<string> | undefined {
  const names = new Set<string>();
  if (seen.has(module)) return names;
  seen.add(module);
  for (const statement of nodes(parseCode(module.source.code, 'module')['body'])) {
    if (statement.type === 'ExportDefaultDeclaration') names.add('default');
    if (statement.type === 'ExportNamedDeclaration') {
      for (const specifier of nodes(statement['specifiers'])) names.add(nameOf(specifier['exported']));
      for (const name of declaredNames(statement['declaration'])) names.add(name);
    }
    if (statement.type !== 'ExportAllDeclaration') continue;
    if (isNode(statement['exported'])) {
      names.add(nameOf(statement['exported']));
      continue;
    }
    const { source } = statement;
    const target = isNode(source)
      ? module.imports.find((item) => item.start === source.start + 1)?.module
      : undefined;
    const others = target && exportsOf(target, seen);
    if (others === undefined) return undefined;
    for (const name of others) if (name !== 'default') names.add(name);
  }
  return names;
}

/** Names of a declaration statement. */
export function declaredNames(declaration: unknown): string[] {
  if (!isNode(declaration)) return [];
  if (declaration.type === 'VariableDeclaration') {
    return nodes(declaration['declarations']).flatMap((one) => boundNames(one['id']));
  }
  return isNode(declaration['id']) ? [nameOf(declaration['id'])] : [];
}
