// Headers that some demo and test pages are served with, by path. Hosts of such pages send the same.

const isolated = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

const strictCsp = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'self'",
    "require-trusted-types-for 'script'",
  ].join('; '),
};

/** @returns {Record<string, string>} */
export function pageHeaders(pathname) {
  const page = /^\/(demos\/)?([^/]*)/.exec(pathname)?.[2] ?? '';
  if (page.startsWith('isolated')) return isolated;
  if (page.startsWith('strict-csp')) return strictCsp;
  if (pathname === '/dist/frame-dip.html') return { 'document-isolation-policy': 'isolate-and-require-corp' };
  // Everything an isolated page embeds must say that it may be embedded.
  return pathname.startsWith('/dist/') ? { 'cross-origin-resource-policy': 'cross-origin' } : {};
}

/** frame-dip.html is frame.html under other headers. */
export const fileFor = (pathname) => (pathname === '/dist/frame-dip.html' ? '/dist/frame.html' : pathname);
