// abi: messages between the kernel and a process, over the one MessagePort of that process.
// Imports abi only. Blobs, ports and modules are `unknown` here, for the abi compiles without a DOM.
//
//   kernel                                   process worker
//     │ ── Prepare (worker.postMessage) ───────▶ │   once: hands over the port
//     │ ── PreloadMessage ─────────────────────▶ │   perhaps: a loader to import in advance
//     │ ── SpareMessage ───────────────────────▶ │   perhaps: a runtime to bring up in advance,
//     │ ── SpareAssetMessage ──────────────────▶ │   each asset of it as it comes
//     │ ── StartMessage ───────────────────────▶ │   a program begins
//     │ ◀── ProcessMessage ───────────────────── │   syscalls, journal records
//     │ ── KernelMessage ──────────────────────▶ │   replies, other processes' records, signals
import type { HoldRecord, JournalRecord, Lease, TreeImage } from './journal.js';
import type { Transport } from './runtime.js';

/** What the kernel posts to a fresh worker: the port everything else goes over. */
export interface PrepareMessage {
  readonly type: 'prepare';
  readonly port: unknown;
}

/** Kernel → fresh worker: the loader its first program will probably want. It is imported, nothing runs. */
export interface PreloadMessage {
  readonly type: 'preload';
  /** `name@version` of the runtime. */
  readonly key: string;
  /** Loader source, as in `StartMessage`. */
  readonly loader: unknown;
}

/** Kernel → fresh worker: a runtime to bring up, for a program of it that may come. Nothing runs. */
export interface SpareMessage {
  readonly type: 'spare';
  /** As in `PreloadMessage`. */
  readonly key: string;
  readonly loader: unknown;
}

/**
 * Kernel → worker with a spare: something a first run downloads, once it is here. A Blob or a module; neither: it could
 * not be had.
 */
export interface SpareAssetMessage {
  readonly type: 'spareAsset';
  readonly name: string;
  readonly module?: unknown;
  readonly bytes?: unknown;
}

/** What kind of thing a handle names; `socket` is one for streams. */
export type HandleKind = 'file' | 'pipe' | 'socket' | 'datagram' | 'tty' | 'device' | 'full';

/** A file descriptor the program starts with. `given`: all of the input, known in advance. */
export type StartDescriptor = { readonly fd: number } & (
  | { readonly kind: 'null' }
  | { readonly kind: 'given'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'handle';
      readonly handle: number;
      readonly file: HandleKind;
      /** Bits of `access` (`syscalls.ts`). */
      readonly access: number;
      /** Of a file of the tree. */
      readonly inode?: number;
      readonly append?: boolean;
      /** Of a pipe, on `shared`: memory for bytes that do not pass the kernel (`pipe-ring.ts`). */
      readonly memory?: SharedArrayBuffer;
    }
);

export interface SegmentImage {
  readonly segment: number;
  /** A Blob, or the bytes. */
  readonly blob: unknown;
}

/** A compiled program; the worker remembers it, for to post one costs more than to run a short one. */
export interface ProgramImage {
  /** By which this worker knows it. */
  readonly id: number;
  /** A WebAssembly.Module; absent where the worker has it. */
  readonly module?: unknown;
  /** One that the worker is to forget. */
  readonly forget?: number;
  /** It comes with a runtime, and is no file that anybody could have written. */
  readonly provided?: true;
}

/** Where a process that is a copy goes on. Both come from its parent, as they are. */
export interface CloneImage {
  readonly memory: Uint8Array<ArrayBuffer>;
  /** JSON of the loader. */
  readonly state: string;
}

export interface StartMessage {
  readonly type: 'start';
  readonly pid: number;
  readonly parent: number;
  /** Permission bits that what it creates does not get. */
  readonly umask: number;
  /** Signals ignored from the start, where there are any. */
  readonly ignored?: readonly number[];
  /** And those blocked. The kernel tells them to it as if it caught them. */
  readonly blocked?: readonly number[];
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly runtime: { readonly name: string; readonly version: string };
  /** Loader source: a Blob of one self-contained ES module; absent where the worker has run it before. */
  readonly loader?: unknown;
  readonly transport: Transport;
  /** `local`: no other process of the sandbox was alive when it started. Of those alive, one at most has this. */
  readonly alone?: true;
  /** `shared`: where replies are written (`syscall-slot.ts`); absent where the worker has it from the program before. */
  readonly slot?: SharedArrayBuffer;
  /** `shared`: such memory for a pipe it will make; absent where the worker has some. */
  readonly pipeMemory?: SharedArrayBuffer;
  readonly descriptors: readonly StartDescriptor[];
  readonly preopens?: Readonly<Record<string, string>>;
  /** When the program is a file. */
  readonly program?: ProgramImage;
  /** A copy of its parent (`syscall.clone`): memory of the program, and what its loader goes on with. */
  readonly clone?: CloneImage;
  readonly limits: {
    readonly memoryBytes: number;
    /** Open descriptors at a time. */ readonly openFiles: number;
    /** Bytes it may have written and nobody taken, over all handles, before it must ask by `drain`. */
    readonly unaskedBytes: number;
  };
  /**
   * The file tree; for a worker whose view is of this tree already, the records it has missed, encoded, if any, and
   * the blocks of packs that are here.
   */
  readonly files:
    | { readonly tree: TreeImage; readonly segments: readonly SegmentImage[] }
    | { readonly missed: Uint8Array | undefined; readonly segments: readonly SegmentImage[] };
  /** Inode numbers this process may create with: `first` … `first + count - 1`. */
  readonly inodeLease: { readonly first: number; readonly count: number };
  /** Bytes its files may grow by before ENOSPC. */
  readonly byteLease: number;
}

/**
 * Process → kernel: a system call whose arguments are numbers, as they are nearly always. [id, number, …arguments]:
 * to clone an object costs as much as all the rest of a call. Its answer is an `AnswerList`, or, of an error, a `reply`.
 */
export type CallList = readonly [id: number, number: number, ...args: number[]];

/** Kernel → process: [id, value]. */
export type AnswerList = readonly [id: number, value: unknown];

/** Process → kernel. */
export type ProcessMessage =
  /** A request; the reply carries the same id. Id 0 (`shared`): the answer goes into the slot. */
  | {
      readonly type: 'syscall';
      readonly id: number;
      readonly number: number;
      readonly args: readonly unknown[];
    }
  /** Bytes for an open file, unacknowledged until `credit`. */
  | { readonly type: 'write'; readonly handle: number; readonly bytes: Uint8Array }
  /** The other end of a pipe waits in the kernel, and what it waits for has come about in the memory between them. */
  | { readonly type: 'moved'; readonly handle: number }
  /** Many records come as bytes (`encodeChanges`): to clone as many objects takes several times as long. */
  | { readonly type: 'journal'; readonly records: readonly (JournalRecord | HoldRecord)[] | Uint8Array }
  | {
      readonly type: 'exit';
      readonly code: number;
      readonly reason?: 'trap' | 'memory';
      readonly message?: string;
      readonly reusable: boolean;
      /** The place in the journal its view has reached and settled at, where the view may be used again. */
      readonly position?: number;
    }
  /** The runtime is up and the program begins: run time counts from here. */
  | { readonly type: 'begin' }
  /** Its event loop turns: the answer to `probe`. */
  | { readonly type: 'alive' }
  /** The loader failed where no program is to blame. */
  | { readonly type: 'failed'; readonly message: string };

/** What the kernel has put in order, as one process is told it. */
export interface JournalUpdate {
  /** Of others, and of the kernel's own decision; in order. */
  readonly records: readonly JournalRecord[];
  /** Position of the last record, its own included. */
  readonly sequence: number;
  /** So many of its own records, counted from its start, were processed by then. */
  readonly acknowledged?: number;
  /** In addition to what it has. */
  readonly lease?: Lease;
}

/** Kernel → process. */
export type KernelMessage =
  | { readonly type: 'reply'; readonly id: number; readonly errno: number; readonly value: unknown }
  | ({ readonly type: 'journal' } & JournalUpdate)
  | { readonly type: 'signal'; readonly number: number }
  /** To be answered with `alive`; asked of a process that waits for input. */
  | { readonly type: 'probe' }
  /** Of all that was written to a handle, its reader has taken so many bytes. */
  | { readonly type: 'credit'; readonly handle: number; readonly taken: number }
  /** Nobody will read what is written to a handle. */
  | { readonly type: 'hangup'; readonly handle: number };

/** Bytes written to a handle and not taken, above which a blocking write waits. */
export const pipeCapacityBytes = 512 * 1024;
