// javascript loader: programs without module syntax run as sloppy classic scripts, as in a page's <script>.
import { normalize } from '../../kernel-core/abi/path.js';
import type { View } from '../view/view.js';
import { blobUrlOf, hookEdits, type ModuleHooks, unusedName } from './module-linker.js';
import type { Module } from './module-graph.js';
import { Source, type Edit } from './source.js';
import { encodePath, isErrno, readText } from './specifier.js';
import type { Stacks } from './stack.js';

/** Taken while the loader is evaluated; sealing the realm removes it. */
const nativeImportScripts: ((...urls: string[]) => void) | undefined =
  globalThis.importScripts?.bind(globalThis);

const evaluate = eval;
let knowsPlaces: boolean | undefined;

/**
 * Whether stacks name lines of evaluated code: then it need not be fetched from a blob, which takes Chromium
 * some milliseconds. WebKit's do not. (Evaluated, `let` at the top is seen by its own file only.)
 */
function evalKnowsPlaces(): boolean {
  if (knowsPlaces === undefined) {
    try {
      evaluate('throw new Error()\n//# sourceURL=/place');
    } catch (error) {
      knowsPlaces = /\/place:1/.test((error as Error).stack ?? '');
    }
  }
  return knowsPlaces === true;
}

/**
 * Whether the entry is a script: it says so (`.cjs`), or has neither import nor export and compiles as one.
 * What compiles as neither is a module: top-level `await` is the commonest reason.
 */
export function isScript(module: Module): boolean {
  const { path } = module.source;
  if (path.endsWith('.cjs')) return true;
  if (module.hasModuleSyntax || /\.(?:[mc]?ts|tsx|mjs)$/.test(path)) return false;
  try {
    // Compiles and does not run; a function's body may hold all a script may.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- running code is this loader's purpose
    new Function(`${module.source.code.replace(/^#!/, '//')}\n`);
    return true;
  } catch {
    return false;
  }
}

/** Runs the entry here and now; what it throws comes out of this call. */
export function runScript(module: Module, hooks: ModuleHooks, stacks: Stacks, view: View, cwd: string): void {
  Object.defineProperty(globalThis, 'importScripts', {
    value: (...paths: unknown[]) => {
      for (const path of paths) includeScript(String(path), stacks, view, cwd);
    },
    configurable: true,
    writable: true,
  });
  const { source } = module;
  const edits: Edit[] = source.code.startsWith('#!') ? [{ start: 0, end: 2, text: '//' }] : [];
  if (module.dynamicImports.length > 0) {
    const name = unusedName(source.code);
    // A script shares nothing with the loader but the global object.
    Object.defineProperty(globalThis, name, { value: hooks });
    edits.push(...hookEdits(module, name));
  }
  runBlob(source, edits, module.sourceUrl, stacks);
}

/** Runs a block that has no file as a script of its own: what it declares at the top, all later code sees. */
export function runSetup(text: string, stacks: Stacks): void {
  const source = new Source('<setup>', text);
  const url = blobUrlOf(`${text}\n//# sourceURL=<setup>`);
  stacks.add(source, '<setup>', url);
  nativeImportScripts?.(url);
}

function includeScript(path: string, stacks: Stacks, view: View, cwd: string): void {
  const absolute = normalize(path, cwd);
  let text: string;
  try {
    text = readText(view, absolute);
  } catch (error) {
    if (isErrno(error))
      throw new Error(`importScripts cannot read ${absolute}: ${error.message}`, { cause: error });
    throw error;
  }
  runBlob(new Source(absolute, text), [], encodePath(absolute), stacks);
}

function runBlob(source: Source, edits: readonly Edit[], sourceUrl: string, stacks: Stacks): void {
  const code = `${source.edited(edits)}\n//# sourceURL=${sourceUrl}`;
  if (evalKnowsPlaces()) {
    stacks.add(source, sourceUrl);
    evaluate(code);
    return;
  }
  const url = blobUrlOf(code);
  stacks.add(source, sourceUrl, url);
  nativeImportScripts?.(url);
}
