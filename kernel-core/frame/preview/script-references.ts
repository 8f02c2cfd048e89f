// frame/preview: references in JavaScript. A blob: URL is no base for './x.js', so relative specifiers become
// the absolute URL the file seems to have, which the document's import map leads to its blob: URL. Modules
// that import each other in a circle work, for no file's text holds another's blob: URL.
import { parse } from 'es-module-lexer/minimal/js';
import type { Edit } from './script-edits.js';

/** Name of the global function that resolves what `import()` is given at run time. */
export const resolverName = '__resolveImport';

const relative = /^\.{0,2}\//;

/**
 * The edits that make relative specifiers absolute against `base`, and `import.meta.url` be `base`.
 * `onImport` hears of every static or literal one. None for a script that does not parse: the browser then
 * says what is wrong with it, at the author's line.
 */
export function absoluteImports(
  source: string,
  base: string,
  onImport: (specifier: string, offset: number) => void,
): Edit[] {
  if (!/\bimport\b|\bexport\b/.test(source)) return [];
  let found: ReturnType<typeof parse>[0];
  try {
    [found] = parse(source);
  } catch {
    return [];
  }
  const edits: Edit[] = [];
  for (const { n: specifier, s: start, e: end, d: dynamic } of found) {
    if (dynamic === -2) {
      const url = /^\s*\.\s*url\b/.exec(source.slice(end, end + 40));
      if (url !== null) edits.push({ start, end: end + url[0].length, text: JSON.stringify(base) });
    } else if (specifier !== undefined) {
      if (!relative.test(specifier)) continue;
      onImport(specifier, start);
      const absolute = new URL(specifier, base).href.replace(/['"\\]/g, encodeURIComponent);
      edits.push({ start, end, text: dynamic === -1 ? absolute : JSON.stringify(absolute) });
    } else {
      // Two insertions: what stands between them may have edits of its own.
      edits.push({ start, end: start, text: `${resolverName}(` });
      edits.push({ start: end, end, text: `,${JSON.stringify(base)})` });
    }
  }
  return edits;
}

/** What the global function does. */
export function resolveImport(specifier: unknown, base: string): unknown {
  const text = String(specifier);
  return relative.test(text) ? new URL(text, base).href : specifier;
}
