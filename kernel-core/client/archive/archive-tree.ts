// client/archive: what an archive may put into a tree. Every reader hands its entries to this; what is
// hostile, or more than there is room for, is refused here.
import type { PackBlocks, PackedTree } from '../../protocol/packed-tree.js';
import { KernelError } from '../kernel-error.js';
import { TreePacker, type EntryAttributes } from '../tree-packer.js';

/** What may be unpacked at most, and the absolute path it is unpacked into. */
export interface ArchiveRoom {
  readonly path: string;
  readonly bytes: number;
  readonly inodes: number;
}

export class ArchiveTree {
  readonly #packer = new TreePacker();
  readonly #room: ArchiveRoom;
  #claimed = 0;

  constructor(room: ArchiveRoom) {
    this.#room = room;
  }

  /** Call it before the content of a file is read: throws ENOSPC where it does not fit. */
  claim(bytes: number): void {
    this.#claimed += bytes;
    if (this.#claimed > this.#room.bytes) {
      throw new KernelError(
        'ENOSPC',
        `What the archive holds is more than the ${this.#room.bytes} bytes left.`,
        {
          path: this.#room.path,
        },
      );
    }
  }

  /** A file whose bytes were claimed. The buffer is the tree's from now on. */
  file(name: string, bytes: Uint8Array, attributes: EntryAttributes): void {
    this.#packer.file(this.#checked(name), bytes, attributes);
  }

  /** A file whose bytes were claimed and stay in the pack. */
  fileInPack(name: string, offset: number, length: number, attributes: EntryAttributes): void {
    this.#packer.fileInPack(this.#checked(name), offset, length, attributes);
  }

  directory(name: string, attributes: EntryAttributes): void {
    const path = this.#checked(name, true);
    if (path !== '') this.#packer.directory(path, attributes);
  }

  symlink(name: string, target: string, attributes: EntryAttributes): void {
    const path = this.#checked(name);
    this.claim(target.length);
    if (target === '' || target.includes('\0') || !this.#isInside(path, target)) {
      throw hostile(`The link “${name}” in the archive points outside of it, to “${target}”.`);
    }
    this.#packer.symlink(path, target, attributes);
  }

  /** Another name of the entry `target`. */
  link(name: string, target: string): void {
    this.#packer.link(this.#checked(name), this.#checked(target));
  }

  /** `blocks`: of the pack that files lie in. */
  finish(blocks?: PackBlocks): PackedTree {
    return this.#packer.finish(blocks);
  }

  /** A path within the tree, without `.` and doubled slashes. Throws EINVAL, ENOSPC. */
  #checked(name: string, isDirectory = false): string {
    if (this.#packer.count >= this.#room.inodes) {
      throw new KernelError(
        'ENOSPC',
        `The archive holds more than the ${this.#room.inodes} files there may be.`,
        {
          path: this.#room.path,
        },
      );
    }
    const names = name.split('/').filter((part) => part !== '' && part !== '.');
    if (name.startsWith('/') || names.includes('..') || name.includes('\0')) {
      throw hostile(`The archive holds “${name}”, which lies outside of where it is unpacked.`);
    }
    if (names.length === 0 && !isDirectory) throw hostile(`The archive holds a file named “${name}”.`);
    return names.join('/');
  }

  /** By the text of the path alone: whatever lies there, nothing is written through a link. */
  #isInside(path: string, target: string): boolean {
    const above = path.split('/').slice(0, -1);
    const root = this.#room.path.split('/').filter((part) => part !== '');
    const names = target.startsWith('/') ? [] : [...root, ...above];
    for (const part of target.split('/')) {
      if (part === '..') names.pop();
      else if (part !== '' && part !== '.') names.push(part);
      // On its way it may not leave either: what is a directory here may be a link there.
      if (!target.startsWith('/') && !root.every((each, index) => names[index] === each)) return false;
    }
    return root.every((each, index) => names[index] === each);
  }
}

/** An archive that cannot be what it says, or means harm. */
export function hostile(message: string): KernelError {
  return new KernelError('EINVAL', message, { hint: 'Nothing of it was unpacked.' });
}
