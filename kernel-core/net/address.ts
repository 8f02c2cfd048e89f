// net: addresses of sockets. Inside a sandbox there is one machine: everything it can name is itself.

/** Where a socket is. Of a unix socket `path` is the name the kernel knows it by; empty: it has none. */
export type SocketAddress =
  | { readonly family: 'inet' | 'inet6'; readonly host: string; readonly port: number }
  | { readonly family: 'unix'; readonly path: string };

export type SocketFamily = SocketAddress['family'];

/** Which of the two internet protocols an address means; a port is taken in each of them separately. */
export type Protocol = 'v4' | 'v6';

/** The protocols a server on `host` can be reached by; none where the host is not this machine. */
export function protocolsOf(host: string, v6Only: boolean): readonly Protocol[] {
  const name = host.toLowerCase();
  if (name === '::' || name === '0:0:0:0:0:0:0:0') return v6Only ? ['v6'] : ['v4', 'v6'];
  if (name === '::1' || name === '0:0:0:0:0:0:0:1') return ['v6'];
  const v4 = name.startsWith('::ffff:') ? name.slice('::ffff:'.length) : name;
  return v4 === 'localhost' || v4 === '0.0.0.0' || v4 === '' || isLoopback(v4) ? ['v4'] : [];
}

/** 127.0.0.0/8. */
function isLoopback(host: string): boolean {
  const parts = host.split('.');
  return (
    parts.length === 4 && parts[0] === '127' && parts.every((part) => /^\d{1,3}$/.test(part) && +part < 256)
  );
}

/** The address of this machine that a connection over `protocol` ends at. */
export function loopbackHost(protocol: Protocol): string {
  return protocol === 'v4' ? '127.0.0.1' : '::1';
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 0xffff;
}
