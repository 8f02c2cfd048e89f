// frame/preview: references in CSS. Only what a reference says changes; lines stay where they are.

//                 comment           @import "…" | '…'                                 url("…" | '…' | …)                                                       string
const pattern =
  /\/\*[^]*?\*\/|(@import\s+)(?:"([^"\n]*)"|'([^'\n]*)')|\burl\(\s*(?:"((?:\\[^]|[^"\\])*)"|'((?:\\[^]|[^'\\])*)'|((?:\\[^]|[^\\\s"'()])*))\s*\)|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'/gi;

/**
 * Replaces what `url()` and `@import` refer to. `replace` gets the reference and its offset and returns a
 * URL, or undefined to leave it as it is.
 */
export function rewriteStyle(
  css: string,
  replace: (reference: string, offset: number) => string | undefined,
): string {
  return css.replace(
    pattern,
    (
      whole: string,
      atImport: string | undefined,
      imported: string | undefined,
      importedSingle: string | undefined,
      double: string | undefined,
      single: string | undefined,
      bare: string | undefined,
      offset: number,
    ) => {
      const text = imported ?? importedSingle ?? double ?? single ?? bare;
      if (text === undefined) return whole;
      const reference = text.replace(/\\([^])/g, '$1').trim();
      if (reference === '' || /^(#|data:|blob:)/i.test(reference)) return whole;
      const url = replace(reference, offset);
      if (url === undefined) return whole;
      return atImport === undefined ? `url("${url}")` : `${atImport}"${url}"`;
    },
  );
}
