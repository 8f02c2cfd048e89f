// javascript loader, part `syntax`: links and evaluates modules that import each other, as ECMA-262's
// cyclic module records: all are instantiated before the first is evaluated, each is evaluated once, after
// what it imports; within a circle the one that was reached first comes last.
import { SyntaxProblem, type Module } from './module-graph.js';
import {
  blobUrlOf,
  importsOf,
  unusedName,
  type CycleLinker,
  type ModuleHooks,
  type ModuleLinker,
  type Namespace,
} from './module-linker.js';
import { rewriteImports, type ModuleFrame, type Rewritten } from './import-rewriter.js';
import { exportsOf, missingExport } from './missing-export.js';
import type { Stacks } from './stack.js';

type Steps = Iterator<undefined> | AsyncIterator<undefined>;

interface Linked {
  readonly module: Module;
  readonly rewritten: Rewritten;
  readonly steps: Steps;
  readonly frame: ModuleFrame;
  /** Plain, for the code that imports it; the engine is fast on it. */
  readonly bindings: object;
  /** What `import *` and `import()` give. */
  namespace: Namespace | undefined;
  begun: boolean;
  evaluation: Promise<void> | undefined;
}

export interface CyclicModulesOptions {
  readonly linker: ModuleLinker;
  readonly hooksOf: (module: Module) => ModuleHooks;
  readonly stacks: Stacks;
  /** Something is pending until the result is called. */
  readonly hold: () => () => void;
}

export class CyclicModules implements CycleLinker {
  readonly #linker: ModuleLinker;
  readonly #hooksOf: (module: Module) => ModuleHooks;
  readonly #stacks: Stacks;
  readonly #hold: () => () => void;
  readonly #instantiations = new Map<Module, Promise<void>>();
  readonly #linked = new Map<Module, Linked>();
  /** Namespaces of the engine's own modules, once they are evaluated. */
  readonly #native = new Map<Module, Namespace>();

  constructor({ linker, hooksOf, stacks, hold }: CyclicModulesOptions) {
    this.#linker = linker;
    this.#hooksOf = hooksOf;
    this.#stacks = stacks;
    this.#hold = hold;
  }

  async evaluate(module: Module, begun: () => void): Promise<Namespace> {
    const members = circleMembers(module);
    await Promise.all(members.map((member) => this.#instantiate(member)));
    for (const member of members) this.#defineBindings(this.#get(member));
    for (const member of members) this.#bind(this.#get(member));
    const evaluation = this.#evaluate(this.#get(module));
    begun();
    await evaluation;
    return this.#namespaceOf(module);
  }

  #get(module: Module): Linked {
    const linked = this.#linked.get(module);
    if (linked === undefined) throw new Error(`${module.key} is not linked`);
    return linked;
  }

  /** Once a module, also where two `import()` want it at a time. */
  #instantiate(module: Module): Promise<void> {
    const running = this.#instantiations.get(module) ?? this.#makeLinked(module);
    this.#instantiations.set(module, running);
    return running;
  }

  async #makeLinked(module: Module): Promise<void> {
    const { source } = module;
    const missing = missingExport(module);
    if (missing !== undefined) {
      const { message, offset, length } = missing;
      throw new SyntaxProblem(message, { source, position: source.positionOf(offset), length });
    }
    const name = unusedName(source.code);
    const rewritten = rewriteImports(module, name);
    const url = blobUrlOf(
      `${source.edited(rewritten.edits)}${rewritten.suffix}\n//# sourceURL=${module.sourceUrl}`,
    );
    this.#stacks.add(source, module.sourceUrl, url);
    const frame: ModuleFrame = { ...this.#hooksOf(module), i: [], n: [] };
    const { default: body } = (await import(url)) as { default: (frame: ModuleFrame) => Steps };
    const steps = body(frame);
    // Runs to the first yield at once, also where it is asynchronous.
    void steps.next();
    const linked: Linked = {
      module,
      rewritten,
      steps,
      frame,
      bindings: {},
      namespace: undefined,
      begun: false,
      evaluation: undefined,
    };
    this.#linked.set(module, linked);
  }

  #defineBindings({ module, bindings }: Linked): void {
    if (Object.keys(bindings).length > 0) return;
    for (const name of this.#namesOf(module, new Set())) {
      Object.defineProperty(bindings, name, {
        get: () => this.#read(module, name, new Set()),
        enumerable: true,
      });
    }
  }

  /** Gives a module the bindings of what it imports in the circle; the others come when they are evaluated. */
  #bind({ module, frame }: Linked): void {
    for (const [index, item] of module.imports.entries()) {
      if (item.module?.circle === undefined) continue;
      frame.i[index] = this.#get(item.module).bindings;
      frame.n[index] = this.#namespaceOf(item.module);
    }
  }

  #namesOf(module: Module, seen: Set<Module>): Set<string> {
    if (seen.has(module)) return new Set();
    const linked = this.#linked.get(module);
    if (linked === undefined) return exportsOf(module, new Set()) ?? new Set(module.exports);
    seen.add(module);
    const { ownNames, reexports, stars } = linked.rewritten;
    const names = new Set([...ownNames, ...reexports.keys()]);
    for (const index of stars) {
      const target = module.imports[index]?.module;
      if (target === undefined) continue;
      for (const name of this.#namesOf(target, seen)) if (name !== 'default') names.add(name);
    }
    return names;
  }

  /** The value a name of a module has now; a ReferenceError in its dead zone. */
  #read(module: Module, name: string, seen: Set<Module>): unknown {
    const linked = this.#linked.get(module);
    if (linked === undefined)
      return (this.#native.get(module) as Record<string, unknown> | undefined)?.[name];
    if (seen.has(module)) return undefined;
    seen.add(module);
    const own = linked.frame.g?.[name];
    if (own !== undefined) return own();
    const { reexports, stars } = linked.rewritten;
    const from = reexports.get(name);
    const target = from && module.imports[from.index]?.module;
    if (from !== undefined && target !== undefined) {
      return from.name === '*' ? this.#namespaceOf(target) : this.#read(target, from.name, seen);
    }
    for (const index of stars) {
      const other = module.imports[index]?.module;
      if (other !== undefined && this.#namesOf(other, new Set()).has(name))
        return this.#read(other, name, seen);
    }
    return undefined;
  }

  #namespaceOf(module: Module): Namespace {
    const linked = this.#linked.get(module);
    if (linked === undefined) return this.#native.get(module) ?? {};
    if (linked.namespace === undefined) {
      const namespace: object = Object.create(null) as object;
      for (const name of [...this.#namesOf(module, new Set())].sort()) {
        Object.defineProperty(namespace, name, {
          get: () => this.#read(module, name, new Set()),
          enumerable: true,
        });
      }
      Object.defineProperty(namespace, Symbol.toStringTag, { value: 'Module' });
      linked.namespace = Object.preventExtensions(namespace);
    }
    return linked.namespace;
  }

  #evaluate(linked: Linked): Promise<void> {
    linked.evaluation ??= this.#run(linked);
    return linked.evaluation;
  }

  async #run(linked: Linked): Promise<void> {
    const { circle } = linked.module;
    linked.begun = true;
    for (const [index, item] of linked.module.imports.entries()) {
      if (item.module === undefined) {
        if (item.foreign !== undefined) this.#give(linked, index, await this.#import(item.foreign));
      } else if (item.module.circle !== undefined) {
        const other = this.#get(item.module);
        // Who was reached before in the same circle waits for this one.
        if (!other.begun || item.module.circle !== circle) await this.#evaluate(other);
      } else {
        const namespace = await this.#import(this.#linker.blobUrl(item.module));
        this.#native.set(item.module, namespace);
        this.#give(linked, index, namespace);
      }
    }
    await linked.steps.next();
  }

  /** Counts as pending until the engine has linked it. */
  async #import(url: string): Promise<Namespace> {
    const release = this.#hold();
    try {
      return await this.#linker.importNative(url, release);
    } finally {
      release();
    }
  }

  #give({ frame }: Linked, index: number, namespace: Namespace): void {
    frame.i[index] = namespace;
    frame.n[index] = namespace;
  }
}

/** The modules we link that a module reaches, itself included. */
function circleMembers(root: Module): Module[] {
  const members = new Set([root]);
  for (const member of members) {
    for (const other of importsOf(member)) if (other.circle !== undefined) members.add(other);
  }
  return [...members];
}
