// abi: sockets: numbers and address layouts. Imports nothing. As on Linux x86-64 (socket(7), ip(7), unix(7)),
// which is what musl's headers are compiled with.

export const addressFamilies = { AF_UNSPEC: 0, AF_UNIX: 1, AF_INET: 2, AF_INET6: 10 } as const;

/** Their numbers by the names that addresses use (`socket-address.ts`). */
export const familyNumbers = {
  unix: addressFamilies.AF_UNIX,
  inet: addressFamilies.AF_INET,
  inet6: addressFamilies.AF_INET6,
} as const;

/** `SOCK_NONBLOCK` and `SOCK_CLOEXEC` are or-ed to the type. */
export const socketTypes = {
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_NONBLOCK: 0x800,
  SOCK_CLOEXEC: 0x80000,
} as const;

/** shutdown(2). */
export const shutdownHow = { SHUT_RD: 0, SHUT_WR: 1, SHUT_RDWR: 2 } as const;

/** Flags of send(2) and recv(2). */
export const messageFlags = {
  MSG_PEEK: 0x2,
  MSG_DONTWAIT: 0x40,
  MSG_WAITALL: 0x100,
  MSG_NOSIGNAL: 0x4000,
} as const;

/** Levels of getsockopt(2). */
export const optionLevels = { SOL_SOCKET: 1, IPPROTO_IP: 0, IPPROTO_TCP: 6, IPPROTO_IPV6: 41 } as const;

/** Options of SOL_SOCKET. */
export const socketOptions = {
  SO_REUSEADDR: 2,
  SO_TYPE: 3,
  SO_ERROR: 4,
  SO_BROADCAST: 6,
  SO_SNDBUF: 7,
  SO_RCVBUF: 8,
  SO_KEEPALIVE: 9,
  SO_OOBINLINE: 10,
  SO_PRIORITY: 12,
  SO_LINGER: 13,
  SO_REUSEPORT: 15,
  SO_RCVLOWAT: 18,
  SO_RCVTIMEO: 20,
  SO_SNDTIMEO: 21,
  SO_ACCEPTCONN: 30,
  SO_PROTOCOL: 38,
  SO_DOMAIN: 39,
} as const;

/** Options of IPPROTO_TCP. */
export const tcpOptions = {
  TCP_NODELAY: 1,
  TCP_MAXSEG: 2,
  TCP_CORK: 3,
  TCP_KEEPIDLE: 4,
  TCP_KEEPINTVL: 5,
  TCP_KEEPCNT: 6,
  TCP_DEFER_ACCEPT: 9,
  TCP_QUICKACK: 12,
  TCP_USER_TIMEOUT: 18,
  TCP_FASTOPEN: 23,
} as const;

/** Options of IPPROTO_IP and IPPROTO_IPV6. */
export const ipOptions = { IP_TOS: 1, IP_TTL: 2, IPV6_V6ONLY: 26, IPV6_TCLASS: 67 } as const;

/** Bytes of a path of a unix socket, its terminating zero included. */
export const unixPathMax = 108;

/**
 * `struct sockaddr_*`: byte offsets. The family is 16 bits little-endian, ports and addresses are big-endian;
 * `sizeMin` is the least length bind(2) accepts.
 *
 *   sockaddr_in    family 0 · port 2 · address 4 (4 bytes) · zero 8
 *   sockaddr_in6   family 0 · port 2 · flow 4 · address 8 (16 bytes) · scope 24
 *   sockaddr_un    family 0 · path 2 (up to 108 bytes, ends at a zero; abstract: begins with one)
 */
export const addressLayouts = {
  inet: { size: 16, sizeMin: 16, port: 2, address: 4 },
  inet6: { size: 28, sizeMin: 24, port: 2, address: 8, scope: 24 },
  unix: { size: 110, sizeMin: 2, path: 2 },
} as const;
