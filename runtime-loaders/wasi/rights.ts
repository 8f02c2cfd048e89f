// runtime-loaders/wasi: `rights` of WASI preview 1, what may be done with a descriptor.
// All 30 bits fit a small integer, so descriptors hold numbers and only structs in memory hold 64 bits.

export const rights = {
  fdDatasync: 1 << 0,
  fdRead: 1 << 1,
  fdSeek: 1 << 2,
  fdFdstatSetFlags: 1 << 3,
  fdSync: 1 << 4,
  fdTell: 1 << 5,
  fdWrite: 1 << 6,
  fdAdvise: 1 << 7,
  fdAllocate: 1 << 8,
  pathCreateDirectory: 1 << 9,
  pathCreateFile: 1 << 10,
  pathLinkSource: 1 << 11,
  pathLinkTarget: 1 << 12,
  pathOpen: 1 << 13,
  fdReaddir: 1 << 14,
  pathReadlink: 1 << 15,
  pathRenameSource: 1 << 16,
  pathRenameTarget: 1 << 17,
  pathFilestatGet: 1 << 18,
  pathFilestatSetSize: 1 << 19,
  pathFilestatSetTimes: 1 << 20,
  fdFilestatGet: 1 << 21,
  fdFilestatSetSize: 1 << 22,
  fdFilestatSetTimes: 1 << 23,
  pathSymlink: 1 << 24,
  pathRemoveDirectory: 1 << 25,
  pathUnlinkFile: 1 << 26,
  pollFdReadwrite: 1 << 27,
  sockShutdown: 1 << 28,
  sockAccept: 1 << 29,
} as const;

export const allRights = 2 ** 30 - 1;

const onFiles =
  rights.fdDatasync |
  rights.fdRead |
  rights.fdSeek |
  rights.fdFdstatSetFlags |
  rights.fdSync |
  rights.fdTell |
  rights.fdWrite |
  rights.fdAdvise |
  rights.fdAllocate |
  rights.fdFilestatGet |
  rights.fdFilestatSetSize |
  rights.fdFilestatSetTimes |
  rights.pollFdReadwrite;

/** What can be meant by a right on a regular file. */
export const fileRights = onFiles;

/** What can be meant by a right on a directory: neither reading bytes nor seeking. */
export const directoryRights =
  (allRights & ~onFiles & ~rights.sockShutdown & ~rights.sockAccept) |
  rights.fdDatasync |
  rights.fdSync |
  rights.fdAdvise |
  rights.fdFdstatSetFlags |
  rights.fdFilestatGet |
  rights.fdFilestatSetTimes |
  rights.pollFdReadwrite;

const onStreams =
  rights.fdFdstatSetFlags | rights.fdSync | rights.fdDatasync | rights.fdFilestatGet | rights.pollFdReadwrite;

/** fd 0. No seek and tell: wasi-libc takes a character device without them for a terminal. */
export const inputRights = onStreams | rights.fdRead;

/** fds 1 and 2. */
export const outputRights = onStreams | rights.fdWrite;

/** A socket, whatever it is going to do. */
export const socketRights = inputRights | outputRights | rights.sockShutdown | rights.sockAccept;

/** The rights in a 64-bit argument. Bits without a meaning are dropped. */
export function rightsFrom(bits: bigint): number {
  return Number(BigInt.asUintN(30, bits));
}
