// javascript loader: the modules of a program and what they import, read before anything runs.
// Must always hold: a module that imports statically is in the graph with all it imports, or loading failed.
import { parse } from 'es-module-lexer/minimal/js';
import type { View } from '../view/view.js';
import type { Outbound } from '../outbound.js';
import { Source, type Place, type PositionMap } from './source.js';
import { encodePath, fileUrl, isErrno, readText, resolve, type Target } from './specifier.js';

/** `import … from 'specifier'` as it stands in `source.code`. */
export interface StaticImport {
  readonly specifier: string;
  /** The specifier between its quotes. */
  readonly start: number;
  readonly end: number;
  /** End of the statement, behind the attributes. */
  readonly statementEnd: number;
  /** Of `with { type: '…' }`. */
  readonly type: string | undefined;
  /** Set when the graph is loaded. */
  module: Module | undefined;
  /** An address the engine resolves itself. */
  foreign: string | undefined;
}

export interface Module {
  /** Absolute path or URL: one module each. */
  readonly key: string;
  /** `import.meta.url`. */
  readonly url: string;
  /** What engines call it in stacks. */
  readonly sourceUrl: string;
  readonly source: Source;
  readonly imports: readonly StaticImport[];
  /** `[start, end)` of each `import` keyword of a dynamic import. */
  readonly dynamicImports: readonly number[];
  /** `[start, end)` of each `import.meta`. */
  readonly metas: readonly (readonly [number, number])[];
  /** `export` or static `import` is used. */
  readonly hasModuleSyntax: boolean;
  readonly exports: readonly string[];
  /** Blob URL, once it can be imported. */
  blobUrl: string | undefined;
  /**
   * Set for modules that import each other, and for what imports those: they are linked by ourselves (part
   * `syntax`). The same object for all of one circle.
   */
  circle: object | undefined;
}

/** A module that cannot be loaded: what, and where it is imported. Nothing more shows when it is printed. */
export class ImportProblem extends Error {
  readonly #importer: Source | undefined;
  readonly #offset: number;
  readonly #length: number;
  constructor(message: string, importer?: Source, offset = 0, length = 0) {
    super(message);
    this.#importer = importer;
    this.#offset = offset;
    this.#length = length;
  }

  /** Where the import stands; undefined for `import()`, whose place is in the stack. */
  get place(): Place | undefined {
    const source = this.#importer;
    return source && { source, position: source.positionOf(this.#offset), length: this.#length };
  }

  /** Takes the frames of another error. */
  happenedAt({ stack }: Error): void {
    if (stack === undefined) return;
    // V8 begins a stack with what the error says.
    const value = stack.startsWith('Error\n')
      ? `Error: ${this.message}${stack.slice('Error'.length)}`
      : stack;
    Object.defineProperty(this, 'stack', { value, configurable: true, writable: true });
  }
}

/** A source that does not parse, with its place in the author's text. */
export class SyntaxProblem extends SyntaxError {
  readonly #place: Place;
  constructor(message: string, place: Place) {
    super(message);
    this.#place = place;
  }

  get place(): Place {
    return this.#place;
  }
}

/** TypeScript or JSX to JavaScript; line for line. */
export type Compile = (
  path: string,
  text: string,
) => Promise<{ readonly code: string; readonly map: PositionMap }>;

export interface ModuleGraphOptions {
  readonly view: View;
  readonly outbound: Outbound;
  readonly compile: Compile;
  /** Of a place in a source, for sentences: `main.js:3`. */
  readonly placeOf: (source: Source, offset: number) => string;
  /** A source was read and may show up in stacks by these names. */
  readonly added: (source: Source, ...names: string[]) => void;
}

const compiledFile = /\.(?:[mc]?ts|tsx|jsx)$/;

export class ModuleGraph {
  readonly #options: ModuleGraphOptions;
  readonly #modules = new Map<string, Promise<Module>>();

  constructor(options: ModuleGraphOptions) {
    this.#options = options;
  }

  /** The module of a target with everything it imports statically. */
  async load(target: Exclude<Target, { kind: 'foreign' }>, type?: string): Promise<Module> {
    const root = await this.#module(target, type);
    const seen = new Set([root]);
    for (let level = [root]; level.length > 0;) {
      const found = await Promise.all(level.map((module) => this.#importsOf(module)));
      level = [];
      for (const module of found.flat()) {
        if (seen.has(module)) continue;
        seen.add(module);
        level.push(module);
      }
    }
    return root;
  }

  /** What an import in `importer` names; throws an ImportProblem. */
  resolve(specifier: string, importer: Module, offset?: number): Target {
    const resolution = resolve(this.#options.view, specifier, importer.url);
    if (resolution.kind !== 'problem') return resolution;
    throw this.#problem(resolution.message, importer, offset, specifier.length);
  }

  #problem(message: string, importer: Module, offset: number | undefined, length: number): ImportProblem {
    if (offset === undefined) return new ImportProblem(message);
    const place = this.#options.placeOf(importer.source, offset);
    return new ImportProblem(`${message} (imported at ${place})`, importer.source, offset, length);
  }

  async #importsOf(module: Module): Promise<Module[]> {
    const targets = module.imports.map((item) => {
      const target = this.resolve(item.specifier, module, item.start);
      if (target.kind === 'foreign') item.foreign = target.url;
      return target;
    });
    const loaded: Module[] = [];
    for (const [index, item] of module.imports.entries()) {
      const target = targets[index];
      if (target === undefined || target.kind === 'foreign') continue;
      // Requests of one module run side by side; reading starts here and is awaited below.
      void this.#module(target, item.type).catch(() => undefined);
    }
    for (const [index, item] of module.imports.entries()) {
      const target = targets[index];
      if (target === undefined || target.kind === 'foreign') continue;
      try {
        item.module ??= await this.#module(target, item.type);
      } catch (error) {
        if (!(error instanceof ImportProblem) || error.place !== undefined) throw error;
        throw this.#problem(error.message, module, item.start, item.specifier.length);
      }
      loaded.push(item.module);
    }
    return loaded;
  }

  #module(target: Exclude<Target, { kind: 'foreign' }>, type: string | undefined): Promise<Module> {
    const address = target.kind === 'file' ? target.path : target.url;
    const key = type === undefined ? address : `${type}:${address}`;
    let module = this.#modules.get(key);
    if (module === undefined) {
      module = this.#read(target, type, key);
      this.#modules.set(key, module);
      // A failure is not kept: the file may be there at the next import().
      module.catch(() => this.#modules.delete(key));
    }
    return module;
  }

  async #read(
    target: Exclude<Target, { kind: 'foreign' }>,
    type: string | undefined,
    key: string,
  ): Promise<Module> {
    const { path, url, text, json } =
      target.kind === 'file' ? this.#readFile(target.path) : await this.#readRemote(target.url);
    if (type === 'text') return this.#dataModule(key, path, url, text, JSON.stringify(text));
    if (type !== undefined && type !== 'json') {
      throw new ImportProblem(
        `Cannot import '${path}' with { type: '${type}' }: only json and text are known here.`,
      );
    }
    if (json || type === 'json') {
      if (type === undefined) {
        throw new ImportProblem(
          `Importing ${path} needs an attribute: import … from '…' with { type: 'json' }.`,
        );
      }
      try {
        JSON.parse(text);
      } catch (error) {
        throw new ImportProblem(`${path} is not valid JSON: ${(error as Error).message}`);
      }
      return this.#dataModule(key, path, url, text, `JSON.parse(${JSON.stringify(text)})`);
    }
    const compiled = compiledFile.test(new URL(url).pathname)
      ? await this.#options.compile(path, text)
      : undefined;
    return this.#add(key, url, new Source(path, text, compiled));
  }

  #readFile(path: string): Content {
    try {
      const text = readText(this.#options.view, path);
      return { path, url: fileUrl(path), text, json: path.endsWith('.json') };
    } catch (error) {
      if (isErrno(error)) throw new ImportProblem(`Cannot read ${path}: ${error.message}`);
      throw error;
    }
  }

  async #readRemote(url: string): Promise<Content> {
    let response;
    try {
      response = await this.#options.outbound.fetch({
        url,
        method: 'GET',
        headers: [['accept', '*/*']],
        body: null,
      });
    } catch (error) {
      throw new ImportProblem(
        `Cannot import '${url}': ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    if (response.status < 200 || response.status > 299) {
      throw new ImportProblem(
        `Cannot import '${url}': the server answered ${response.status} ${response.statusText}`.trimEnd() +
          '.',
      );
    }
    const mediaType = response.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
    const text = new TextDecoder().decode(response.body);
    if (/^text\/html\b/i.test(mediaType)) {
      throw new ImportProblem(
        `Cannot import '${url}': the server answered with a web page, not with JavaScript.`,
      );
    }
    return { path: response.url, url: response.url, text, json: /[/+]json\b/i.test(mediaType) };
  }

  /** A module whose default export is a value. */
  #dataModule(key: string, path: string, url: string, text: string, expression: string): Module {
    const source = new Source(path, text, {
      code: `export default ${expression}`,
      map: () => ({ line: 1, column: 1 }),
    });
    return this.#add(key, url, source);
  }

  #add(key: string, url: string, source: Source): Module {
    const sourceUrl = url.startsWith('file:') ? encodePath(source.path) : url;
    const module = { ...lex(source), key, url, sourceUrl, source, blobUrl: undefined, circle: undefined };
    this.#options.added(source, sourceUrl);
    return module;
  }
}

interface Content {
  readonly path: string;
  readonly url: string;
  readonly text: string;
  readonly json: boolean;
}

/** Import types of the lexer: `es-module-lexer/types/lexer.d.ts`. */
const dynamicImport = 2;
const importMeta = 3;

type Lexed = Pick<Module, 'imports' | 'dynamicImports' | 'metas' | 'hasModuleSyntax' | 'exports'>;

/** What does not lex counts as having no imports; the engine says what is wrong with it. */
function lex({ code }: Source): Lexed {
  const nothing = { imports: [], dynamicImports: [], metas: [], hasModuleSyntax: false, exports: [] };
  // Most small programs have none of it, and the lexer's first call costs some milliseconds.
  if (!/\b(?:import|export)\b/.test(code)) return nothing;
  let lexed: ReturnType<typeof parse>;
  try {
    lexed = parse(code);
  } catch {
    return nothing;
  }
  const imports: StaticImport[] = [];
  const dynamicImports: number[] = [];
  const metas: (readonly [number, number])[] = [];
  for (const { t, n, s, e, ss, se } of lexed[0]) {
    if (t === importMeta) metas.push([s, e]);
    else if (t === dynamicImport) dynamicImports.push(ss);
    else if (n !== undefined) {
      const type = /\btype['"]?\s*:\s*['"]([\w-]+)['"]/.exec(code.slice(e + 1, se))?.[1];
      imports.push({
        specifier: n,
        start: s,
        end: e,
        statementEnd: se,
        type,
        module: undefined,
        foreign: undefined,
      });
    }
  }
  const exports = lexed[1].map(({ n }) => n);
  const hasModuleSyntax = imports.length > 0 || exports.length > 0 || metas.length > 0;
  return { imports, dynamicImports, metas, hasModuleSyntax, exports };
}
