// javascript loader: from a loaded graph to modules of the engine.
// Each module becomes a blob: URL that names its imports by theirs, so imports come first (post-order).
// Modules that import each other in a circle cannot name each other that way: they, and what imports them,
// are linked by the `syntax` part. Must always hold: one evaluation a module, whichever way it is reached.
import type { Edit } from './source.js';
import { lineBreaksOf } from './source.js';
import type { Module } from './module-graph.js';

/** What the engine gives for `import()`. */
export type Namespace = object;

/** The `import.meta` and `import()` of one module. */
export interface ModuleHooks {
  readonly meta: object;
  readonly load: (specifier: unknown, options?: unknown) => Promise<Namespace>;
}

/** Of the `syntax` part: evaluates modules of a circle and those that import them. */
export interface CycleLinker {
  evaluate(module: Module, begun: () => void): Promise<Namespace>;
}

export interface ModuleLinkerOptions {
  readonly hooksOf: (module: Module) => ModuleHooks;
  /** A blob was made of this module. */
  readonly added: (module: Module, blobUrl: string) => void;
  readonly cycleLinker: () => Promise<CycleLinker>;
}

const makeUrl = URL.createObjectURL.bind(URL);
const NativeBlob = Blob;

export function blobUrlOf(code: string): string {
  return makeUrl(new NativeBlob([code], { type: 'text/javascript' }));
}

export class ModuleLinker {
  readonly #options: ModuleLinkerOptions;
  readonly #modules = new Map<string, Module>();
  readonly #begun = new Map<string, () => void>();
  #signals = 0;
  #hooksUrl: string | undefined;

  constructor(options: ModuleLinkerOptions) {
    this.#options = options;
  }

  /**
   * Evaluates a module of a loaded graph, once, and gives its namespace. `begun` is called when everything
   * is fetched, compiled and linked: from then on only the program itself can keep it from ending.
   */
  async evaluate(module: Module, begun: () => void): Promise<Namespace> {
    if (module.blobUrl === undefined) markCircles(module);
    if (module.circle !== undefined) return (await this.#options.cycleLinker()).evaluate(module, begun);
    if (!mayAwait(module, new Set())) return (await import(this.blobUrl(module))) as Namespace;
    // The first time the hooks module tells: the root imports it before all else.
    if (module.blobUrl !== undefined || this.#hooksUrl !== undefined)
      return this.importNative(this.blobUrl(module), begun);
    this.#begun.set('', begun);
    return (await import(this.blobUrl(module, true))) as Namespace;
  }

  /** `import(url)`; the first import of a wrapper around it tells when the rest is linked. */
  async importNative(url: string, begun: () => void): Promise<Namespace> {
    const key = `begun ${(this.#signals += 1)}`;
    this.#begun.set(key, begun);
    const signal = blobUrlOf(`import{of as f}from"${this.#hooks()}";f(${JSON.stringify(key)})`);
    const wrapper = blobUrlOf(`import"${signal}";import*as m from"${url}";export{m}`);
    const { m } = (await import(wrapper)) as { m: Namespace };
    return m;
  }

  /** The address the engine imports an acyclic module by. */
  blobUrl(root: Module, hooksFirst = false): string {
    for (const module of postOrder(root)) {
      if (module.blobUrl !== undefined) continue;
      const code = this.#nativeCode(module, hooksFirst && module === root);
      module.blobUrl = blobUrlOf(`${code}\n//# sourceURL=${module.sourceUrl}`);
      this.#options.added(module, module.blobUrl);
    }
    return root.blobUrl as string;
  }

  #nativeCode(module: Module, hooksFirst: boolean): string {
    const { source } = module;
    const edits: Edit[] = [];
    if (usesHooks(module)) {
      const name = unusedName(source.code);
      this.#modules.set(module.key, module);
      edits.push({
        start: 0,
        end: 0,
        text: `import{of as ${name}of}from"${this.#hooks()}";const ${name}=${name}of(${JSON.stringify(module.key)});`,
      });
      edits.push(...hookEdits(module, name));
    } else if (hooksFirst) {
      edits.push({ start: 0, end: 0, text: `import"${this.#hooks()}";` });
    }
    if (source.code.startsWith('#!')) edits.push({ start: 0, end: 2, text: '//' });
    for (const item of module.imports)
      edits.push(...importEdits(source.code, item, item.module?.blobUrl ?? item.foreign ?? ''));
    return source.edited(edits.sort((a, b) => a.start - b.start || a.end - b.end));
  }

  /**
   * A module whose `of(key)` gives the hooks of a module. It takes them from a global that is gone at the
   * first look, so that modules need nothing of the global object later, when the program has changed it.
   */
  #hooks(): string {
    if (this.#hooksUrl !== undefined) return this.#hooksUrl;
    const name = `hooks ${crypto.getRandomValues(new Uint32Array(2)).join('-')}`;
    const of = (key: string): ModuleHooks | undefined => {
      this.#begun.get(key)?.();
      this.#begun.delete(key);
      const module = this.#modules.get(key);
      // Once each: whoever finds this module's address gets nothing by it.
      this.#modules.delete(key);
      return module && this.#options.hooksOf(module);
    };
    Object.defineProperty(globalThis, name, {
      get: () => {
        Reflect.deleteProperty(globalThis, name);
        return of;
      },
      configurable: true,
    });
    this.#hooksUrl = blobUrlOf(`export const of=globalThis[${JSON.stringify(name)}];of("")`);
    return this.#hooksUrl;
  }
}

/** A name that does not occur in the code. */
export function unusedName(code: string): string {
  let name = '$m';
  while (code.includes(name)) name += '_';
  return name;
}

/** `import.meta` and `import(` through the hooks called `name`. */
export function hookEdits(module: Module, name: string): Edit[] {
  return [
    ...module.metas.map(([start, end]) => ({ start, end, text: `${name}.meta` })),
    ...module.dynamicImports.map((start) => ({ start, end: start + 'import'.length, text: `${name}.load` })),
  ].sort((a, b) => a.start - b.start);
}

function importEdits(
  code: string,
  item: { start: number; end: number; statementEnd: number },
  url: string,
): Edit[] {
  const rest = code.slice(item.end + 1, item.statementEnd);
  return [
    { start: item.start, end: item.end, text: url },
    // Attributes would be checked against the blob's media type.
    ...(rest === '' ? [] : [{ start: item.end + 1, end: item.statementEnd, text: lineBreaksOf(rest) }]),
  ];
}

/** Whether evaluation may come to an `await` outside of functions; too often yes is no harm. */
function mayAwait(module: Module, seen: Set<Module>): boolean {
  if (seen.has(module)) return false;
  seen.add(module);
  if (/\bawait\b/.test(module.source.code)) return true;
  return module.imports.some((item) => item.module === undefined || mayAwait(item.module, seen));
}

export function usesHooks(module: Module): boolean {
  return module.metas.length > 0 || module.dynamicImports.length > 0;
}

export function importsOf(module: Module): Module[] {
  return module.imports.flatMap((item) => item.module ?? []);
}

/** Everything a module imports, before itself. */
function postOrder(root: Module): Module[] {
  const order: Module[] = [];
  const seen = new Set<Module>();
  const visit = (module: Module): void => {
    if (seen.has(module)) return;
    seen.add(module);
    for (const other of importsOf(module)) visit(other);
    order.push(module);
  };
  visit(root);
  return order;
}

/**
 * Marks what is in a circle or imports such a module (Tarjan's strongly connected components).
 * Modules the engine has already are in none: all they import was there before them.
 */
function markCircles(root: Module): void {
  const indexes = new Map<Module, number>();
  const lows = new Map<Module, number>();
  const stack: Module[] = [];
  const visit = (module: Module): void => {
    const index = indexes.size;
    indexes.set(module, index);
    lows.set(module, index);
    stack.push(module);
    for (const other of importsOf(module)) {
      if (other.blobUrl !== undefined) continue;
      if (!indexes.has(other)) {
        visit(other);
        lows.set(module, Math.min(lows.get(module) ?? 0, lows.get(other) ?? 0));
      } else if (stack.includes(other)) {
        lows.set(module, Math.min(lows.get(module) ?? 0, indexes.get(other) ?? 0));
      }
    }
    if (lows.get(module) !== index) return;
    const component = stack.splice(stack.indexOf(module));
    const cyclic = component.length > 1 || importsOf(module).includes(module);
    const above = component.some((one) => importsOf(one).some((other) => other.circle !== undefined));
    if (!cyclic && !above) return;
    const circle = {};
    for (const member of component) member.circle ??= circle;
  };
  visit(root);
}
