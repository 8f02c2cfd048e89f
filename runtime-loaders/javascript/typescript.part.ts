// javascript loader, part `typescript`: strips types and compiles JSX (sucrase), line for line.
// Columns move where types stood; where each token went is kept for errors.
import { HelperManager } from 'sucrase/dist/esm/HelperManager.js';
import NameManager from 'sucrase/dist/esm/NameManager.js';
import identifyShadowedGlobals from 'sucrase/dist/esm/identifyShadowedGlobals.js';
import { parse, type Token } from 'sucrase/dist/esm/parser/index.js';
import TokenProcessor from 'sucrase/dist/esm/TokenProcessor.js';
import RootTransformer from 'sucrase/dist/esm/transformers/RootTransformer.js';
import getTSImportedNames from 'sucrase/dist/esm/util/getTSImportedNames.js';
import { positionIn, type Position, type PositionMap } from './source.js';

export interface TypescriptPart {
  /** Throws an error with `line` and `column` where the text does not parse or is not erasable. */
  compile(path: string, text: string): { readonly code: string; readonly map: PositionMap };
}

/** A syntax error, or syntax that this way of compiling does not know. */
class CompileError extends Error {
  readonly line: number;
  readonly column: number;
  constructor(message: string, { line, column }: Position) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

export function compile(path: string, text: string): { readonly code: string; readonly map: PositionMap } {
  const typescript = !path.endsWith('.jsx');
  const jsx = path.endsWith('x');
  const transforms = [...(typescript ? ['typescript'] : []), ...(jsx ? ['jsx'] : [])];
  try {
    const { tokens, scopes } = parse(text, jsx, typescript, false);
    if (typescript) refuseUnknown(text, tokens);
    const nameManager = new NameManager(text, tokens);
    const helperManager = new HelperManager(nameManager);
    const tokenProcessor = new TokenProcessor(text, tokens, false, true, helperManager);
    if (typescript) identifyShadowedGlobals(tokenProcessor, scopes, getTSImportedNames(tokenProcessor));
    const context = { tokenProcessor, scopes, nameManager, importProcessor: null, helperManager };
    const options = { disableESTransforms: true, production: true, jsxRuntime: 'classic', transforms };
    const { code, mappings } = new RootTransformer(context, transforms, false, options).transform();
    return { code, map: positionMap(text, code, tokens, mappings) };
  } catch (error) {
    throw placed(error);
  }
}

/** What has a value inside a namespace, so that it cannot be left out with the types. */
const valueWords = new Set([
  'const',
  'let',
  'var',
  'function',
  'class',
  'abstract',
  'enum',
  'async',
  'namespace',
]);

/** Sucrase drops these without a word, and the program would fail somewhere else. */
function refuseUnknown(text: string, tokens: readonly Token[]): void {
  const word = (index: number): string => {
    const token = tokens[index];
    return token === undefined ? '' : text.slice(token.start, token.end);
  };
  const refuse = (index: number, message: string): never => {
    throw new CompileError(message, positionIn(text, tokens[index]?.start ?? 0));
  };
  for (let index = 0; index < tokens.length; index += 1) {
    const current = word(index);
    if (current === 'export' && word(index + 1) === '=') {
      refuse(index, "'export =' is for CommonJS, which is not run here: write export default.");
    }
    if (current === 'import' && word(index + 2) === '=' && word(index + 3) === 'require') {
      refuse(index, "'import … = require()' is for CommonJS, which is not run here: write import … from.");
    }
    const isNamespace = (current === 'namespace' || current === 'module') && tokens[index]?.isType === true;
    if (!isNamespace || !/^[\p{ID_Start}$_]/u.test(word(index + 1))) continue;
    const end = endOfBlock(word, tokens.length, index + 1);
    if (word(index - 1) !== 'declare' && hasValues(word, index + 1, end)) {
      refuse(
        index,
        'A namespace with values in it cannot be run here: write a module (export and import) instead.',
      );
    }
    index = end;
  }
}

function endOfBlock(word: (index: number) => string, count: number, from: number): number {
  let depth = 0;
  for (let index = from; index < count; index += 1) {
    if (/[{]$/.test(word(index))) depth += 1;
    if (word(index) === '}' && (depth -= 1) === 0) return index;
  }
  return count;
}

function hasValues(word: (index: number) => string, from: number, end: number): boolean {
  let depth = 0;
  for (let index = from; index < end; index += 1) {
    if (/[{]$/.test(word(index))) depth += 1;
    if (word(index) === '}') depth -= 1;
    if (depth === 1 && valueWords.has(word(index)) && word(index - 1) !== 'declare') return true;
  }
  return false;
}

/** Sucrase says `Unexpected token (2:9)`, with `loc` beside it. */
function placed(error: unknown): unknown {
  if (error instanceof CompileError) return error;
  const { message, loc } = error as { message?: string; loc?: Position };
  if (loc === undefined) return error;
  return new CompileError((message ?? 'Syntax error').replace(/ \(\d+:\d+\)$/, ''), loc);
}

/** From a place in the compiled text to the author's: the nearest token before it on the same line. */
function positionMap(
  text: string,
  code: string,
  tokens: readonly Token[],
  mappings: readonly (number | undefined)[],
): PositionMap {
  let lines: (readonly [column: number, original: number])[][] | undefined;
  const build = (): (readonly [number, number])[][] => {
    const built: (readonly [number, number])[][] = [[]];
    let lineStart = 0;
    for (const [index, place] of mappings.entries()) {
      const token = tokens[index];
      if (place === undefined || token === undefined) continue;
      for (
        let end = code.indexOf('\n', lineStart);
        end !== -1 && end < place;
        end = code.indexOf('\n', lineStart)
      ) {
        built.push([]);
        lineStart = end + 1;
      }
      built.at(-1)?.push([place - lineStart + 1, positionIn(text, token.start).column]);
    }
    return built;
  };
  return ({ line, column }) => {
    lines ??= build();
    const nearest = lines[line - 1]?.findLast(([at]) => at <= column);
    return nearest === undefined ? { line, column } : { line, column: nearest[1] + column - nearest[0] };
  };
}
