// client/preview: the Content-Security-Policy that holds a preview to its grant. The outer document's
// `frame-src 'none'` keeps it from going anywhere by itself, granted or not.
import { previewOrigin } from '../../protocol/preview.js';
import { grantSources, type NetworkGrant } from '../grant.js';

/** The policy of the preview's documents. The grant must be normalized. */
export function previewPolicy(grant: NetworkGrant): string {
  const hosts = grantSources(grant).replace("'none'", '');
  // A source of https: does not stand for wss: in every browser.
  const sockets = hosts.replace(/\bhttp(s?):/g, 'ws$1:');
  const from = (directive: string, ...sources: string[]): string =>
    [directive, ...sources, hosts].filter((source) => source !== '').join(' ');
  return [
    "default-src 'none'",
    from('script-src', "'unsafe-inline'", "'unsafe-eval'", "'wasm-unsafe-eval'", 'blob:', 'data:'),
    from('style-src', "'unsafe-inline'", 'blob:', 'data:'),
    from('img-src', 'blob:', 'data:'),
    from('font-src', 'blob:', 'data:'),
    from('media-src', 'blob:', 'data:'),
    from('connect-src', 'blob:', 'data:', sockets),
    // Workers inherit this policy; a worker from the network would have its own.
    'worker-src blob:',
    "frame-src 'none'",
    "object-src 'none'",
    "manifest-src 'none'",
    "form-action 'none'",
    `base-uri ${previewOrigin}`,
  ]
    .map((directive) => directive.trim())
    .join('; ');
}
