// net: the network of a sandbox: its ports and its unix sockets. There is no other machine in it.
// Must always hold: a name is in its table exactly while the socket that took it is open; a port that listens
// has been announced, and one that does not has been announced closed.
import { Errno } from '../abi/errno.js';
import { ipOptions, optionLevels } from '../abi/socket.js';
import type { SocketAddress, SocketFamily } from '../abi/socket-address.js';
import { isPort, loopbackHost, protocolsOf, type Protocol } from './address.js';
import { StreamSocket, type SocketNamespace } from './sockets.js';

export interface LoopbackEvents {
  /** A port has its first listener. */
  readonly listen?: (port: number) => void;
  /** A port has lost its last listener. */
  readonly close?: (port: number) => void;
}

/** A listening socket, for dashboards. */
export interface ListenerFacts {
  readonly address: SocketAddress;
  /** Connections that wait to be accepted. */
  readonly waiting: number;
}

/** RFC 6335, 6: dynamic ports. */
const ephemeral = { first: 49_152, last: 65_535 } as const;

type PortOwners = Partial<Record<Protocol, StreamSocket>>;

export class Loopback {
  readonly #events: LoopbackEvents;
  readonly #ports = new Map<number, PortOwners>();
  readonly #paths = new Map<string, StreamSocket>();
  /** Where each socket is in those tables. */
  readonly #names = new Map<StreamSocket, SocketAddress>();
  readonly #announced = new Set<number>();
  #nextEphemeral: number = ephemeral.first;
  readonly #namespace: SocketNamespace = {
    bind: (socket, address) => this.#bind(socket, address),
    listening: (socket) => this.#announce(socket),
    connect: (socket, address) => this.#connect(socket, address),
    release: (socket) => this.#release(socket),
  };

  constructor(events: LoopbackEvents = {}) {
    this.#events = events;
  }

  /** socket(2) with SOCK_STREAM. */
  socket(family: SocketFamily): StreamSocket {
    return new StreamSocket(family, this.#namespace);
  }

  /** socketpair(2): two connected unix sockets without names. */
  socketPair(): [StreamSocket, StreamSocket] {
    const unnamed: SocketAddress = { family: 'unix', path: '' };
    const [one, other] = [this.socket('unix'), this.socket('unix')];
    one.attach(other, unnamed, unnamed);
    other.attach(one, unnamed, unnamed);
    return [one, other];
  }

  /** The kernel's own connection to a port, whichever protocol it listens on. ECONNREFUSED when none does. */
  dial(port: number): StreamSocket {
    const owners = this.#ports.get(port);
    const protocol: Protocol = owners?.v4?.listener === undefined && owners?.v6 !== undefined ? 'v6' : 'v4';
    const socket = this.socket(protocol === 'v4' ? 'inet' : 'inet6');
    socket.connect({ family: protocol === 'v4' ? 'inet' : 'inet6', host: loopbackHost(protocol), port });
    return socket;
  }

  /** Whether a server listens on the port. */
  listensOn(port: number): boolean {
    return this.#announced.has(port);
  }

  /** Every listening socket. */
  get listeners(): ListenerFacts[] {
    const result: ListenerFacts[] = [];
    for (const [{ listener }, address] of this.#names) {
      if (listener !== undefined) result.push({ address, waiting: listener.length });
    }
    return result;
  }

  #bind(socket: StreamSocket, address: SocketAddress): SocketAddress {
    if (address.family === 'unix') {
      if (address.path === '') throw new Errno('EINVAL');
      if (this.#paths.has(address.path)) throw new Errno('EADDRINUSE');
      this.#paths.set(address.path, socket);
      this.#names.set(socket, address);
      return address;
    }
    if (!isPort(address.port)) throw new Errno('EINVAL');
    const v6Only = socket.getOption(optionLevels.IPPROTO_IPV6, ipOptions.IPV6_V6ONLY) !== 0;
    const protocols = protocolsOf(address.host, v6Only);
    if (protocols.length === 0) throw new Errno('EADDRNOTAVAIL');
    const port = address.port === 0 ? this.#freePort('EADDRINUSE') : address.port;
    const owners = this.#ports.get(port) ?? {};
    if (protocols.some((protocol) => owners[protocol] !== undefined)) throw new Errno('EADDRINUSE');
    for (const protocol of protocols) owners[protocol] = socket;
    this.#ports.set(port, owners);
    const name = { ...address, port };
    this.#names.set(socket, name);
    return name;
  }

  #connect(socket: StreamSocket, address: SocketAddress): void {
    const target = this.#find(address);
    const listener = target?.listener;
    if (target === undefined || listener === undefined || listener.full) throw new Errno('ECONNREFUSED');
    let near = socket.localAddress;
    let far = target.localAddress;
    if (address.family !== 'unix' && near.family !== 'unix') {
      const host = loopbackHost(protocolsOf(address.host, true)[0] ?? 'v4');
      const { family } = near;
      const port = near.port === 0 ? this.#freePort('EADDRNOTAVAIL') : near.port;
      if (near.port === 0) this.#bind(socket, { family, host, port });
      near = { family, host, port };
      far = { ...address, host };
    }
    const accepted = this.socket(target.family);
    socket.attach(accepted, near, far);
    accepted.attach(socket, far, near);
    listener.push(accepted);
  }

  #find(address: SocketAddress): StreamSocket | undefined {
    if (address.family === 'unix') return this.#paths.get(address.path);
    if (!isPort(address.port)) throw new Errno('EINVAL');
    // To connect to "any address" is to connect to this machine (ip(7)).
    const [protocol] = protocolsOf(address.host, true);
    if (protocol === undefined) throw new Errno('ENETUNREACH');
    return this.#ports.get(address.port)?.[protocol];
  }

  #freePort(otherwise: 'EADDRINUSE' | 'EADDRNOTAVAIL'): number {
    const count = ephemeral.last - ephemeral.first + 1;
    for (let i = 0; i < count; i += 1) {
      const port = this.#nextEphemeral;
      this.#nextEphemeral = port === ephemeral.last ? ephemeral.first : port + 1;
      if (!this.#ports.has(port)) return port;
    }
    throw new Errno(otherwise);
  }

  #release(socket: StreamSocket): void {
    const name = this.#names.get(socket);
    if (name === undefined) return;
    this.#names.delete(socket);
    if (name.family === 'unix') {
      this.#paths.delete(name.path);
      return;
    }
    const owners = this.#ports.get(name.port);
    if (owners === undefined) return;
    if (owners.v4 === socket) delete owners.v4;
    if (owners.v6 === socket) delete owners.v6;
    if (owners.v4 === undefined && owners.v6 === undefined) this.#ports.delete(name.port);
    if (owners.v4?.listener !== undefined || owners.v6?.listener !== undefined) return;
    if (this.#announced.delete(name.port)) this.#events.close?.(name.port);
  }

  #announce(socket: StreamSocket): void {
    const name = this.#names.get(socket);
    if (name === undefined || name.family === 'unix' || this.#announced.has(name.port)) return;
    this.#announced.add(name.port);
    this.#events.listen?.(name.port);
  }
}
