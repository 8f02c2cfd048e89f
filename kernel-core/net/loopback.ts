// net: the network of a sandbox: its ports and its unix sockets. There is no other machine in it.
// Must always hold: a name is in its table exactly while the socket that took it is open; a port that listens
// has been announced, and one that does not has been announced closed.
import { Errno } from '../abi/errno.js';
import { ipOptions, optionLevels } from '../abi/socket.js';
import type { SocketAddress, SocketFamily } from '../abi/socket-address.js';
import { isPort, loopbackHost, protocolsOf, type Protocol } from './address.js';
import { DatagramSocket, type DatagramNamespace } from './datagram-socket.js';
import { PortTable } from './port-table.js';
import { StreamSocket, type SocketNamespace } from './sockets.js';

type UnixAddress = Extract<SocketAddress, { family: 'unix' }>;
type InternetAddress = Exclude<SocketAddress, UnixAddress>;

export interface LoopbackEvents {
  /** A port has its first listener. */
  readonly listen?: (port: number) => void;
  /** A port has lost its last listener. */
  readonly close?: (port: number) => void;
}

/** Stream sockets of a sandbox at a time. */
const socketsMax = 32_768;

export class Loopback {
  readonly #events: LoopbackEvents;
  readonly #ports = new PortTable<StreamSocket>();
  readonly #datagramPorts = new PortTable<DatagramSocket>();
  /** Unix sockets by inode, those without one by name. */
  readonly #paths = new Map<string | number, StreamSocket | DatagramSocket>();
  /** Where each socket is in those tables. */
  readonly #names = new Map<StreamSocket, SocketAddress>();
  readonly #announced = new Set<number>();
  /** Stream sockets that are not closed: one that waits to be accepted is in nobody's handle table. */
  #open = 0;
  readonly #namespace: SocketNamespace = {
    bind: (socket, address) => this.#bind(socket, address),
    listening: (socket) => this.#announce(socket),
    connect: (socket, address) => this.#connect(socket, address),
    release: (socket) => this.#release(socket),
    closed: () => (this.#open -= 1),
  };
  readonly #datagramNamespace: DatagramNamespace = {
    bindDatagram: (socket, address) => {
      if (address.family === 'unix') return this.#takePath(socket, address);
      return this.#takePort(this.#datagramPorts, socket, address);
    },
    findDatagram: (address) => {
      if (address.family !== 'unix') return this.#findPort(this.#datagramPorts, address);
      const socket = this.#paths.get(keyOf(address));
      if (socket instanceof StreamSocket) throw new Errno('EPROTOTYPE');
      return socket;
    },
    nearOf: (socket, to) => {
      const near = socket.localAddress;
      return near.family === 'unix' || to.family === 'unix' ? near : { ...near, host: hostFor(to.host) };
    },
    releaseDatagram: (socket) => {
      const name = socket.localAddress;
      if (name.family === 'unix') this.#paths.delete(keyOf(name));
      else this.#datagramPorts.release(socket, name.port);
    },
  };

  constructor(events: LoopbackEvents = {}) {
    this.#events = events;
  }

  /** socket(2) with SOCK_STREAM. ENFILE. */
  socket(family: SocketFamily): StreamSocket {
    if (this.#open >= socketsMax) throw new Errno('ENFILE');
    this.#open += 1;
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

  /** socket(2) with SOCK_DGRAM. */
  datagramSocket(family: SocketFamily): DatagramSocket {
    return new DatagramSocket(family, this.#datagramNamespace);
  }

  /** socketpair(2) with SOCK_DGRAM. */
  datagramPair(): [DatagramSocket, DatagramSocket] {
    const [one, other] = [this.datagramSocket('unix'), this.datagramSocket('unix')];
    DatagramSocket.pair(one, other);
    return [one, other];
  }

  /** The kernel's own connection to a port, whichever protocol it listens on. ECONNREFUSED when none does. */
  dial(port: number): StreamSocket {
    const v6 =
      this.#ports.find(port, 'v4')?.listener === undefined && this.#ports.find(port, 'v6') !== undefined;
    const protocol: Protocol = v6 ? 'v6' : 'v4';
    const socket = this.socket(protocol === 'v4' ? 'inet' : 'inet6');
    socket.connect({ family: protocol === 'v4' ? 'inet' : 'inet6', host: loopbackHost(protocol), port });
    return socket;
  }

  /** The ports on which somebody listens, in order. */
  get ports(): number[] {
    return [...this.#announced].sort((one, other) => one - other);
  }

  #bind(socket: StreamSocket, address: SocketAddress): SocketAddress {
    const name =
      address.family === 'unix'
        ? this.#takePath(socket, address)
        : this.#takePort(this.#ports, socket, address);
    this.#names.set(socket, name);
    return name;
  }

  #takePath(socket: StreamSocket | DatagramSocket, address: UnixAddress): SocketAddress {
    if (address.path === '') throw new Errno('EINVAL');
    if (this.#paths.has(keyOf(address))) throw new Errno('EADDRINUSE');
    this.#paths.set(keyOf(address), socket);
    return address;
  }

  #takePort<Socket extends StreamSocket | DatagramSocket>(
    table: PortTable<Socket>,
    socket: Socket,
    address: InternetAddress,
  ): SocketAddress {
    if (!isPort(address.port)) throw new Errno('EINVAL');
    const v6Only = socket.getOption(optionLevels.IPPROTO_IPV6, ipOptions.IPV6_V6ONLY) !== 0;
    const protocols = protocolsOf(address.host, v6Only);
    if (protocols.length === 0) throw new Errno('EADDRNOTAVAIL');
    return { ...address, port: table.take(socket, address.port, protocols) };
  }

  #connect(socket: StreamSocket, address: SocketAddress): void {
    const target = this.#find(address);
    const listener = target?.listener;
    if (target === undefined || listener === undefined || listener.full || this.#open >= socketsMax)
      throw new Errno('ECONNREFUSED');
    let near = socket.localAddress;
    let far = target.localAddress;
    if (address.family !== 'unix' && near.family !== 'unix') {
      const host = hostFor(address.host);
      const { family } = near;
      if (near.port === 0) near = this.#bind(socket, { family, host, port: 0 });
      near = { family, host, port: 'port' in near ? near.port : 0 };
      far = { ...address, host };
    }
    const accepted = this.socket(target.family);
    socket.attach(accepted, near, far);
    accepted.attach(socket, far, near);
    listener.push(accepted);
  }

  #find(address: SocketAddress): StreamSocket | undefined {
    if (address.family !== 'unix') return this.#findPort(this.#ports, address);
    const socket = this.#paths.get(keyOf(address));
    if (socket instanceof DatagramSocket) throw new Errno('EPROTOTYPE');
    return socket;
  }

  #findPort<Socket>(table: PortTable<Socket>, address: InternetAddress): Socket | undefined {
    if (!isPort(address.port)) throw new Errno('EINVAL');
    // To connect to "any address" is to connect to this machine (ip(7)).
    const [protocol] = protocolsOf(address.host, true);
    if (protocol === undefined) throw new Errno('ENETUNREACH');
    return table.find(address.port, protocol);
  }

  #release(socket: StreamSocket): void {
    const name = this.#names.get(socket);
    if (name === undefined) return;
    this.#names.delete(socket);
    if (name.family === 'unix') {
      this.#paths.delete(keyOf(name));
      return;
    }
    const { port } = name;
    this.#ports.release(socket, port);
    const listens = (protocol: Protocol): boolean => this.#ports.find(port, protocol)?.listener !== undefined;
    if (listens('v4') || listens('v6')) return;
    if (this.#announced.delete(port)) this.#events.close?.(port);
  }

  #announce(socket: StreamSocket): void {
    const name = this.#names.get(socket);
    if (name === undefined || name.family === 'unix' || this.#announced.has(name.port)) return;
    this.#announced.add(name.port);
    this.#events.listen?.(name.port);
  }
}

/** A path names a socket as long as it names the inode the socket was bound to. */
const keyOf = ({ path, inode }: UnixAddress): string | number => inode ?? path;

/** The loopback address of the protocol that reaches `host`. */
function hostFor(host: string): string {
  return loopbackHost(protocolsOf(host, true)[0] ?? 'v4');
}
