// fs: the page's `sandbox.fs`, on a tree. Paths are absolute, or relative to the sandbox's cwd.
import { Errno } from '../abi/errno.js';
import type { Inode } from '../abi/inode-table.js';
import { normalize, walk, type Walk } from '../abi/path.js';
import type { DirectoryRequest, FileEntry, FileRequest } from '../protocol/kernel-service.js';
import type { Tree } from './tree.js';

export interface StatReply {
  readonly type: 'file' | 'directory' | 'symlink';
  readonly inode: number;
  readonly mode: number;
  readonly links: number;
  readonly size: number;
  readonly accessedMs: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
}

export class FileService {
  readonly #tree: Tree;
  readonly #cwd: string;

  constructor(tree: Tree, cwd: string) {
    this.#tree = tree;
    this.#cwd = cwd;
  }

  /** Throws Errno with the path in it. */
  async handle(request: FileRequest): Promise<unknown> {
    switch (request.op) {
      case 'readFile':
        return this.#tree.table.contents(this.#existing(request.path)).slice();
      case 'writeFile':
        return this.#writeFile(request.path, await bytesOf(request.content), request.append, request.mode);
      case 'writeFiles':
        return this.writeFiles(request.files);
      case 'mkdir':
        return request.recursive === true
          ? this.#makeDirectories(request.path, request.mode ?? 0o755)
          : this.#makeDirectory(request.path, request.mode ?? 0o755);
      case 'readdir':
        return this.#readDirectory(request.path);
      case 'stat':
        return stat(this.#existing(request.path));
      case 'lstat':
        return stat(this.#existing(request.path, false));
      case 'rename':
        return this.#rename(request.from, request.to);
      case 'rm':
        return this.#remove(request.path, request.recursive ?? false, request.force ?? false);
      case 'symlink':
        return this.#symlink(request.target, request.path);
      case 'readlink':
        return this.#readlink(request.path);
      case 'chmod':
        return this.#tree.commit({
          op: 'attributes',
          inode: this.#existing(request.path).number,
          mode: request.mode,
          timeMs: Date.now(),
        });
      case 'utimes':
        return this.#tree.commit({
          op: 'attributes',
          inode: this.#existing(request.path).number,
          accessedMs: request.accessedMs,
          modifiedMs: request.modifiedMs,
          timeMs: Date.now(),
        });
    }
  }

  /** Puts many files into the tree, making their directories. */
  async writeFiles(files: readonly (FileEntry | DirectoryRequest)[]): Promise<void> {
    let made: string | undefined;
    for (const file of files) {
      if (file.directory === true) {
        this.#makeDirectories(file.path, 0o755);
        continue;
      }
      const parent = normalize(`${file.path}/..`, this.#cwd);
      // Many files lie in one directory, and bytes that are there are not waited for: every pause would send
      // the page's copy of the tree a message.
      if (parent !== made) this.#makeDirectories(parent, 0o755);
      const { content } = file;
      const bytes = content instanceof Uint8Array ? content : await bytesOf(content);
      made = content instanceof Uint8Array ? parent : undefined;
      this.#writeFile(file.path, bytes, false, undefined);
    }
  }

  #walk(path: string, follow = true): Walk {
    if (path === '') throw new Errno('ENOENT', path);
    if (path.includes('\0')) throw new Errno('EINVAL', path);
    const absolute = path.startsWith('/') ? path : `${this.#cwd}/${path}`;
    return walk(this.#tree.table, this.#tree.table.root, absolute, { follow });
  }

  #existing(path: string, follow = true): Inode {
    const { inode } = this.#walk(path, follow);
    if (inode === undefined) throw new Errno('ENOENT', path);
    return inode;
  }

  #writeFile(path: string, bytes: Uint8Array, append = false, mode: number | undefined): void {
    const { parent, name, inode: found, directoryOnly } = this.#walk(path);
    if (found?.type === 'directory' || (found === undefined && directoryOnly))
      throw new Errno('EISDIR', path);
    const timeMs = Date.now();
    // A full disk must leave the old content alone.
    const growth = bytes.length - (append ? 0 : (found?.size ?? 0));
    if (growth > this.#tree.freeBytes) throw new Errno('ENOSPC', path);
    const inode = found?.number ?? this.#tree.allotInode();
    if (found === undefined) {
      this.#tree.commit({
        op: 'create',
        inode,
        parent: parent.number,
        name,
        type: 'file',
        mode: mode ?? 0o644,
        timeMs,
      });
    } else {
      if (!append) this.#tree.commit({ op: 'truncate', inode, size: 0, timeMs });
      if (mode !== undefined) this.#tree.commit({ op: 'attributes', inode, mode, timeMs });
    }
    const position = append ? (found?.size ?? 0) : 0;
    if (bytes.length > 0) this.#tree.commit({ op: 'write', inode, position, bytes, timeMs });
  }

  #makeDirectory(path: string, mode: number): void {
    const { parent, name, inode } = this.#walk(path);
    if (inode !== undefined) throw new Errno('EEXIST', path);
    this.#tree.commit({
      op: 'create',
      inode: this.#tree.allotInode(),
      parent: parent.number,
      name,
      type: 'directory',
      mode,
      timeMs: Date.now(),
    });
  }

  #makeDirectories(path: string, mode: number): void {
    let current = '';
    for (const name of normalize(path, this.#cwd).split('/').slice(1)) {
      if (name === '') continue;
      current += `/${name}`;
      const { inode } = this.#walk(current);
      if (inode === undefined) this.#makeDirectory(current, mode);
      else if (inode.type !== 'directory') throw new Errno('ENOTDIR', current);
    }
  }

  #readDirectory(path: string): { name: string; type: string; inode: number }[] {
    const directory = this.#existing(path);
    if (!directory.isDirectory) throw new Errno('ENOTDIR', path);
    return [...this.#tree.table.entries(directory)].map(([name, inode]) => ({
      name,
      type: inode.type,
      inode: inode.number,
    }));
  }

  #rename(from: string, to: string): void {
    const source = this.#walk(from, false);
    if (source.inode === undefined) throw new Errno('ENOENT', from);
    const target = this.#walk(to, false);
    if (source.name === '.' || target.name === '.')
      throw new Errno('EINVAL', source.name === '.' ? from : to);
    this.#tree.commit({
      op: 'rename',
      parent: source.parent.number,
      name: source.name,
      toParent: target.parent.number,
      toName: target.name,
      timeMs: Date.now(),
    });
  }

  #remove(path: string, recursive: boolean, force: boolean): void {
    let found: Walk;
    try {
      found = this.#walk(path, false);
    } catch (error) {
      if (force && error instanceof Errno && error.code === 'ENOENT') return;
      throw error;
    }
    if (found.inode === undefined) {
      if (force) return;
      throw new Errno('ENOENT', path);
    }
    if (found.name === '.') throw new Errno('EINVAL', path);
    if (found.inode.type === 'directory' && !recursive) throw new Errno('EISDIR', path);
    this.#removeTree(found.parent, found.name, found.inode);
  }

  #removeTree(parent: Inode, name: string, inode: Inode): void {
    // Not by recursion: how deep a tree is, a process decides.
    const found = [{ parent, name, inode }];
    for (const { inode: directory } of found) {
      if (!directory.isDirectory) continue;
      for (const [child, below] of this.#tree.table.entries(directory)) {
        found.push({ parent: directory, name: child, inode: below });
      }
    }
    const timeMs = Date.now();
    for (const each of found.reverse()) {
      this.#tree.commit({ op: 'unlink', parent: each.parent.number, name: each.name, timeMs });
    }
  }

  #symlink(target: string, path: string): void {
    const { parent, name, inode } = this.#walk(path, false);
    if (inode !== undefined) throw new Errno('EEXIST', path);
    this.#tree.commit({
      op: 'create',
      inode: this.#tree.allotInode(),
      parent: parent.number,
      name,
      type: 'symlink',
      mode: 0o777,
      timeMs: Date.now(),
      target,
    });
  }

  #readlink(path: string): string {
    const inode = this.#existing(path, false);
    if (inode.target === undefined) throw new Errno('EINVAL', path);
    return inode.target;
  }
}

function stat(inode: Inode): StatReply {
  const { type, mode, links, size, accessedMs, modifiedMs, changedMs } = inode;
  return { type, inode: inode.number, mode, links, size, accessedMs, modifiedMs, changedMs };
}

async function bytesOf(content: Uint8Array | Blob): Promise<Uint8Array> {
  return content instanceof Uint8Array ? content : new Uint8Array(await content.arrayBuffer());
}
