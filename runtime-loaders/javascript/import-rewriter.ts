// javascript loader, part `syntax`: a module as a generator function, for modules that import each other.
//
//   import { b } from './b.js';            export default function*$mtop($m){$m.g={"a":()=>a};yield;
//   export function a() { b() }      →     ;function a() { (0,$m.i[0].b)() }
//                                          }
//
// The first `next()` instantiates: functions are hoisted, the other bindings are in their dead zone. The second
// evaluates. Hoisting, dead zones and live bindings are the engine's own; only imported names are rewritten,
// on their own lines. Must always hold: a name is rewritten only where no inner scope declares it.
import type { ModuleHooks } from './module-linker.js';
import type { Module } from './module-graph.js';
import { declaredNames } from './missing-export.js';
import { lineBreaksOf, type Edit } from './source.js';
import {
  boundNames,
  childrenOf,
  isFunction,
  isNode,
  nameOf,
  nodes,
  parseCode,
  type Node,
} from './syntax-tree.js';

/** What a rewritten module is called with. */
export interface ModuleFrame extends ModuleHooks {
  /** Namespaces by the index of the import. */
  readonly i: (object | undefined)[];
  /** The same as `import *` sees them. */
  readonly n: (object | undefined)[];
  /** Set by the module: its own exports. */
  g?: Readonly<Record<string, () => unknown>>;
}

export interface Rewritten {
  readonly edits: Edit[];
  /** Behind the code. */
  readonly suffix: string;
  /** It awaits outside of functions. */
  readonly asynchronous: boolean;
  /** `export { x as y } from`: exported name → where it comes from; `*` is the namespace itself. */
  readonly reexports: ReadonlyMap<string, { readonly index: number; readonly name: string }>;
  /** `export * from`: indexes of imports. */
  readonly stars: readonly number[];
  readonly ownNames: readonly string[];
}

interface Binding {
  readonly index: number;
  readonly name: string;
}

export function rewriteImports(module: Module, frame: string): Rewritten {
  return new ImportRewriter(module, frame).rewrite();
}

class ImportRewriter {
  readonly #module: Module;
  readonly #code: string;
  readonly #frame: string;
  readonly #bindings = new Map<string, Binding>();
  readonly #edits: Edit[] = [];
  readonly #reexports = new Map<string, Binding>();
  readonly #stars: number[] = [];
  /** Exported name → expression. */
  readonly #own = new Map<string, string>();
  #asynchronous = false;
  /** Start of the statement being walked, when it stands in a list of statements. */
  #statementStart = -1;

  constructor(module: Module, frame: string) {
    this.#module = module;
    this.#code = module.source.code;
    this.#frame = frame;
  }

  rewrite(): Rewritten {
    const program = parseCode(this.#code, 'module');
    const body = nodes(program['body']);
    for (const statement of body) if (statement.type === 'ImportDeclaration') this.#import(statement);
    for (const statement of body) this.#topLevel(statement);
    const exports = [...this.#own].map(([name, expression]) => `${JSON.stringify(name)}:()=>${expression}`);
    const prefix =
      `export default ${this.#asynchronous ? 'async ' : ''}function*${this.#frame}top(${this.#frame})` +
      `{${this.#frame}.g={__proto__:null,${exports.join(',')}};yield;`;
    const hashbang = this.#code.startsWith('#!') ? [{ start: 0, end: 2, text: '//' }] : [];
    return {
      edits: [
        { start: 0, end: 0, text: prefix },
        ...hashbang,
        ...this.#edits.sort((a, b) => a.start - b.start || a.end - b.end),
      ],
      suffix: '\n}',
      asynchronous: this.#asynchronous,
      reexports: this.#reexports,
      stars: this.#stars,
      ownNames: [...this.#own.keys()],
    };
  }

  #indexOf(source: unknown): number {
    const start = isNode(source) ? source.start + 1 : -1;
    return this.#module.imports.findIndex((item) => item.start === start);
  }

  #replace(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text: text + lineBreaksOf(this.#code.slice(start, end)) });
  }

  #import(statement: Node): void {
    const index = this.#indexOf(statement['source']);
    for (const specifier of nodes(statement['specifiers'])) {
      const imported =
        specifier.type === 'ImportSpecifier'
          ? nameOf(specifier['imported'])
          : specifier.type === 'ImportDefaultSpecifier'
            ? 'default'
            : '*';
      this.#bindings.set(nameOf(specifier['local']), { index, name: imported });
    }
    this.#replace(statement.start, statement.end, '');
  }

  #topLevel(statement: Node): void {
    const { declaration } = statement;
    switch (statement.type) {
      case 'ImportDeclaration':
        return;
      case 'ExportAllDeclaration': {
        const index = this.#indexOf(statement['source']);
        const exported = statement['exported'];
        if (isNode(exported)) this.#reexports.set(nameOf(exported), { index, name: '*' });
        else this.#stars.push(index);
        this.#replace(statement.start, statement.end, '');
        return;
      }
      case 'ExportNamedDeclaration':
        if (isNode(declaration)) {
          for (const name of declaredNames(declaration)) this.#own.set(name, name);
          this.#replace(statement.start, declaration.start, '');
          this.#statement(declaration, []);
        } else {
          this.#exportNames(statement);
        }
        return;
      case 'ExportDefaultDeclaration':
        if (isNode(declaration)) this.#exportDefault(statement, declaration);
        return;
      default:
        this.#statement(statement, []);
    }
  }

  #exportNames(statement: Node): void {
    const source = statement['source'];
    for (const specifier of nodes(statement['specifiers'])) {
      const exported = nameOf(specifier['exported']);
      const local = nameOf(specifier['local']);
      const binding = isNode(source)
        ? { index: this.#indexOf(source), name: local }
        : this.#bindings.get(local);
      if (binding === undefined) this.#own.set(exported, local);
      else this.#reexports.set(exported, binding);
    }
    this.#replace(statement.start, statement.end, '');
  }

  #exportDefault(statement: Node, declaration: Node): void {
    const named = isNode(declaration['id']) && /Declaration$/.test(declaration.type);
    const name = named ? nameOf(declaration['id']) : `${this.#frame}default`;
    this.#own.set('default', name);
    if (named) {
      this.#replace(statement.start, declaration.start, '');
    } else if (declaration.type === 'FunctionDeclaration') {
      this.#replace(statement.start, declaration.start, '');
      const head = /^(?:async\s+)?function\s*\*?/.exec(this.#code.slice(declaration.start));
      const at = declaration.start + (head?.[0].length ?? 0);
      this.#edits.push({ start: at, end: at, text: ` ${name}` });
    } else {
      // As a property, what has no name gets this one.
      this.#replace(statement.start, declaration.start, `const ${name}={default:`);
      const end = declaration.type === 'ClassDeclaration' ? '}.default;' : '}.default';
      this.#edits.push({ start: declaration.end, end: declaration.end, text: end });
    }
    this.#walk(declaration, [], statement);
  }

  /** A statement that stands in a list of statements. */
  #statement(statement: Node, scopes: readonly ReadonlySet<string>[]): void {
    this.#statementStart = statement.start;
    this.#walk(statement, scopes, undefined);
  }

  #walk(node: Node, scopes: readonly ReadonlySet<string>[], parent: Node | undefined): void {
    if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node['await'] === true)) {
      this.#asynchronous ||= !scopes.some((scope) => scope.has(functionMark));
    }
    if (node.type === 'Identifier') {
      this.#reference(node, scopes, parent);
      return;
    }
    if (node.type === 'MetaProperty') {
      if (nameOf(node['meta']) === 'import')
        this.#edits.push({ start: node.start, end: node.end, text: `${this.#frame}.meta` });
      return;
    }
    if (node.type === 'ImportExpression') {
      this.#edits.push({ start: node.start, end: node.start + 'import'.length, text: `${this.#frame}.load` });
    }
    const inner = scopeOf(node);
    const within = inner === undefined ? scopes : [...scopes, inner];
    const list = /^(?:BlockStatement|StaticBlock|SwitchCase)$/.test(node.type);
    for (const [key, value] of Object.entries(node)) {
      if (isPlainName(node, key)) continue;
      for (const child of Array.isArray(value) ? nodes(value) : isNode(value) ? [value] : []) {
        if (list && /Statement$/.test(child.type)) this.#statement(child, within);
        else this.#walk(child, within, node);
      }
    }
  }

  #reference(node: Node, scopes: readonly ReadonlySet<string>[], parent: Node | undefined): void {
    const name = nameOf(node);
    const binding = this.#bindings.get(name);
    if (binding === undefined || scopes.some((scope) => scope.has(name))) return;
    const { index } = binding;
    let text =
      binding.name === '*'
        ? `${this.#frame}.n[${index}]`
        : `${this.#frame}.i[${index}]${access(binding.name)}`;
    if (parent?.type === 'Property' && parent['shorthand'] === true) text = `${name}:${text}`;
    const called =
      (parent?.type === 'CallExpression' && parent['callee'] === node) ||
      (parent?.type === 'TaggedTemplateExpression' && parent['tag'] === node);
    // Not as a method of the namespace; and no call of what stands on the line before.
    if (called) text = `${node.start === this.#statementStart ? ';' : ''}(0,${text})`;
    this.#edits.push({ start: node.start, end: node.end, text });
  }
}

const access = (name: string): string =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;

/** Stands in scopes of functions; no identifier can have this name. */
const functionMark = '()';

/** Children that are names, not references. */
function isPlainName(node: Node, key: string): boolean {
  switch (node.type) {
    case 'MemberExpression':
      return key === 'property' && node['computed'] !== true;
    case 'Property':
      return key === 'key' && (node['computed'] !== true || node['shorthand'] === true);
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
      return key === 'key' && node['computed'] !== true;
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return key === 'label';
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ClassDeclaration':
    case 'ClassExpression':
      return key === 'id';
    default:
      return false;
  }
}

/** Names a node declares for what is inside it. */
function scopeOf(node: Node): Set<string> | undefined {
  if (isFunction(node)) {
    const names = new Set([
      functionMark,
      ...nodes(node['params']).flatMap(boundNames),
      ...varNames(node['body']),
    ]);
    if (node.type === 'FunctionExpression' && isNode(node['id'])) names.add(nameOf(node['id']));
    return names;
  }
  switch (node.type) {
    case 'BlockStatement':
      return new Set(lexicalNames(nodes(node['body'])));
    case 'StaticBlock':
      return new Set([
        functionMark,
        ...lexicalNames(nodes(node['body'])),
        ...nodes(node['body']).flatMap(varNames),
      ]);
    case 'SwitchStatement':
      return new Set(nodes(node['cases']).flatMap((one) => lexicalNames(nodes(one['consequent']))));
    case 'ForStatement':
      return new Set(lexicalNames(nodes([node['init']])));
    case 'ForInStatement':
    case 'ForOfStatement':
      return new Set(lexicalNames(nodes([node['left']])));
    case 'CatchClause':
      return new Set(boundNames(node['param']));
    case 'ClassExpression':
      return isNode(node['id']) ? new Set([nameOf(node['id'])]) : undefined;
    default:
      return undefined;
  }
}

function lexicalNames(statements: readonly Node[]): string[] {
  return statements.flatMap((statement) =>
    statement.type === 'FunctionDeclaration' ||
    statement.type === 'ClassDeclaration' ||
    (statement.type === 'VariableDeclaration' && statement['kind'] !== 'var')
      ? declaredNames(statement)
      : [],
  );
}

/** Names `var` declares in a function's body, however deep in blocks. */
function varNames(node: unknown): string[] {
  if (!isNode(node) || isFunction(node) || /^Class/.test(node.type)) return [];
  const own = node.type === 'VariableDeclaration' && node['kind'] === 'var' ? declaredNames(node) : [];
  return [...own, ...childrenOf(node).flatMap(varNames)];
}
