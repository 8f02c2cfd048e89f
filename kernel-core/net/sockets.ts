// net: a stream socket (POSIX 2.10.6; tcp(7), unix(7)): idle, bound, listening or connected to another one.
// Must always hold: two connected sockets name each other, and what one sends is what the other's queue gets;
// a socket that is closed is in nobody's table.
//
//              bind              listen
//      idle ──────────▶ bound ──────────▶ listening ── accept ─▶ (another socket, connected)
//        └── connect ─────┴──▶ connected ── shutdown, close, the peer's close
import { Errno, errno, type ErrnoName } from '../abi/errno.js';
import { familyNumbers, optionLevels, socketOptions, socketTypes } from '../abi/socket.js';
import { ByteQueue } from '../file/byte-queue.js';
import { readiness, type OpenFile } from '../file/open-file.js';
import { WaitQueue, type Caller } from '../file/wait-queue.js';
import type { SocketAddress, SocketFamily } from '../abi/socket-address.js';
import { Listener } from './listener.js';
import { SocketOptions } from './socket-options.js';

/** The namespace a socket is of: it owns the tables of names and finds the other side. */
export interface SocketNamespace {
  /** Takes a name, completed where it was left open; EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT. */
  bind(socket: StreamSocket, address: SocketAddress): SocketAddress;
  listening(socket: StreamSocket): void;
  /** Connects both sides, or throws ECONNREFUSED, ENETUNREACH. */
  connect(socket: StreamSocket, address: SocketAddress): void;
  /** Frees the socket's name. */
  release(socket: StreamSocket): void;
  /** The socket is no more. */
  closed(): void;
}

/** Bytes that may wait for the peer before a socket says it is not ready for more. */
const sendMax = 512 << 10;

type State =
  | { readonly is: 'idle' }
  | { readonly is: 'bound'; readonly local: SocketAddress }
  | { readonly is: 'listening'; readonly local: SocketAddress; readonly listener: Listener }
  | {
      readonly is: 'connected';
      readonly local: SocketAddress;
      readonly remote: SocketAddress;
      readonly peer: StreamSocket;
    }
  | { readonly is: 'closed' };

export class StreamSocket implements OpenFile {
  readonly kind = 'socket';
  readonly family: SocketFamily;
  readonly #namespace: SocketNamespace;
  readonly #options = new SocketOptions();
  readonly #incoming = new ByteQueue();
  /** Woken by everything but bytes. */
  readonly #changed = new WaitQueue();
  #state: State = { is: 'idle' };
  #error: ErrnoName | undefined;
  #sendingEnded = false;
  #resetOnClose = false;

  constructor(family: SocketFamily, namespace: SocketNamespace) {
    this.family = family;
    this.#namespace = namespace;
    this.#incoming.changed.watch(() => this.#bytesMoved());
  }

  /** EINVAL when it has a name already, else as the namespace says. */
  bind(address: SocketAddress): void {
    if (this.#state.is !== 'idle') throw new Errno(this.#state.is === 'closed' ? 'EBADF' : 'EINVAL');
    if (address.family !== this.family) throw new Errno('EAFNOSUPPORT');
    this.#state = { is: 'bound', local: this.#namespace.bind(this, address) };
  }

  /** listen(2). A socket without a name gets a free port. EINVAL when connected, EDESTADDRREQ as POSIX says. */
  listen(backlog: number): void {
    if (this.#state.is === 'listening') {
      this.#state.listener.backlog = backlog;
      return;
    }
    if (this.#state.is === 'idle') {
      if (this.family === 'unix') throw new Errno('EDESTADDRREQ');
      this.bind({ family: this.family, host: this.family === 'inet' ? '0.0.0.0' : '::', port: 0 });
    }
    if (this.#state.is !== 'bound') throw new Errno('EINVAL');
    const listener = new Listener();
    listener.backlog = backlog;
    listener.changed.watch(() => this.#changed.wake());
    this.#state = { is: 'listening', local: this.#state.local, listener };
    this.#namespace.listening(this);
  }

  /** The listening half; undefined where it does not listen. */
  get listener(): Listener | undefined {
    return this.#state.is === 'listening' ? this.#state.listener : undefined;
  }

  /** accept(2). EINVAL when it does not listen, EINTR when interrupted. */
  accept(caller: Caller): StreamSocket | Promise<StreamSocket> {
    if (this.#state.is !== 'listening') throw new Errno('EINVAL');
    return this.#state.listener.accept(caller);
  }

  /**
   * connect(2), which never waits here: the listener's backlog takes the connection. ECONNREFUSED when nobody
   * listens or the backlog is full, EISCONN, ENETUNREACH for a host that is not this machine.
   */
  connect(address: SocketAddress): void {
    if (this.#state.is === 'connected') throw new Errno('EISCONN');
    if (this.#state.is === 'listening') throw new Errno('ENOTSUP');
    if (this.#state.is === 'closed') throw new Errno('EBADF');
    const isInternet = address.family !== 'unix';
    if (isInternet !== (this.family !== 'unix')) throw new Errno('EAFNOSUPPORT');
    this.#namespace.connect(this, address);
  }

  /** The namespace makes this the near end of a connection. */
  attach(peer: StreamSocket, local: SocketAddress, remote: SocketAddress): void {
    this.#state = { is: 'connected', local, remote, peer };
    this.#changed.wake();
  }

  /** getsockname(2). */
  get localAddress(): SocketAddress {
    const state = this.#state;
    return 'local' in state ? state.local : unnamed(this.family);
  }

  /** getpeername(2): ENOTCONN when there is none. */
  get peerAddress(): SocketAddress {
    if (this.#state.is !== 'connected') throw new Errno('ENOTCONN');
    return this.#state.remote;
  }

  get connected(): boolean {
    return this.#state.is === 'connected';
  }

  /** Bytes of `#incoming` and, with an error, that error once; then end of file. ENOTCONN when unconnected. */
  read(max: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    return this.#read(max, caller, false);
  }

  /** recv(2) with MSG_PEEK. */
  peek(max: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    return this.#read(max, caller, true);
  }

  get receiveTimeoutMs(): number {
    return this.#options.receiveTimeoutMs;
  }

  get sendTimeoutMs(): number {
    return this.#options.sendTimeoutMs;
  }

  #read(max: number, caller: Caller, peeking: boolean): Uint8Array | Promise<Uint8Array> {
    if (this.#state.is !== 'connected') throw new Errno(this.#state.is === 'closed' ? 'EBADF' : 'ENOTCONN');
    if (max <= 0) return new Uint8Array(0);
    if (this.#incoming.length > 0) return peeking ? this.#incoming.peek(max) : this.#incoming.take(max);
    this.#throwError();
    if (this.#incoming.ended) return new Uint8Array(0);
    return this.#incoming.changed
      .wait(caller)
      .then(() => (this.#state.is === 'closed' ? new Uint8Array(0) : this.#read(max, caller, peeking)));
  }

  /** The bytes that a read would find, without taking them: FIONREAD. */
  get unread(): number {
    return this.#incoming.length;
  }

  /** Bytes the peer has not read. */
  get waiting(): number {
    return this.#state.is === 'connected' ? this.#state.peer.unread : 0;
  }

  write(bytes: Uint8Array, taken: (bytes: number) => void): void {
    const state = this.#state;
    if (state.is !== 'connected') throw new Errno(state.is === 'closed' ? 'EBADF' : 'ENOTCONN');
    this.#throwError();
    if (this.#sendingEnded || !state.peer.#hears(this)) throw new Errno('EPIPE');
    // A TCP peer that only stopped reading lets bytes vanish, a unix one says so.
    if (state.peer.#incoming.ended && this.family === 'unix') throw new Errno('EPIPE');
    state.peer.#incoming.push(bytes, taken);
  }

  /** shutdown(2). ENOTCONN when unconnected. */
  shutdown(how: 'read' | 'write' | 'both'): void {
    const state = this.#state;
    if (state.is === 'listening' && how !== 'write') {
      state.listener.close();
      this.#namespace.release(this);
      this.#state = { is: 'idle' };
      this.#changed.wake();
      return;
    }
    if (state.is !== 'connected') throw new Errno('ENOTCONN');
    if (how !== 'read' && !this.#sendingEnded) {
      this.#sendingEnded = true;
      state.peer.#incoming.end();
    }
    if (how !== 'write') this.#incoming.discard();
    this.#changed.wake();
    state.peer.#changed.wake();
  }

  /** Ends the connection at once, as a RST does: the peer reads what it has, then gets ECONNRESET. */
  reset(): void {
    this.#resetOnClose = true;
    this.close();
  }

  close(): void {
    const state = this.#state;
    if (state.is === 'closed') return;
    this.#state = { is: 'closed' };
    if (state.is === 'listening') state.listener.close();
    if (state.is !== 'idle') this.#namespace.release(this);
    this.#namespace.closed();
    // Whoever closes with bytes unread leaves the peer with an error (RFC 1122, 4.2.2.13).
    const rude = this.#resetOnClose || this.#incoming.length > 0;
    this.#incoming.discard();
    if (state.is === 'connected') state.peer.#peerClosed(this, rude);
    this.#changed.wake();
  }

  get ready(): number {
    const { read, write, hangup, error } = readiness;
    const state = this.#state;
    const failed = this.#error === undefined ? 0 : error;
    if (state.is === 'listening') return state.listener.length > 0 ? read : 0;
    if (state.is !== 'connected') return write | hangup | failed;
    const incoming = this.#incoming;
    const peerHears = state.peer.#hears(this);
    const canSend = !peerHears || this.#sendingEnded || state.peer.#incoming.length < sendMax;
    const over = incoming.ended && (this.#sendingEnded || !peerHears);
    return (
      (incoming.length > 0 || incoming.ended || failed !== 0 ? read : 0) |
      (canSend ? write : 0) |
      (over ? hangup : 0) |
      failed
    );
  }

  watch(changed: () => void): () => void {
    return this.#changed.watch(changed);
  }

  /** getsockopt(2) of an option that is an integer; reading SO_ERROR clears it. */
  getOption(level: number, option: number): number {
    if (level === optionLevels.SOL_SOCKET) {
      switch (option) {
        case socketOptions.SO_TYPE:
          return socketTypes.SOCK_STREAM;
        case socketOptions.SO_ACCEPTCONN:
          return this.#state.is === 'listening' ? 1 : 0;
        case socketOptions.SO_DOMAIN:
          return familyNumbers[this.family];
        case socketOptions.SO_PROTOCOL:
          return this.family === 'unix' ? 0 : optionLevels.IPPROTO_TCP;
        case socketOptions.SO_ERROR: {
          const error = this.#error;
          this.#error = undefined;
          return error === undefined ? 0 : errno[error];
        }
      }
    }
    return this.#options.get(level, option);
  }

  /** setsockopt(2) of an option that is an integer. */
  setOption(level: number, option: number, value: number): void {
    this.#options.set(level, option, value);
  }

  /** SO_LINGER: 0 seconds make closing a reset; undefined switches it off. Nothing ever lingers here. */
  setLinger(seconds: number | undefined): void {
    this.#resetOnClose = seconds === 0;
  }

  /** Whether what `from` sends arrives here. */
  #hears(from: StreamSocket): boolean {
    return this.#state.is === 'connected' && this.#state.peer === from;
  }

  #peerClosed(peer: StreamSocket, rude: boolean): void {
    if (!this.#hears(peer)) return;
    if (rude) this.#error = 'ECONNRESET';
    this.#incoming.end();
    this.#incoming.changed.wake();
    this.#changed.wake();
  }

  #bytesMoved(): void {
    this.#changed.wake();
    if (this.#state.is === 'connected') this.#state.peer.#changed.wake();
  }

  #throwError(): void {
    const error = this.#error;
    if (error === undefined) return;
    this.#error = undefined;
    throw new Errno(error);
  }
}

function unnamed(family: SocketFamily): SocketAddress {
  if (family === 'unix') return { family, path: '' };
  return { family, host: family === 'inet' ? '0.0.0.0' : '::', port: 0 };
}
