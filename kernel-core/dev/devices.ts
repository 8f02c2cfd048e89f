// dev: the character devices of /dev that need no machine: null(4), zero, full(4), random(4), urandom and tty(4).
// Must always hold: a read gives at most `readMax` bytes, however many are asked for.
import { Errno } from '../abi/errno.js';
import { readiness, type OpenFile } from '../file/open-file.js';

export interface DeviceDependencies {
  /** Fills bytes with unpredictable ones; at most 65,536 at a time, as `crypto.getRandomValues` takes them. */
  readonly random: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** The caller's controlling terminal, if it has one. */
  readonly tty?: OpenFile | undefined;
}

export const deviceNames = ['null', 'zero', 'full', 'random', 'urandom', 'tty'] as const;

/** Bytes one read gives at most; programs read again for more. */
const readMax = 1 << 20;
const randomMax = 65_536;

/** Opens `/dev/<name>`. ENOENT when there is no such device, ENXIO for `tty` without a controlling terminal. */
export function openDevice(name: string, { random, tty }: DeviceDependencies): OpenFile {
  switch (name) {
    case 'null':
      return new Device(() => new Uint8Array(0));
    case 'zero':
      return new Device((max) => new Uint8Array(max));
    case 'full':
      return new Device(
        (max) => new Uint8Array(max),
        () => {
          throw new Errno('ENOSPC');
        },
        'full',
      );
    case 'random':
    case 'urandom':
      return new Device((max) => unpredictable(max, random));
    case 'tty':
      if (tty === undefined) throw new Errno('ENXIO');
      return tty;
    default:
      throw new Errno('ENOENT', `/dev/${name}`);
  }
}

/** A device that is always ready: reads make bytes, writes are swallowed or refused. */
class Device implements OpenFile {
  readonly kind: 'device' | 'full';
  readonly ready = readiness.read | readiness.write;
  readonly #make: (max: number) => Uint8Array;
  readonly #refuse: () => void;

  constructor(
    make: (max: number) => Uint8Array,
    refuse: () => void = () => undefined,
    kind: 'device' | 'full' = 'device',
  ) {
    this.#make = make;
    this.#refuse = refuse;
    this.kind = kind;
  }

  read(max: number): Uint8Array {
    return this.#make(Math.min(Math.max(0, max), readMax));
  }

  write(bytes: Uint8Array, taken: (bytes: number) => void): void {
    if (bytes.length === 0) return;
    this.#refuse();
    taken(bytes.length);
  }

  watch(): () => void {
    return () => undefined;
  }

  close(): void {
    // It holds nothing.
  }
}

function unpredictable(count: number, random: DeviceDependencies['random']): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += randomMax) random(bytes.subarray(at, at + randomMax));
  return bytes;
}
