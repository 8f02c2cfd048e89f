// Any file under any headers: /with-headers/<percent-encoded JSON object>/dist/frame.html

/** @returns {{ headers: Record<string, string> | null, pathname: string }} */
export function requestedHeaders(pathname) {
  const match = /^\/with-headers\/([^/]+)(\/.*)$/.exec(pathname);
  if (!match) return { headers: null, pathname };
  // Koa has decoded the path already, node's own server has not.
  const text = match[1].startsWith('{') ? match[1] : decodeURIComponent(match[1]);
  return { headers: JSON.parse(text), pathname: match[2] };
}
