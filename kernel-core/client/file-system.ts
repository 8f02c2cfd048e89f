// client: `sandbox.fs`, promises over the kernel's file service.
import type { FileRequest } from '../protocol/kernel-service.js';
import { flatten, toBytes, type FileContent, type FileTree } from './file-tree.js';

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

/**
 * The sandbox's file tree. Paths are absolute, or relative to the sandbox's `cwd`. Every call rejects
 * with a `KernelError` whose `code` is POSIX's (`ENOENT`, `EEXIST`, `ENOTEMPTY`, `ENOSPC` …) and whose
 * `path` is the path given.
 */
export class FileSystem {
  readonly #request: (request: FileRequest) => Promise<unknown>;

  constructor(request: (request: FileRequest) => Promise<unknown>) {
    this.#request = request;
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

  /** Many files at once, their directories made; paths as in `SandboxOptions.files`. */
  async writeFiles(files: FileTree): Promise<void> {
    await this.#request({ op: 'writeFiles', files: await flatten(files) });
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
}
