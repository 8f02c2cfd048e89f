// net: options of sockets (getsockopt(2)). Programs set what they set everywhere; between two ends in one
// memory most of it changes nothing, so it is remembered and given back.
import { Errno } from '../abi/errno.js';
import { ipOptions as I, optionLevels as level, socketOptions as S, tcpOptions as T } from '../abi/socket.js';

const remembered = new Map<number, readonly number[]>([
  [
    level.SOL_SOCKET,
    [
      S.SO_REUSEADDR,
      S.SO_BROADCAST,
      S.SO_SNDBUF,
      S.SO_RCVBUF,
      S.SO_KEEPALIVE,
      S.SO_OOBINLINE,
      S.SO_PRIORITY,
      S.SO_REUSEPORT,
      S.SO_RCVLOWAT,
      S.SO_RCVTIMEO,
      S.SO_SNDTIMEO,
    ],
  ],
  [
    level.IPPROTO_TCP,
    [
      T.TCP_NODELAY,
      T.TCP_MAXSEG,
      T.TCP_CORK,
      T.TCP_KEEPIDLE,
      T.TCP_KEEPINTVL,
      T.TCP_KEEPCNT,
      T.TCP_DEFER_ACCEPT,
      T.TCP_QUICKACK,
      T.TCP_USER_TIMEOUT,
      T.TCP_FASTOPEN,
    ],
  ],
  [level.IPPROTO_IP, [I.IP_TOS, I.IP_TTL]],
  [level.IPPROTO_IPV6, [I.IPV6_V6ONLY, I.IPV6_TCLASS]],
]);

const defaults = new Map<string, number>([
  [key(level.SOL_SOCKET, S.SO_SNDBUF), 212_992],
  [key(level.SOL_SOCKET, S.SO_RCVBUF), 212_992],
  [key(level.SOL_SOCKET, S.SO_RCVLOWAT), 1],
  [key(level.IPPROTO_TCP, T.TCP_MAXSEG), 65_483],
  [key(level.IPPROTO_TCP, T.TCP_KEEPIDLE), 7200],
  [key(level.IPPROTO_TCP, T.TCP_KEEPINTVL), 75],
  [key(level.IPPROTO_TCP, T.TCP_KEEPCNT), 9],
  [key(level.IPPROTO_IP, I.IP_TTL), 64],
]);

function key(of: number, option: number): string {
  return `${of}:${option}`;
}

export class SocketOptions {
  readonly #values = new Map<string, number>();

  /** SO_RCVTIMEO and SO_SNDTIMEO, in milliseconds; 0: for ever. */
  get receiveTimeoutMs(): number {
    return this.get(level.SOL_SOCKET, S.SO_RCVTIMEO);
  }

  get sendTimeoutMs(): number {
    return this.get(level.SOL_SOCKET, S.SO_SNDTIMEO);
  }

  /** The value, an integer; ENOPROTOOPT for an option nobody knows. */
  get(of: number, option: number): number {
    mustKnow(of, option);
    return this.#values.get(key(of, option)) ?? defaults.get(key(of, option)) ?? 0;
  }

  /** ENOPROTOOPT for an option nobody knows or that can only be read, EINVAL for no integer. */
  set(of: number, option: number, value: number): void {
    mustKnow(of, option);
    if (!Number.isInteger(value)) throw new Errno('EINVAL');
    if (isTimeout(of, option) && value < 0) throw new Errno('EDOM');
    this.#values.set(key(of, option), value | 0);
  }
}

const isTimeout = (of: number, option: number): boolean =>
  of === level.SOL_SOCKET && (option === S.SO_RCVTIMEO || option === S.SO_SNDTIMEO);

function mustKnow(of: number, option: number): void {
  if (remembered.get(of)?.includes(option) !== true) throw new Errno('ENOPROTOOPT');
}
