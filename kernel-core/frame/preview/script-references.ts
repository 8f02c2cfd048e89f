// frame/preview: references in JavaScript. A blob: URL is no base for './x.js', so relative specifiers become
// the absolute URL the file seems to have, which the document's import map leads to its blob: URL. Modules
// that import each other in a circle work, for no file's text holds another's blob: URL.
import { parse } from 'es-module-lexer/minimal/js';

/** Name of the global function that resolves what `import()` is given at run time. */
export const resolverName = '__resolveImport';

const relative = /^\.{0,2}\//;

/**
 * The script with its relative specifiers made absolute against `base`, and `import.meta.url` being `base`.
 * `onImport` hears of every static or literal one. A script that does not parse is left as it is: the
 * browser then says what is wrong with it, at the author's line.
 */
export function rewriteScript(
  source: string,
  base: string,
  onImport: (specifier: string, offset: number) => void,
): string {
  if (!/\bimport\b|\bexport\b/.test(source)) return source;
  let found: ReturnType<typeof parse>[0];
  try {
    [found] = parse(source);
  } catch {
    return source;
  }
  let result = '';
  let from = 0;
  const put = (start: number, end: number, text: string): void => {
    result += source.slice(from, start) + text;
    from = end;
  };
  for (const { n: specifier, s: start, e: end, d: dynamic } of found) {
    if (dynamic === -2) {
      const url = /^\s*\.\s*url\b/.exec(source.slice(end, end + 40));
      if (url !== null) put(start, end + url[0].length, JSON.stringify(base));
    } else if (specifier !== undefined) {
      if (!relative.test(specifier)) continue;
      onImport(specifier, start);
      const absolute = new URL(specifier, base).href;
      put(
        start,
        end,
        dynamic === -1 ? absolute.replace(/['"\\]/g, encodeURIComponent) : JSON.stringify(absolute),
      );
    } else {
      // The argument may itself hold an import(): that one keeps its place inside the call.
      if (start < from) continue;
      put(start, end, `${resolverName}(${source.slice(start, end)},${JSON.stringify(base)})`);
    }
  }
  return result + source.slice(from);
}

/** What the global function does. */
export function resolveImport(specifier: unknown, base: string): unknown {
  const text = String(specifier);
  return relative.test(text) ? new URL(text, base).href : specifier;
}
