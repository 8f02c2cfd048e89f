// client: `sandbox.fs`, promises over the kernel's file service.
import type { FileRequest, Room } from '../protocol/kernel-service.js';
import type { PackedTree } from '../protocol/packed-tree.js';
import { pack, toBytes, type FileContent, type FileTree } from './file-tree.js';
import { asBlobs } from './tree-blobs.js';
import { buffersOf } from './tree-packer.js';
import type { FileEvent, WatchOptions } from './watch.js';

export type FileType = 'file' | 'directory' | 'symlink' | 'pipe' | 'socket' | 'device';

export interface DirectoryEntry {
  name: string;
  type: FileType;
  inode: number;
}

export interface Stat {
  type: FileType;
  inode: number;
  /** Permission bits. */
  mode: number;
  links: number;
  /** Bytes. */
  size: number;
  accessedMs: number;
  modifiedMs: number;
  changedMs: number;
}

/** What a file system needs of its sandbox. */
export interface FileHost {
  /** `buffers` are the kernel's from then on. */
  request(request: FileRequest, buffers?: Transferable[]): Promise<unknown>;
  watch(path: string, options: WatchOptions): AsyncIterable<FileEvent>;
  sync(): Promise<void>;
}

/**
 * The sandbox's file tree. Paths are absolute, or relative to the sandbox's `cwd`. Every call rejects
 * with a `KernelError` whose `code` is POSIX's (`ENOENT`, `EEXIST`, `ENOTEMPTY`, `ENOSPC` …) and whose
 * `path` is the path given.
 */
export class FileSystem {
  readonly #host: FileHost;
  readonly #request: FileHost['request'];

  constructor(host: FileHost) {
    this.#host = host;
    this.#request = (request, buffers) => host.request(request, buffers);
  }

  readFile(path: string): Promise<Uint8Array>;
  readFile(path: string, encoding: 'utf-8'): Promise<string>;
  async readFile(path: string, encoding?: 'utf-8'): Promise<Uint8Array | string> {
    const bytes = (await this.#request({ op: 'readFile', path })) as Uint8Array;
    return encoding === undefined ? bytes : new TextDecoder(encoding).decode(bytes);
  }

  /** Creates or replaces; `append` adds at the end. A disk that is full leaves the old content. */
  async writeFile(
    path: string,
    data: FileContent,
    options: { mode?: number; append?: boolean } = {},
  ): Promise<void> {
    await this.#request({ op: 'writeFile', path, content: await toBytes(data, path), ...options });
  }

  /** Many files at once or, where one cannot be, none; directories are made. Paths as in `SandboxOptions.files`. */
  async writeFiles(files: FileTree): Promise<void> {
    const packed = await asBlobs(await pack(files, { copied: true }));
    await this.#request({ op: 'writeFiles', files: packed }, buffersOf(packed));
  }

  async mkdir(path: string, options: { recursive?: boolean; mode?: number } = {}): Promise<void> {
    await this.#request({ op: 'mkdir', path, ...options });
  }

  async readdir(path: string): Promise<DirectoryEntry[]> {
    return (await this.#request({ op: 'readdir', path })) as DirectoryEntry[];
  }

  /** Follows symbolic links. */
  async stat(path: string): Promise<Stat> {
    return (await this.#request({ op: 'stat', path })) as Stat;
  }

  async lstat(path: string): Promise<Stat> {
    return (await this.#request({ op: 'lstat', path })) as Stat;
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#request({ op: 'rename', from, to });
  }

  /** Removes a file; a directory with what is in it only when `recursive`. `force`: absent is fine. */
  async rm(path: string, options: { recursive?: boolean; force?: boolean } = {}): Promise<void> {
    await this.#request({ op: 'rm', path, ...options });
  }

  async symlink(target: string, path: string): Promise<void> {
    await this.#request({ op: 'symlink', target, path });
  }

  async readlink(path: string): Promise<string> {
    return (await this.#request({ op: 'readlink', path })) as string;
  }

  async chmod(path: string, mode: number): Promise<void> {
    await this.#request({ op: 'chmod', path, mode });
  }

  async utimes(path: string, accessedMs: number, modifiedMs: number): Promise<void> {
    await this.#request({ op: 'utimes', path, accessedMs, modifiedMs });
  }

  /**
   * What happens at a path from now on, in order: to that file, or in that directory. The path may name
   * nothing yet. Ends with the signal, when the loop is left, and with the sandbox; rejects with ELOST when
   * the kernel is lost, and with EOVERFLOW after 100,000 events that nobody took.
   */
  watch(path: string, options: WatchOptions = {}): AsyncIterable<FileEvent> {
    return this.#host.watch(path, options);
  }

  /**
   * Covers a directory, which need not exist, with a tree of files, an archive (.zip, .tar, .tar.gz), a pack
   * or a copy of a folder. What was there is back after `unmount`. All of it or nothing. Rejects with EINVAL
   * (no such archive, or one that reaches outside), ENOSPC, ENOTDIR, EBUSY (the root), and what downloads
   * reject with. A pack at an address brings its index only: reading its files later may reject with what
   * downloads reject with.
   */
  async mount(path: string, source: FileTree | Blob | URL | FileSystemDirectoryHandle): Promise<void> {
    const { readSource } = await import('./archive/source.js');
    const files = await asBlobs(await readSource(source, await this.#room(path, false)));
    await this.#request({ op: 'mount', path, files }, buffersOf(files));
  }

  /** Removes a mount and what was written into it. Rejects with ENOENT, EINVAL (no mount), EBUSY (in use). */
  async unmount(path: string): Promise<void> {
    await this.#request({ op: 'unmount', path });
  }

  /** The tree below a directory as one .tar.gz: files, directories, links, modes and times of one moment. */
  async snapshot(path = '/'): Promise<Blob> {
    return (await this.#request({ op: 'snapshot', path })) as Blob;
  }

  /**
   * Unpacks a snapshot, or another .tar.gz, .tar, .zip or pack, into a directory, which is made if need be.
   * What has a name of the archive's is replaced, the rest stays. All of it or nothing; rejects as `mount`.
   */
  async restore(snapshot: Blob, path = '/'): Promise<void> {
    const { readArchive } = await import('./archive/source.js');
    const files = await asBlobs(await readArchive(snapshot, await this.#room(path, true)));
    await this.#request({ op: 'restore', path, files }, buffersOf(files));
  }

  /** For this library's own installers: a tree that is made already, as `restore` puts an archive's. */
  async putTree(path: string, files: PackedTree): Promise<void> {
    await this.#request({ op: 'restore', path, files }, buffersOf(files));
  }

  /** Resolves when everything so far is safe from the loss of the kernel. */
  sync(): Promise<void> {
    return this.#host.sync();
  }

  async #room(path: string, replacing: boolean): Promise<Room> {
    return (await this.#request({ op: 'room', path, replacing })) as Room;
  }
}
