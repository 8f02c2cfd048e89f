// protocol: what page and kernel ask of each other, over comlink on one MessagePort.
// comlink carries only an error's message, so every answer is an envelope with the whole error in it.
import type { JournalRecord } from '../abi/journal.js';
import type { Runtime, Transport } from '../abi/runtime.js';
import type { FetchReply, FetchRequest } from './network.js';

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly syscall?: string;
  readonly path?: string;
  readonly pid?: number;
  readonly hint?: string;
}

export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };

/** What the kernel is told at boot; it imports none of it. */
export interface KernelImage {
  /** Source of the process worker. */
  readonly processWorker: Blob;
  readonly runtimes: readonly Runtime[];
  /** From `navigator.deviceMemory`, GB; 8 where the browser does not say. */
  readonly deviceMemoryGb: number;
}

/** Of one new sandbox. Bytes and counts; absent: the kernel's default. */
export interface SandboxLimits {
  readonly processes?: number;
  readonly openFiles?: number;
  readonly inodes?: number;
  readonly memoryBytes?: number;
  readonly fileBytes?: number;
  readonly outputBytesPerSecond?: number;
}

/** A file for the tree: a path from `cwd` or the root, and its bytes. */
export interface FileEntry {
  readonly path: string;
  readonly content: Uint8Array | Blob;
  readonly directory?: false;
}
export interface DirectoryRequest {
  readonly path: string;
  readonly directory: true;
}

export interface SandboxSetup {
  /** A tree to begin with, of a kernel that was lost; numbers from 2 on, in order of creation. */
  readonly records?: readonly JournalRecord[];
  readonly files: readonly (FileEntry | DirectoryRequest)[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: SandboxLimits;
  /** Hosts of the grant, for errors that name what is missing; the broker frame enforces it. */
  readonly grant: 'none' | '*' | readonly string[];
}

export interface SpawnRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `pipe`: comes over the process port; bytes: all of it, known now. */
  readonly stdin: 'pipe' | 'null' | Uint8Array;
  readonly tty?: { readonly columns: number; readonly rows: number };
  readonly timeoutMs?: number;
  /** Of one process, instead of the sandbox's. */
  readonly memoryBytes?: number;
  readonly preopens?: Readonly<Record<string, string>>;
}

export interface SpawnReply {
  readonly pid: number;
  readonly transport: Transport;
}

/** Where a process of this sandbox gets what it downloads: answered by the page. */
export interface PageService {
  /** An asset, checked and decompressed. */
  asset(runtime: string, version: string, name: string): Promise<Answer<Blob>>;
  /** Loader source, `image/loaders/<name>.js`. */
  loader(name: string): Promise<Answer<Blob>>;
}

/** Page-side file system calls; `kernel-core/fs/file-service.ts` answers them. */
export type FileRequest =
  | { readonly op: 'readFile'; readonly path: string }
  | {
      readonly op: 'writeFile';
      readonly path: string;
      readonly content: Uint8Array | Blob;
      readonly mode?: number;
      readonly append?: boolean;
    }
  | { readonly op: 'writeFiles'; readonly files: readonly (FileEntry | DirectoryRequest)[] }
  | { readonly op: 'mkdir'; readonly path: string; readonly recursive?: boolean; readonly mode?: number }
  | { readonly op: 'readdir'; readonly path: string }
  | { readonly op: 'stat' | 'lstat'; readonly path: string }
  | { readonly op: 'rename'; readonly from: string; readonly to: string }
  | { readonly op: 'rm'; readonly path: string; readonly recursive?: boolean; readonly force?: boolean }
  | { readonly op: 'symlink'; readonly target: string; readonly path: string }
  | { readonly op: 'readlink'; readonly path: string }
  | { readonly op: 'chmod'; readonly path: string; readonly mode: number }
  | {
      readonly op: 'utimes';
      readonly path: string;
      readonly accessedMs: number;
      readonly modifiedMs: number;
    };

export type SandboxId = number;

/** Kernel → page: what changed in a tree, in order. */
export interface JournalBatch {
  readonly records: readonly JournalRecord[];
  readonly sequence: number;
}

export interface KernelService {
  boot(image: KernelImage): Promise<Answer<{ readonly transport: Transport }>>;
  /**
   * `journalPort` receives every change of the tree as `JournalBatch`, the first ones included;
   * `brokerPort` speaks `broker.ts`.
   */
  createSandbox(
    setup: SandboxSetup,
    journalPort: MessagePort,
    brokerPort: MessagePort | undefined,
  ): Promise<Answer<SandboxId>>;
  disposeSandbox(sandbox: SandboxId): Promise<Answer<undefined>>;
  /** `port` speaks `process-port.ts` for the process's whole life. */
  spawn(sandbox: SandboxId, request: SpawnRequest, port: MessagePort): Promise<Answer<SpawnReply>>;
  files(sandbox: SandboxId, request: FileRequest): Promise<Answer<unknown>>;
  /** `page` is told which ports of the sandbox listen (`PortMessage`), beginning with those that do already. */
  watchPorts(sandbox: SandboxId, page: MessagePort): Promise<Answer<undefined>>;
  /** An HTTP request to a server in the sandbox; `port` speaks `network.ts` for the bodies. */
  fetch(sandbox: SandboxId, request: FetchRequest, port: MessagePort): Promise<Answer<FetchReply>>;
  stats(): Promise<Answer<KernelStatsWire>>;
  /** Answers at once: the heartbeat. */
  ping(): Promise<Answer<undefined>>;
}

export interface KernelStatsWire {
  readonly sandboxes: number;
  readonly processes: readonly {
    readonly pid: number;
    readonly parent: number;
    readonly command: string;
    readonly state: string;
    readonly transport: Transport;
    readonly memoryBytes: number;
    readonly listening: readonly number[];
  }[];
  readonly workers: number;
  readonly memoryBytes: number;
  readonly journalSequence: number;
}
