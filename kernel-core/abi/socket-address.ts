// abi: addresses of sockets, as the kernel names them and as C programs lay them out (`struct sockaddr_*`).
// Imports nothing but the numbers. Text forms: RFC 4291 for IPv6, dotted decimal for IPv4.
import { addressFamilies, addressLayouts, unixPathMax } from './socket.js';

/**
 * Where a socket is. Of a unix socket `path` is the name the kernel knows it by; empty: it has none; a zero
 * first: an abstract name, which is in no file system (unix(7)).
 */
export type SocketAddress =
  | { readonly family: 'inet' | 'inet6'; readonly host: string; readonly port: number }
  | {
      readonly family: 'unix';
      readonly path: string;
      /** In the kernel: the inode that the path named when it was looked up. */
      readonly inode?: number;
    };

export type SocketFamily = SocketAddress['family'];

const { inet, inet6, unix } = addressLayouts;

/** The address in `bytes`, of the length the program gave; undefined where it is none that we know. */
export function decodeSocketAddress(bytes: Uint8Array): SocketAddress | undefined {
  if (bytes.length < unix.sizeMin) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (view.getUint16(0, true)) {
    case addressFamilies.AF_INET: {
      if (bytes.length < inet.sizeMin) return undefined;
      const host = bytes.subarray(inet.address, inet.address + 4).join('.');
      return { family: 'inet', host, port: view.getUint16(inet.port) };
    }
    case addressFamilies.AF_INET6: {
      if (bytes.length < inet6.sizeMin) return undefined;
      const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(inet6.address + 2 * i));
      return { family: 'inet6', host: ipv6Text(groups), port: view.getUint16(inet6.port) };
    }
    case addressFamilies.AF_UNIX: {
      const name = bytes.subarray(unix.path, unix.path + unixPathMax);
      const abstract = name[0] === 0 && name.length > 1;
      const zero = abstract ? -1 : name.indexOf(0);
      return { family: 'unix', path: decodeUtf8(zero < 0 ? name : name.subarray(0, zero)) };
    }
    default:
      return undefined;
  }
}

/** The address as a `sockaddr_in`, `sockaddr_in6` or `sockaddr_un`; undefined where the host or path does not fit. */
export function encodeSocketAddress(address: SocketAddress): Uint8Array | undefined {
  switch (address.family) {
    case 'inet': {
      const parts = ipv4Bytes(address.host);
      if (parts === undefined) return undefined;
      const bytes = new Uint8Array(inet.size);
      begin(bytes, addressFamilies.AF_INET, address.port);
      bytes.set(parts, inet.address);
      return bytes;
    }
    case 'inet6': {
      const groups = ipv6Groups(address.host);
      if (groups === undefined) return undefined;
      const bytes = new Uint8Array(inet6.size);
      const view = begin(bytes, addressFamilies.AF_INET6, address.port);
      groups.forEach((group, i) => view.setUint16(inet6.address + 2 * i, group));
      return bytes;
    }
    case 'unix': {
      const name = encodeUtf8(address.path);
      if (name.length > unixPathMax - 1) return undefined;
      const terminated = name.length > 0 && name[0] !== 0 ? 1 : 0;
      const bytes = new Uint8Array(unix.path + name.length + terminated);
      new DataView(bytes.buffer).setUint16(0, addressFamilies.AF_UNIX, true);
      bytes.set(name, unix.path);
      return bytes;
    }
  }
}

function begin(bytes: Uint8Array, family: number, port: number): DataView {
  const view = new DataView(bytes.buffer);
  view.setUint16(0, family, true);
  view.setUint16(inet.port, port);
  return view;
}

function ipv4Bytes(host: string): number[] | undefined {
  const parts = host.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.map(Number);
}

/** The eight groups of an IPv6 address; undefined for what is none. */
export function ipv6Groups(host: string): number[] | undefined {
  const halves = host.split('::');
  if (halves.length > 2) return undefined;
  const [front, back] = halves.map(groupsOf);
  if (front === undefined || (halves.length === 2 && back === undefined)) return undefined;
  if (back === undefined) return front.length === 8 ? front : undefined;
  const missing = 8 - front.length - back.length;
  return missing < 1 ? undefined : [...front, ...Array<number>(missing).fill(0), ...back];
}

function groupsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const v4 = i === parts.length - 1 ? ipv4Bytes(part) : undefined;
    if (v4 !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = v4;
      groups.push((a << 8) | b, (c << 8) | d);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** RFC 5952: lower case, the longest run of zeros shortened; IPv4 addresses in IPv6 ones stay readable. */
function ipv6Text(groups: readonly number[]): string {
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.')}`;
  }
  let [start, length] = [0, 1];
  for (let at = 0; at < 8; at += 1) {
    let end = at;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - at > length) [start, length] = [at, end - at];
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return text(groups);
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

// abi sees no TextEncoder; paths here are a hundred bytes at most.
function encodeUtf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const lone = /^[\ud800-\udfff]$/.test(character);
    for (const match of encodeURIComponent(lone ? '\ufffd' : character).matchAll(/%(..)|./gs)) {
      const [whole, hex] = match;
      bytes.push(hex === undefined ? whole.charCodeAt(0) : Number.parseInt(hex, 16));
    }
  }
  return bytes;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  } catch {
    // Not UTF-8: each byte its own character, so that two names stay two.
    return String.fromCharCode(...bytes);
  }
}
