// net: addresses of sockets. Inside a sandbox there is one machine: everything it can name is itself.
import { ipv6Groups } from '../abi/socket-address.js';

/** Which of the two internet protocols an address means; a port is taken in each of them separately. */
export type Protocol = 'v4' | 'v6';

/** The protocols a server on `host` can be reached by; none where the host is not this machine. */
export function protocolsOf(host: string, v6Only: boolean): readonly Protocol[] {
  if (host === 'localhost' || host === '0.0.0.0' || host === '' || isLoopback(host)) return ['v4'];
  const groups = ipv6Groups(host);
  if (groups === undefined) return [];
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0)) {
    if (groups[5] === 0xffff && (high >> 8 === 127 || (high === 0 && low === 0))) return ['v4'];
    if (groups[5] === 0 && high === 0 && low === 0) return v6Only ? ['v6'] : ['v4', 'v6'];
    if (groups[5] === 0 && high === 0 && low === 1) return ['v6'];
  }
  return [];
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
