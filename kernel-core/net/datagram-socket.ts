// net: a datagram socket (POSIX 2.10.6, SOCK_DGRAM; udp(7), unix(7)): messages that keep their bounds.
// Must always hold: every byte of a message is reported taken once, when it is received or lost.
import { Errno, errno, type ErrnoName } from '../abi/errno.js';
import { familyNumbers, optionLevels, socketOptions, socketTypes } from '../abi/socket.js';
import type { SocketAddress, SocketFamily } from '../abi/socket-address.js';
import { readiness, type OpenFile } from '../file/open-file.js';
import { WaitQueue, type Caller } from '../file/wait-queue.js';
import { SocketOptions } from './socket-options.js';

/** What a datagram socket needs of its namespace. */
export interface DatagramNamespace {
  /** Takes a name, completed where it was left open; EADDRINUSE, EADDRNOTAVAIL. */
  bindDatagram(socket: DatagramSocket, address: SocketAddress): SocketAddress;
  /** Who receives at an address. EPROTOTYPE when that is a stream socket, ENETUNREACH. */
  findDatagram(address: SocketAddress): DatagramSocket | undefined;
  /** The address a message to `to` comes from. */
  nearOf(socket: DatagramSocket, to: SocketAddress): SocketAddress;
  releaseDatagram(socket: DatagramSocket): void;
}

export interface Datagram {
  readonly bytes: Uint8Array;
  /** An unnamed address where the sender has no name. */
  readonly from: SocketAddress;
  /** The message was longer than what was asked for; the rest is lost (MSG_TRUNC). */
  readonly truncated: boolean;
}

interface Message {
  readonly bytes: Uint8Array;
  readonly from: SocketAddress;
  readonly taken: (bytes: number) => void;
}

/** Bytes of a message (RFC 768, over IPv4), and of those that wait before UDP loses the next. */
const messageMax = 65_507;
const waitingMax = 212_992;
const waitingMessagesMax = 4096;

export class DatagramSocket implements OpenFile {
  readonly kind = 'datagram';
  readonly family: SocketFamily;
  readonly #namespace: DatagramNamespace;
  readonly #options = new SocketOptions();
  readonly #changed = new WaitQueue();
  #messages: Message[] = [];
  #waiting = 0;
  #local: SocketAddress | undefined;
  #remote: SocketAddress | undefined;
  /** The other end of a pair, which needs no names. */
  #partner: DatagramSocket | undefined;
  #error: ErrnoName | undefined;
  #closed = false;

  constructor(family: SocketFamily, namespace: DatagramNamespace) {
    this.family = family;
    this.#namespace = namespace;
  }

  /** Makes two sockets each other's peers, for socketpair(2). */
  static pair(one: DatagramSocket, other: DatagramSocket): void {
    one.#partner = other;
    other.#partner = one;
  }

  bind(address: SocketAddress): void {
    this.#mustBeOpen();
    if (this.#local !== undefined) throw new Errno('EINVAL');
    if (address.family !== this.family) throw new Errno('EAFNOSUPPORT');
    this.#local = this.#namespace.bindDatagram(this, address);
  }

  /** Messages go to, and come only from, this address from now on; undefined dissolves that (AF_UNSPEC). */
  connect(address: SocketAddress | undefined): void {
    this.#mustBeOpen();
    if (address !== undefined) {
      this.#mustFit(address);
      const target = this.#namespace.findDatagram(address);
      if (target === undefined && address.family === 'unix') throw new Errno('ECONNREFUSED');
    }
    this.#remote = address;
  }

  get localAddress(): SocketAddress {
    if (this.#local !== undefined) return this.#local;
    if (this.family === 'unix') return { family: 'unix', path: '' };
    return { family: this.family, host: this.family === 'inet' ? '0.0.0.0' : '::', port: 0 };
  }

  /** ENOTCONN when it has no peer. */
  get peerAddress(): SocketAddress {
    if (this.#partner !== undefined) return { family: 'unix', path: '' };
    if (this.#remote === undefined) throw new Errno('ENOTCONN');
    return this.#remote;
  }

  /**
   * sendto(2), without waiting. EDESTADDRREQ without an address or a peer, EMSGSIZE, ECONNREFUSED where a unix
   * socket is gone; UDP loses what nobody receives, and a connected socket hears of that at its next call.
   */
  send(bytes: Uint8Array, to: SocketAddress | undefined, taken: (bytes: number) => void): void {
    this.#mustBeOpen();
    this.#throwError();
    if (bytes.length > messageMax) throw new Errno('EMSGSIZE');
    const address = to ?? this.#remote;
    if (address === undefined) {
      if (this.#partner === undefined) throw new Errno('EDESTADDRREQ');
      if (this.#partner.#closed) throw new Errno('ECONNREFUSED');
      this.#partner.#receive({ bytes, from: this.localAddress, taken });
      return;
    }
    this.#mustFit(address);
    const target = this.#namespace.findDatagram(address);
    if (target !== undefined) {
      if (this.family !== 'unix' && this.#local === undefined) {
        this.bind({ family: this.family, host: this.family === 'inet' ? '0.0.0.0' : '::', port: 0 });
      }
      target.#receive({ bytes, from: this.#namespace.nearOf(this, address), taken });
      return;
    }
    if (this.family === 'unix') throw new Errno('ECONNREFUSED');
    if (to === undefined) this.#error = 'ECONNREFUSED';
    taken(bytes.length);
    this.#changed.wake();
  }

  /** Whether a message to `to`, or to its peer, finds room: a unix socket's sender waits for it, UDP never. */
  hasRoom(to: SocketAddress | undefined): boolean {
    const target = this.#targetOf(to);
    return this.family !== 'unix' || target === undefined || !target.#isFull;
  }

  /** Whether nothing waits there, at `to` or at its peer. */
  isEmptyAt(to: SocketAddress | undefined): boolean {
    const target = this.#targetOf(to);
    return target === undefined || target.#messages.length === 0;
  }

  /** Resolves when that may have changed, or what `also` tells of. Rejects with EINTR. */
  async waitForRoom(to: SocketAddress | undefined, caller: Caller, also: WaitQueue): Promise<void> {
    const target = this.#targetOf(to);
    if (target === undefined) return;
    const changed = new WaitQueue();
    const unwatch = [target.#changed, also].map((queue) => queue.watch(() => changed.wake()));
    try {
      await changed.wait(caller);
    } finally {
      for (const each of unwatch) each();
    }
  }

  /** recvfrom(2): one message, what does not fit of it lost; `peeking` leaves it. EINTR when interrupted. */
  receive(max: number, caller: Caller, peeking = false): Datagram | Promise<Datagram> {
    this.#mustBeOpen();
    const message = peeking ? this.#messages[0] : this.#messages.shift();
    if (message === undefined) {
      this.#throwError();
      return this.#changed.wait(caller).then(() => this.receive(max, caller, peeking));
    }
    const { bytes, from, taken } = message;
    if (!peeking) {
      this.#waiting -= bytes.length;
      taken(bytes.length);
      this.#changed.wake();
    }
    const part = bytes.subarray(0, Math.max(0, max));
    return { bytes: part, from, truncated: part.length < bytes.length };
  }

  read(max: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    const received = this.receive(max, caller);
    return received instanceof Promise ? received.then(({ bytes }) => bytes) : received.bytes;
  }

  peek(max: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    const received = this.receive(max, caller, true);
    // The message stays here: what a process is sent must be another buffer.
    return received instanceof Promise ? received.then(({ bytes }) => bytes.slice()) : received.bytes.slice();
  }

  get receiveTimeoutMs(): number {
    return this.#options.receiveTimeoutMs;
  }

  get sendTimeoutMs(): number {
    return this.#options.sendTimeoutMs;
  }

  write(bytes: Uint8Array, taken: (bytes: number) => void): void {
    this.send(bytes, undefined, taken);
  }

  get ready(): number {
    const failed = this.#error === undefined ? 0 : readiness.error;
    return (this.#messages.length > 0 || failed !== 0 ? readiness.read : 0) | readiness.write | failed;
  }

  /** Bytes of the next message, FIONREAD. */
  get unread(): number {
    return this.#messages[0]?.bytes.length ?? 0;
  }

  watch(changed: () => void): () => void {
    return this.#changed.watch(changed);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#local !== undefined) this.#namespace.releaseDatagram(this);
    const lost = this.#messages;
    this.#messages = [];
    this.#waiting = 0;
    for (const { bytes, taken } of lost) taken(bytes.length);
    this.#changed.wake();
  }

  /** As of a stream socket. */
  getOption(level: number, option: number): number {
    if (level === optionLevels.SOL_SOCKET) {
      if (option === socketOptions.SO_TYPE) return socketTypes.SOCK_DGRAM;
      if (option === socketOptions.SO_ACCEPTCONN) return 0;
      if (option === socketOptions.SO_DOMAIN) return familyNumbers[this.family];
      if (option === socketOptions.SO_PROTOCOL) return this.family === 'unix' ? 0 : 17;
      if (option === socketOptions.SO_ERROR) {
        const error = this.#error;
        this.#error = undefined;
        return error === undefined ? 0 : errno[error];
      }
    }
    return this.#options.get(level, option);
  }

  setOption(level: number, option: number, value: number): void {
    this.#options.set(level, option, value);
  }

  get #isFull(): boolean {
    return !this.#closed && (this.#waiting >= waitingMax || this.#messages.length >= waitingMessagesMax);
  }

  #targetOf(to: SocketAddress | undefined): DatagramSocket | undefined {
    const address = to ?? this.#remote;
    return address === undefined ? this.#partner : this.#namespace.findDatagram(address);
  }

  #receive(message: Message): void {
    const { from, bytes, taken } = message;
    const full = this.#isFull;
    const stranger = this.#remote !== undefined && !isSame(this.#remote, from);
    if (this.family !== 'unix' ? full || stranger : stranger) {
      taken(bytes.length);
      return;
    }
    // A unix socket loses nothing: who does not wait for `taken` is told to come again.
    if (full) throw new Errno('EAGAIN');
    this.#messages.push(message);
    this.#waiting += bytes.length;
    this.#changed.wake();
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Errno('EBADF');
  }

  #mustFit(address: SocketAddress): void {
    if ((address.family === 'unix') !== (this.family === 'unix')) throw new Errno('EAFNOSUPPORT');
  }

  #throwError(): void {
    const error = this.#error;
    if (error === undefined) return;
    this.#error = undefined;
    throw new Errno(error);
  }
}

/** There is one machine, so two internet addresses that reach each other are the same where the ports are. */
function isSame(one: SocketAddress, other: SocketAddress): boolean {
  if (one.family === 'unix') {
    if (other.family !== 'unix') return false;
    return one.inode === undefined ? one.path === other.path : one.inode === other.inode;
  }
  if (other.family === 'unix') return false;
  return one.port === other.port;
}
