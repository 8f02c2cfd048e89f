// client: network grants, as an author writes them and as a Content-Security-Policy says them.
import { KernelError } from './kernel-error.js';

export type NetworkGrant = 'none' | '*' | readonly string[];

/** From `network="…"`: `none`, `*`, or hosts separated by spaces or commas. Throws EINVAL. */
export function parseGrant(text: string): NetworkGrant {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0 || (words.length === 1 && words[0] === 'none')) return 'none';
  if (words.includes('*')) return '*';
  return normalizeGrant(words);
}

/** The same grant in one spelling, so that two can be compared. Throws EINVAL for what is no host. */
export function normalizeGrant(grant: NetworkGrant): NetworkGrant {
  if (typeof grant === 'string') {
    if (grant === 'none' || grant === '*') return grant;
    return parseGrant(grant);
  }
  return [...new Set(grant.map(normalizeHost))].sort();
}

/** The sources of a CSP directive that allow this grant and nothing else. */
export function grantSources(grant: NetworkGrant): string {
  if (grant === 'none' || grant.length === 0) return "'none'";
  if (grant === '*') return 'http: https:';
  return grant
    .flatMap((host) => (host.includes('://') ? [host] : [`https://${host}`, `http://${host}`]))
    .join(' ');
}

function normalizeHost(text: string): string {
  const host = text.trim().toLowerCase();
  // Nothing that could end a CSP source or directive gets through: hosts, ports, origins only.
  if (/^(https?:\/\/)?(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?$/.test(host)) return host;
  throw new KernelError('EINVAL', `“${text}” is not a host the network can be granted to.`, {
    hint: 'Write hosts like network="api.example.com", "localhost:8080" or "https://example.com".',
  });
}
