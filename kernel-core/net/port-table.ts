// net: who has which port, of one transport (TCP or UDP).
// Must always hold: a port has at most one owner in each internet protocol.
import { Errno } from '../abi/errno.js';
import type { Protocol } from './address.js';

/** RFC 6335, 6: dynamic ports. */
const ephemeral = { first: 49_152, last: 65_535 } as const;

export class PortTable<Owner> {
  readonly #ports = new Map<number, Partial<Record<Protocol, Owner>>>();
  #next: number = ephemeral.first;

  find(port: number, protocol: Protocol): Owner | undefined {
    return this.#ports.get(port)?.[protocol];
  }

  /** Gives a port, 0: any free one, to its new owner; EADDRINUSE when it has another. */
  take(owner: Owner, port: number, protocols: readonly Protocol[]): number {
    const taken = port === 0 ? this.#free() : port;
    const owners = this.#ports.get(taken) ?? {};
    if (protocols.some((protocol) => owners[protocol] !== undefined)) throw new Errno('EADDRINUSE');
    for (const protocol of protocols) owners[protocol] = owner;
    this.#ports.set(taken, owners);
    return taken;
  }

  release(owner: Owner, port: number): void {
    const owners = this.#ports.get(port);
    if (owners === undefined) return;
    if (owners.v4 === owner) delete owners.v4;
    if (owners.v6 === owner) delete owners.v6;
    if (owners.v4 === undefined && owners.v6 === undefined) this.#ports.delete(port);
  }

  #free(): number {
    for (let i = ephemeral.first; i <= ephemeral.last; i += 1) {
      const port = this.#next;
      this.#next = port === ephemeral.last ? ephemeral.first : port + 1;
      if (!this.#ports.has(port)) return port;
    }
    throw new Errno('EADDRINUSE');
  }
}
