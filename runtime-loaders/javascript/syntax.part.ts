// javascript loader, part `syntax`: what needs a whole parser (acorn). Loaded when an engine's SyntaxError has
// no place, when a top-level await never settles, and when modules import each other in a circle.
import { CyclicModules, type CyclicModulesOptions } from './cyclic-modules.js';
import { missingExport } from './missing-export.js';
import type { Module } from './module-graph.js';
import type { Place } from './source.js';
import { importsOf, type CycleLinker } from './module-linker.js';
import { childrenOf, isFunction, parseCode, syntaxErrorPosition, type Node } from './syntax-tree.js';

export interface SyntaxPart {
  /** Where the first error is in what `module` imports, or in itself; with a message where ours is better. */
  findSyntaxError(module: Module, script: boolean): (Place & { readonly message?: string }) | undefined;
  /** The first `await` outside of functions in what `module` imports, or in itself. */
  findTopLevelAwait(module: Module): Place | undefined;
  makeCycleLinker(options: CyclicModulesOptions): CycleLinker;
}

export function findSyntaxError(
  module: Module,
  script: boolean,
): (Place & { readonly message?: string }) | undefined {
  const modules = inOrder(module);
  for (const one of modules) {
    try {
      parseCode(one.source.code, script && one === module ? 'script' : 'module');
    } catch (error) {
      const position = syntaxErrorPosition(error);
      if (position === undefined) throw error;
      return { source: one.source, position: one.source.fromCode(position) };
    }
  }
  for (const one of script ? [] : modules) {
    const missing = missingExport(one);
    if (missing === undefined) continue;
    const { offset, length, message } = missing;
    return { source: one.source, position: one.source.positionOf(offset), length, message };
  }
  return undefined;
}

export function findTopLevelAwait(module: Module): Place | undefined {
  for (const one of inOrder(module)) {
    const found = awaitIn(parseCode(one.source.code, 'module'));
    if (found !== undefined) return { source: one.source, position: one.source.positionOf(found.start) };
  }
  return undefined;
}

function awaitIn(node: Node): Node | undefined {
  if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node['await'] === true))
    return node;
  if (isFunction(node)) return undefined;
  for (const child of childrenOf(node)) {
    const found = awaitIn(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function makeCycleLinker(options: CyclicModulesOptions): CycleLinker {
  return new CyclicModules(options);
}

/** Everything a module imports, then itself. */
function inOrder(root: Module): Module[] {
  const order = new Set<Module>();
  const visit = (module: Module, open: ReadonlySet<Module>): void => {
    if (order.has(module) || open.has(module)) return;
    for (const other of importsOf(module)) visit(other, new Set(open).add(module));
    order.add(module);
  };
  visit(root, new Set());
  return [...order];
}
