// net: whether a URL is within a sandbox's grant. Only for an error that names what is missing: what
// holds a request to the grant is the broker frame's CSP.

export type Grant = 'none' | '*' | readonly string[];

/** The sentence that refuses `url`, or undefined where the grant includes it. */
export function refusal(grant: Grant, url: string): string | undefined {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return `“${url}” is not a URL.`;
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    return `“${parsed.protocol}” URLs cannot be fetched from inside a sandbox.`;
  }
  if (grant === '*') return undefined;
  if (grant !== 'none' && grant.some((granted) => includes(granted, parsed))) return undefined;
  const has =
    grant === 'none' || grant.length === 0 ? 'has no network grant' : `may reach ${grant.join(', ')} only`;
  return `This sandbox ${has}, so it cannot reach ${parsed.host}; the page’s author can allow it with network="${parsed.host}".`;
}

function includes(granted: string, url: URL): boolean {
  if (granted.includes('://')) return new URL(granted).origin === url.origin;
  // A host alone means its default ports, as in CSP.
  if (granted.includes(':')) return granted === url.host || granted === `${url.hostname}:${defaultPort(url)}`;
  return granted === url.hostname && url.port === '';
}

function defaultPort(url: URL): string {
  return url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80';
}
