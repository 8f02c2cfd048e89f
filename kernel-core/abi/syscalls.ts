// abi: the system calls of a process, by number. Imports nothing. The arguments are an array as shown; the
// answer follows the arrow. Answers of several numbers are bytes, little-endian 32-bit words (`words`), for
// a process that waits in its slot can be answered with a number or bytes only.
//
// A handle is the kernel's name for an open file of this process (file descriptors are the process's own
// affair). What is written to a handle is no call but a `write` message, see `messages.ts`.

export const syscall = {
  /** [handle, maxBytes, bits of `readFlags`] → bytes; empty is end of file. EAGAIN also after SO_RCVTIMEO. */
  read: 1,
  /** [handle] → bytes taken of what was written to it, once no more than half a pipe waits. */
  drain: 2,
  /** [name] → { module } or { bytes } of an asset of this runtime version. */
  asset: 3,
  /** [name] → Blob of a lazily loaded part of the loader. */
  part: 4,
  /** [OutboundRequest] → { ok, response | failure } (`abi/outbound.ts`). */
  fetch: 5,
  /** [handle] → 0. */
  close: 6,
  /** [] → words: handle to read from, handle to write to, 1 where the memory of the start message is this pipe's. */
  pipe: 7,
  /** [[handle, events, handle, events, …], timeoutMs or -1] → words: the ready bits of each, in order. */
  poll: 8,
  /**
   * [inode, position, access, append as 0 or 1] → handle of an open file whose offset the kernel keeps, so that
   * processes which inherit it share it.
   */
  share: 9,
  /** [SpawnCall] → pid. */
  spawn: 10,
  /** [pid or -1 any, 0 own group, -n group n; options] → words: pid (0: none yet), wait status (`wait-status.ts`), and with `others` how many children, how many with news. */
  wait: 11,
  /** [pid or 0 own group, -1 all, -n group n; signal or 0] → 0. */
  kill: 12,
  /** [signal, disposition] → 0. */
  disposition: 13,
  /** [pid or 0, group or 0] → 0. */
  setGroup: 14,
  /** [pid or 0] → words: pid, parent, group, session. */
  identity: 15,
  /** [] → session. */
  newSession: 16,
  /** [ms, intervalMs] → ms that were left of the timer before. 0 ends it. */
  alarm: 17,
  /** [handle, offset, whence: 0 start, 1 current, 2 end] → doubles: the new offset. */
  seek: 18,
  /**
   * [position, offset] → bytes from `offset` of the records that a view at `position` has missed, encoded
   * (`journal-codec.ts`); fewer than `pullBytes` are the last. ESTALE: too old.
   */
  pull: 19,
  /** [bytes wanted] → doubles: the new lease, its epoch, bytes, first inode number, count of numbers. */
  lease: 20,
  /** [JournalRecord] → 0: one change, decided before the answer. */
  commit: 21,
  /** [inode, bytes] → doubles: the position they were written to, the end of the file. */
  append: 22,
  /**
   * [offset] → the tree without contents, for a view that is too old for `pull`: bytes from `offset` of it
   * (`tree-image-codec.ts`); fewer than `pullBytes` are the last.
   */
  image: 23,
  /** [handle] → bytes of a `struct termios` (`termios.ts`). ENOTTY. */
  terminalAttributes: 24,
  /** [handle, bytes of a `struct termios`, when as tcsetattr(3)] → 0. */
  setTerminalAttributes: 25,
  /** [handle] → words: columns, rows, foreground group, session, bytes that a read would find. */
  terminal: 26,
  /** [handle, columns, rows] → 0. */
  setWindowSize: 27,
  /** [handle, group] → 0. */
  setForeground: 28,
  /** [handle, queue as tcflush(3)] → 0. */
  flushTerminal: 29,
  /** [handle] → 0, once all output is drawn. */
  drainTerminal: 30,
  /** [absolute path under /dev or /proc] → handle. ENOENT, EISDIR, ENXIO. */
  openSpecial: 31,
  /** [absolute path under /dev or /proc] → bytes of a `SpecialFile` as JSON. ENOENT. */
  lookSpecial: 32,
  /**
   * [inode, type (0 unlock, 1 read, 2 write), start, length (0: to the end), wait 0 or 1] → 0. An advisory lock as
   * of fcntl(2). EAGAIN, EDEADLK, ENOLCK.
   */
  lock: 33,
  /** [inode, type, start, length] → doubles: type of the lock in the way (0: none), its start, length, owner. */
  testLock: 34,
  /**
   * [inode, position, length] → SegmentImage[] of the blocks of a pack that this part of a file lies in, fetched;
   * none where it lies in no pack any more. EIO: they could not be fetched.
   */
  blocks: 35,
  /**
   * [inode, position, offset] → the same for a process that waits in its slot: bytes of the one block that holds
   * this position, from `offset` of the block on; fewer than `pullBytes` are the last.
   */
  block: 36,

  /**
   * [handle of a pipe to write to, 1 or 0] → 1: from here on its bytes are put into memory that its two processes share
   * (`pipe-ring.ts`); 0: they go through the kernel, as what is asked with 0 wants it.
   */
  ring: 37,
  /** [CloneCall, bytes of its memory] → pid: a process that goes on with a copy of this one's memory. */
  clone: 38,
  /** [handle, bytes] → 0: of a pipe, what was read ahead and the program has not seen is read next by whoever reads. */
  unread: 39,

  // 40–59: sockets. Families, types, levels and options are Linux's numbers (`socket.ts`); an address goes in as
  // `SocketAddress` (unix: absolute path or abstract name) and comes out as bytes of a `struct sockaddr_*`.
  /** [family, type, protocol or 0] → handle. EAFNOSUPPORT, EPROTONOSUPPORT. */
  socket: 40,
  /** [handle, address, umask] → 0: a unix path gets an inode. EADDRINUSE, EADDRNOTAVAIL, what making a file throws. */
  bind: 41,
  /** [handle, backlog] → 0. */
  listen: 42,
  /** [handle, 1 = without waiting] → handle of the connection that waited longest. */
  accept: 43,
  /** [handle, address; null ends a datagram socket's association] → 0, never waits. ECONNREFUSED. */
  connect: 44,
  /** [handle, how] → 0. */
  shutdown: 45,
  /** [handle, bytes, address or null, 1 = without waiting] → bytes sent: one message of a datagram socket. */
  sendTo: 46,
  /** [handle, maxBytes, bits of `readFlags`] → words: 1 if it was longer, bytes of address; address; message. */
  receiveFrom: 47,
  /** [AF_UNIX, type, protocol or 0] → words: two handles. */
  socketPair: 48,
  /** [handle, level, option] → its value, an integer; of a timeout, milliseconds. ENOPROTOOPT. */
  getOption: 49,
  /** [handle, level, option, value] → 0. SO_LINGER: seconds, or -1 to switch it off. */
  setOption: 50,
  /** [handle] → address. */
  localAddress: 51,
  /** [handle] → address. ENOTCONN. */
  peerAddress: 52,
  /** [inode, position] → bytes of a file from there on, as it is now; fewer than `pullBytes` are the last. ESTALE, EISDIR. */
  contents: 53,

  /**
   * [SpawnCall] → nothing: the process goes on as another program, as of execve(2), in another worker; this one is ended.
   * Answered only where it cannot. `group` and `newSession` count for nothing.
   */
  execute: 55,
  /**
   * [OutboundRequest] → handle to read the answer from, as an HTTP/1.1 message (`outbound.ts`): what `fetch` does, for a
   * process that waits in its slot or wants to poll.
   */
  exchange: 56,
  /**
   * [one of `askKinds`, text] → bytes of the page's answer (`ask.ts`), once the reader has given it. ENOTSUP: nobody there to ask;
   * EBUSY: another question waits; ECANCELED: the reader did not want to.
   */
  ask: 57,
  /** [] → 0: other calls of the process that wait end with EINTR, for a signal was on its way when they were made. */
  interrupt: 54,
  /**
   * [requirements] → bytes of a JSON `PackagesReply`: the page installs packages for this runtime into the tree. Time
   * it takes is not the process's.
   */
  installPackages: 60,
  /**
   * [bytes: the answer to the last request] → bytes of the next thing the page that started it asks (`cells.ts`), as
   * long as that takes. Its run time counts from there. ENOTSUP: the page did not start it.
   */
  nextRequest: 61,
} as const;

export type SyscallNumber = (typeof syscall)[keyof typeof syscall];

/** What a process wants done with a signal. `catch`: it is posted to the process. */
/** What came of `installPackages`: `name version` of what was installed, or sentences that say why not. */
export interface PackagesReply {
  readonly installed?: readonly string[];
  readonly error?: string;
}

export const dispositions = { default: 0, ignore: 1, catch: 2 } as const;

/**
 * Bits of `read` and `receiveFrom`. `peek` is for sockets, whose bytes stay. `ahead`, of a pipe that nobody else reads:
 * up to `aheadBytes`, where that is more than was asked for; what the program has not read of it by the time the handle
 * is passed on, `unread` gives back. `ring`: the process would find bytes in the memory it was given with the pipe.
 */
export const readFlags = { atOnce: 1, peek: 2, ahead: 4, ring: 8 } as const;

/** Of a pipe, for a program that streams. */
export const aheadBytes = 256 * 1024;

/** Options of `wait`, as in sys/wait.h. */
export const waitOptions = { noHang: 1, untraced: 2, continued: 8, others: 256 } as const;

/** Bits of `poll`. */
export const pollEvents = { read: 1, write: 2, hangup: 4, error: 8, invalid: 16 } as const;

/** A process started by another. */
export interface SpawnCall {
  /** A path, or with `search` a name looked up in the PATH of `env`. */
  readonly command: string;
  readonly search: boolean;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly umask: number;
  /** Its descriptors; none that is not named here. */
  readonly descriptors: readonly SpawnDescriptor[];
  /** 0: a group of its own; a number: that group; absent: the parent's. */
  readonly group?: number;
  /** A session of its own, and a group. */
  readonly newSession?: boolean;
  /** Signals it ignores from the start. */
  readonly ignored?: readonly number[];
  /** Signals with their default action, though the parent ignores them. */
  readonly restored?: readonly number[];
  /** Signals that are blocked from the start: its loader is told of them and lets them wait. */
  readonly blocked?: readonly number[];
}

/** A copy of the caller, as of fork(2): what is not said here is the parent's. Its loader is the only one to read `state`. */
export interface CloneCall extends Pick<SpawnCall, 'env' | 'cwd' | 'umask' | 'descriptors'> {
  /** What the loader of the child goes on with, beside memory and descriptors: JSON. */
  readonly state: string;
  /** The program, where the kernel has not compiled it for the parent. */
  readonly module?: unknown;
}

/** `handle` is one of the parent's; `null` reads nothing and writes nowhere. */
export type SpawnDescriptor =
  | { readonly fd: number; readonly handle: number }
  | { readonly fd: number; readonly null: true }
  /** All of its input. */
  | { readonly fd: number; readonly bytes: Uint8Array };

/** Most of a `pull` that one answer carries. */
export const pullBytes = 256 * 1024;

/** Of an answer to `receiveFrom`, what stands before the address. */
export const datagramHeaderBytes = 8;

/** How an open file may be used. */
export const access = { read: 1, write: 2 } as const;

const wordBytes = 4;

/** Numbers as an answer in bytes; those of a call that is made often are answered as a list, which is cheaper to clone. */
export function words(...numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(numbers.length * wordBytes);
  const data = new DataView(bytes.buffer);
  for (const [index, number] of numbers.entries()) data.setInt32(index * wordBytes, number, true);
  return bytes;
}

/** Numbers that may be larger than 32 bits, as an answer. */
export const doubles = (...numbers: readonly number[]): Uint8Array =>
  new Uint8Array(new Float64Array(numbers).buffer);

export const readDoubles = (bytes: Uint8Array): number[] => [...new Float64Array(bytes.slice().buffer)];

/** The numbers of an answer: bytes, or the list as it was. */
export function readWords(bytes: Uint8Array | readonly number[]): readonly number[] {
  if (!(bytes instanceof Uint8Array)) return bytes;
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / wordBytes) }, (_, index) =>
    data.getInt32(index * wordBytes, true),
  );
}
