// runtime-loaders/wasi: fd_readdir. A cookie is the place in the listing taken when reading began.
import { bytesOfText } from '../../kernel-core/abi/byte-text.js';
import type { Inode } from '../../kernel-core/abi/inode-table.js';
import type { Calls } from './calls.js';
import type { ListedName } from './descriptors.js';
import { fileType } from './filestat.js';
import { rights } from './rights.js';
import type { WasiProcess } from './wasi-process.js';

const direntBytes = 24;

export function readdirCalls(process: WasiProcess): Calls {
  const { memory, descriptors, context } = process;
  return {
    fd_readdir(fd: number, buffer: number, length: number, cookie: bigint, result: number) {
      const directory = descriptors.directory(fd, rights.fdReaddir);
      const { view } = context;
      if (directory.special === undefined && (cookie === 0n || directory.listing === undefined)) {
        const parent = parentOf(directory.inode, (number) => view.get(number));
        directory.listing = [
          listed('.', directory.inode),
          listed('..', parent),
          ...view.entries(directory.inode).map(([name, inode]) => listed(name, inode)),
        ];
      }
      const { listing = [] } = directory;
      const target = memory.bytes(buffer, length);
      let used = 0;
      const first = Number(BigInt.asUintN(64, cookie));
      for (let index = first; index < listing.length && used < target.length; index += 1) {
        const entry = dirent(index + 1, listing[index]!);
        // What does not fit is cut: a full buffer tells the program that there is more.
        const part = entry.subarray(0, target.length - used);
        target.set(part, used);
        used += part.length;
      }
      memory.setU32(result, used);
    },
  };
}

function parentOf(directory: Inode, get: (number: number) => Inode): Inode {
  return directory.parent === undefined || directory.links === 0 ? directory : get(directory.parent);
}

const listed = (name: string, inode: Inode): ListedName => ({
  name,
  inode: inode.number,
  type: fileType(inode.type),
});

function dirent(next: number, { name, inode, type }: ListedName): Uint8Array {
  const encoded = bytesOfText(name);
  const bytes = new Uint8Array(direntBytes + encoded.length);
  const data = new DataView(bytes.buffer);
  data.setBigUint64(0, BigInt(next), true);
  data.setBigUint64(8, BigInt(inode), true);
  data.setUint32(16, encoded.length, true);
  data.setUint8(20, type);
  bytes.set(encoded, direntBytes);
  return bytes;
}
