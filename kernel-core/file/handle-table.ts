// file: the open files of one process, by handle. An open file may have handles in several processes.
// Must always hold: an open file is closed once, when its last handle goes.
import { Errno } from '../abi/errno.js';
import type { OpenFile } from './open-file.js';

const references = new WeakMap<OpenFile, number>();

/** Whether an open file has one handle, in whichever process. */
export const isHeldOnce = (file: OpenFile): boolean => references.get(file) === 1;

export class HandleTable {
  readonly #files = new Map<number, OpenFile>();
  readonly #max: number;
  #next = 0;

  /** `max`: handles at a time. */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#files.size;
  }

  entries(): IterableIterator<[number, OpenFile]> {
    return this.#files.entries();
  }

  /** Names an open file. Throws EMFILE, and then closes a file that has no other handle. */
  add(file: OpenFile): number {
    const count = references.get(file) ?? 0;
    if (this.#files.size >= this.#max) {
      if (count === 0) file.close();
      throw new Errno('EMFILE');
    }
    // What two processes did among themselves ends where a third one comes in.
    if (count > 0) file.reclaim?.();
    references.set(file, count + 1);
    const handle = this.#next;
    this.#next += 1;
    this.#files.set(handle, file);
    return handle;
  }

  /** The open file of a handle; throws EBADF. */
  get(handle: number): OpenFile {
    const file = this.#files.get(handle);
    if (file === undefined) throw new Errno('EBADF');
    return file;
  }

  /** Whether its open file has no other handle, here or in another process. Throws EBADF. */
  isOnly(handle: number): boolean {
    return isHeldOnce(this.get(handle));
  }

  has(handle: number): boolean {
    return this.#files.has(handle);
  }

  /** Lets go of a handle; throws EBADF. */
  close(handle: number): void {
    const file = this.get(handle);
    this.#files.delete(handle);
    const left = (references.get(file) ?? 1) - 1;
    references.set(file, left);
    if (left === 0) file.close();
  }

  /** The kernel has all that waits in its pipes (`OpenFile.reclaim`). */
  reclaimAll(): void {
    for (const file of this.#files.values()) file.reclaim?.();
  }

  closeAll(): void {
    for (const handle of [...this.#files.keys()]) this.close(handle);
  }
}
