// runtime-loaders/wasi: the table of open descriptors.
// Must always hold: every file and directory in the table is held open in the view, and released once.
import { Errno } from '../../kernel-core/abi/errno.js';
import type { Inode } from '../../kernel-core/abi/inode-table.js';
import type { View } from '../view/view.js';
import type { FoundPaths } from './found-paths.js';
import type { StreamSource } from './streams.js';

interface Descriptor {
  /** `rights` of this descriptor, and at most those of descriptors opened through it. */
  rights: number;
  inheriting: number;
  /** `fdflags`: append 1, dsync 2, nonblock 4, rsync 8, sync 16. */
  flags: number;
}

/** A pipe, socket, terminal or device, or input known in advance. */
export interface Stream extends Descriptor {
  readonly kind: 'stream';
  readonly source: StreamSource;
  /** What is written here is looked through for complaints about memory (fd 2 at the start). */
  readonly isError: boolean;
}

export interface OpenFile extends Descriptor {
  readonly kind: 'file';
  readonly inode: Inode;
  /** Bytes from the start; of a shared file the kernel's is the one that counts. */
  position: number;
  /** Of a file whose offset is shared with other processes: the kernel's name for it. */
  handle?: number;
}

export interface OpenDirectory extends Descriptor {
  readonly kind: 'directory';
  inode: Inode;
  /** The guest path, when the program was started with it. */
  readonly preopen?: string;
  /**
   * How far paths reach. `inside`: not above this directory. `tree`: anywhere, as the default `/` does.
   * `cwd`: as `tree`, and what is not found here is looked up from the root (`paths.ts` says why).
   */
  readonly reach: 'inside' | 'tree' | 'cwd';
  /** Of a directory under /dev or /proc: its path. */
  readonly special?: string;
  /** Where paths from here lead. */
  readonly found?: FoundPaths;
  /** Names as they were when reading began at cookie 0: removing some must not skip others. */
  listing?: readonly ListedName[];
}

export interface ListedName {
  readonly name: string;
  readonly inode: number;
  /** `filetype`. */
  readonly type: number;
}

export type AnyDescriptor = Stream | OpenFile | OpenDirectory;

export const fdFlags = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16 } as const;
export const knownFdFlags = Object.values(fdFlags).reduce((all, flag) => all | flag, 0);

/** Where wasi-libc begins to look for preopens. */
export const firstPreopen = 3;

export class Descriptors {
  readonly #table = new Map<number, AnyDescriptor>();
  /** Descriptors that are no child's. */
  readonly #closedOnExec = new Set<number>();
  /** How many numbers name the same open file: `dup` shares its position and flags. */
  readonly #users = new Map<AnyDescriptor, number>();
  readonly #view: View;
  readonly #closeHandle: (handle: number) => void;
  /** A number that names a file is given up, be it the last one or not. */
  readonly #fileClosed: (inode: Inode) => void;

  readonly #max: number;

  /** `max`: as `ulimit -n`; numbers stay below it. */
  constructor(
    view: View,
    max: number,
    closeHandle: (handle: number) => void,
    fileClosed: (inode: Inode) => void,
  ) {
    this.#view = view;
    this.#max = max;
    this.#closeHandle = closeHandle;
    this.#fileClosed = fileClosed;
  }

  entries(): IterableIterator<[number, AnyDescriptor]> {
    return this.#table.entries();
  }

  has(fd: number): boolean {
    return this.#table.has(fd);
  }

  closesOnExec(fd: number): boolean {
    this.get(fd);
    return this.#closedOnExec.has(fd);
  }

  setCloseOnExec(fd: number, closes: boolean): void {
    this.get(fd);
    if (closes) this.#closedOnExec.add(fd);
    else this.#closedOnExec.delete(fd);
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
    if ((descriptor.rights & needed) !== needed) throw new Errno('ENOTCAPABLE');
    return descriptor;
  }

  /** Gives a descriptor the lowest free number from `first` on. Throws EMFILE. */
  add(descriptor: AnyDescriptor, first = 0): number {
    let fd = first;
    while (this.#table.has(fd)) fd += 1;
    this.addAt(fd, descriptor);
    return fd;
  }

  /** Gives a descriptor this number, which must be free. Throws EMFILE. */
  addAt(fd: number, descriptor: AnyDescriptor): void {
    if (fd >= this.#max) throw new Errno('EMFILE');
    const users = this.#users.get(descriptor) ?? 0;
    if (users === 0 && descriptor.kind !== 'stream') this.#view.open(descriptor.inode);
    this.#users.set(descriptor, users + 1);
    this.#table.set(fd, descriptor);
  }

  close(fd: number): void {
    const descriptor = this.get(fd);
    this.#table.delete(fd);
    this.#closedOnExec.delete(fd);
    if (descriptor.kind === 'file') this.#fileClosed(descriptor.inode);
    const users = (this.#users.get(descriptor) ?? 1) - 1;
    if (users > 0) {
      this.#users.set(descriptor, users);
      return;
    }
    this.#users.delete(descriptor);
    if (descriptor.kind !== 'stream') this.#view.close(descriptor.inode);
    const handle = handleOf(descriptor);
    if (handle !== undefined) this.#closeHandle(handle);
  }

  /** Another number for the same open file: the lowest free one from `first` on. */
  duplicate(fd: number, first: number): number {
    return this.add(this.get(fd), first);
  }

  /** Makes `to` name what `fd` names; what it named before is closed. */
  duplicateTo(fd: number, to: number): void {
    const descriptor = this.get(fd);
    if (fd === to) return;
    if (to >= this.#max) throw new Errno('EBADF');
    if (this.#table.has(to)) this.close(to);
    this.addAt(to, descriptor);
  }

  /** Moves a descriptor onto another open one, which is closed. */
  renumber(from: number, to: number): void {
    this.get(to);
    this.duplicateTo(from, to);
    if (from !== to) this.close(from);
  }

  /** The working directory has changed: preopens that stand for it follow. */
  changeDirectory(inode: Inode): void {
    for (const descriptor of this.#users.keys()) {
      if (descriptor.kind !== 'directory' || descriptor.reach !== 'cwd') continue;
      this.#view.open(inode);
      this.#view.close(descriptor.inode);
      descriptor.inode = inode;
    }
  }

  /** At the end of the run; the kernel closes what is its own as the process ends. */
  closeAll(): void {
    for (const descriptor of this.#users.keys())
      if (descriptor.kind !== 'stream') this.#view.close(descriptor.inode);
    this.#users.clear();
    this.#table.clear();
    this.#closedOnExec.clear();
  }
}

/** The kernel's name for what a descriptor stands for. */
export function handleOf(descriptor: AnyDescriptor): number | undefined {
  if (descriptor.kind === 'file') return descriptor.handle;
  return descriptor.kind === 'stream' && descriptor.source.type === 'handle'
    ? descriptor.source.handle
    : undefined;
}
