// runtime-loaders/wasi: compiler symbols made readable for a stack trace. Paths only: types are left out.
//
//   _ZN3foo3barE…                     C++ and older Rust: foo::bar (Itanium ABI)
//   _RNvNtCs6TxCtTcuIIP_3std7process5abort   Rust: std::process::abort (v0, RFC 2603)
// Anything else, and what is not understood, stays as it is.

/** The path in a symbol, without hashes and types. */
export function readableName(symbol: string): string {
  const parts = symbol.startsWith('_ZN')
    ? nested(symbol.slice(3).replace(/^[rVKOR]+/, ''))
    : symbol.startsWith('_R')
      ? rustPath(symbol.slice(2))
      : [];
  const path = parts.filter((part) => !/^h[0-9a-f]{16}$/.test(part)).map(unescaped);
  return path.length === 0 ? symbol.replace(/::h[0-9a-f]{16}$/, '') : path.join('::');
}

/** Names one after another, each behind its length. */
function nested(text: string): string[] {
  const parts: string[] = [];
  for (let rest = text; ;) {
    const digits = /^\d+/.exec(rest)?.[0];
    if (digits === undefined) return parts;
    parts.push(rest.slice(digits.length, digits.length + Number(digits)));
    rest = rest.slice(digits.length + Number(digits));
  }
}

/**
 *   path = C identifier | N namespace path identifier | M impl-path type | I path argument* E | …
 * A path is read as far as no types have to be read for it.
 */
function rustPath(text: string): string[] {
  let at = 0;
  const parts: string[] = [];

  /** `[s base62 _] length [_] bytes`; no bytes for a closure. */
  const identifier = (): boolean => {
    const found = /^(?:s[0-9a-zA-Z]*_)?(\d+)_?/.exec(text.slice(at));
    if (found === null) return false;
    const end = at + found[0].length + Number(found[1]);
    parts.push(text.slice(at + found[0].length, end) || '{closure}');
    at = end;
    return true;
  };
  /** Whether the whole path was read. */
  const path = (): boolean => {
    const tag = text[at];
    at += 1;
    switch (tag) {
      case 'C':
        return identifier();
      case 'N':
        at += 1;
        return path() && identifier();
      case 'M':
        // The path of the impl says less than the type it is for.
        at += /^s[0-9a-zA-Z]*_/.exec(text.slice(at))?.[0].length ?? 0;
        if (!path()) return false;
        parts.length = 0;
        return path();
      case 'I':
        path();
        return false;
      default:
        return false;
    }
  };
  path();
  return parts;
}

/** Older Rust writes `<`, `>` and the like as `$LT$`, `$GT$` and `::` as `..`. */
function unescaped(part: string): string {
  return part
    .replace(/^_\$/, '$')
    .replaceAll('$LT$', '<')
    .replaceAll('$GT$', '>')
    .replaceAll('$RF$', '&')
    .replaceAll('$u20$', ' ')
    .replaceAll('$C$', ',')
    .replaceAll('..', '::');
}
