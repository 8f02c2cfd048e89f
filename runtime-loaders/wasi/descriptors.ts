// runtime-loaders/wasi: the table of open descriptors.
// Must always hold: every file and directory in the table is held open in the view, and released once.
import { Errno } from '../../kernel-core/abi/errno.js';
import type { Inode } from '../../kernel-core/abi/inode-table.js';
import type { View } from '../view/view.js';

interface Descriptor {
  /** `rights` of this descriptor, and at most those of descriptors opened through it. */
  rights: number;
  inheriting: number;
  /** `fdflags`: append 1, dsync 2, nonblock 4, rsync 8, sync 16. */
  flags: number;
}

/** One of the standard streams, wherever the program renumbered it to. */
export interface Stream extends Descriptor {
  readonly kind: 'stream';
  readonly stream: 0 | 1 | 2;
}

export interface OpenFile extends Descriptor {
  readonly kind: 'file';
  readonly inode: Inode;
  /** Bytes from the start. */
  position: number;
}

export interface OpenDirectory extends Descriptor {
  readonly kind: 'directory';
  readonly inode: Inode;
  /** The guest path, when the program was started with it. */
  readonly preopen?: string;
  /**
   * How far paths reach. `inside`: not above this directory. `tree`: anywhere, as the default `/` does.
   * `cwd`: as `tree`, and what is not found here is looked up from the root (`paths.ts` says why).
   */
  readonly reach: 'inside' | 'tree' | 'cwd';
  /** Names as they were when reading began at cookie 0: removing some must not skip others. */
  listing?: readonly (readonly [name: string, inode: Inode])[];
}

export type AnyDescriptor = Stream | OpenFile | OpenDirectory;

export const fdFlags = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16 } as const;

/** As `ulimit -n`; the kernel's own limit on open files does not reach loaders yet. */
const descriptorsMax = 1024;

export class Descriptors {
  readonly #table = new Map<number, AnyDescriptor>();
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  /** The descriptor of a number with at least these rights. Throws EBADF, ENOTCAPABLE. */
  get(fd: number, needed = 0): AnyDescriptor {
    const descriptor = this.#table.get(fd);
    if (descriptor === undefined) throw new Errno('EBADF');
    if ((descriptor.rights & needed) !== needed) throw new Errno('ENOTCAPABLE');
    return descriptor;
  }

  /** As `get`, for regular files. Throws EISDIR for a directory, ESPIPE for a stream. */
  file(fd: number, needed = 0): OpenFile {
    const descriptor = this.get(fd);
    if (descriptor.kind === 'directory') throw new Errno('EISDIR');
    if (descriptor.kind === 'stream') throw new Errno('ESPIPE');
    this.get(fd, needed);
    return descriptor;
  }

  /** As `get`, for directories. Throws ENOTDIR for anything else. */
  directory(fd: number, needed = 0): OpenDirectory {
    const descriptor = this.get(fd);
    if (descriptor.kind !== 'directory') throw new Errno('ENOTDIR');
    this.get(fd, needed);
    return descriptor;
  }

  /** Gives a descriptor the lowest free number. Throws EMFILE. */
  add(descriptor: AnyDescriptor): number {
    let fd = 0;
    while (this.#table.has(fd)) fd += 1;
    if (fd >= descriptorsMax) throw new Errno('EMFILE');
    if (descriptor.kind !== 'stream') this.#view.open(descriptor.inode);
    this.#table.set(fd, descriptor);
    return fd;
  }

  close(fd: number): void {
    const descriptor = this.get(fd);
    this.#table.delete(fd);
    if (descriptor.kind !== 'stream') this.#view.close(descriptor.inode);
  }

  /** Moves a descriptor onto another open one, which is closed. */
  renumber(from: number, to: number): void {
    const descriptor = this.get(from);
    this.get(to);
    if (from === to) return;
    this.close(to);
    this.#table.delete(from);
    this.#table.set(to, descriptor);
  }

  closeAll(): void {
    for (const fd of [...this.#table.keys()]) this.close(fd);
  }
}
