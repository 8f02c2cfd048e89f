// fs: the page's `sandbox.fs`, on a tree. Paths are absolute, or relative to the sandbox's cwd.
import { Errno } from '../abi/errno.js';
import type { Inode } from '../abi/inode-table.js';
import type { InodeType } from '../abi/journal.js';
import { normalize, pathOf, walk, type Walk } from '../abi/path.js';
import type { FileRequest, MountState, Room } from '../protocol/kernel-service.js';
import type { PackedTree } from '../protocol/packed-tree.js';
import { above, makeDirectories, makeDirectory, reach } from './directories.js';
import { Mounts } from './mounts.js';
import type { PackContents } from './pack-contents.js';
import { load, Placement } from './placement.js';
import { removeTree } from './remove-tree.js';
import { tarOf } from './tar-writer.js';
import type { Tree } from './tree.js';

export interface StatReply {
  readonly type: InodeType;
  readonly inode: number;
  readonly mode: number;
  readonly links: number;
  readonly size: number;
  readonly accessedMs: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
}

export interface FileServiceHost {
  readonly packs: PackContents;
  /** Whether every process that has files in view can wait for a block of a pack. */
  everybodyWaits(): boolean;
}

export class FileService {
  readonly #tree: Tree;
  readonly #cwd: string;

  readonly mounts: Mounts;
  readonly #host: FileServiceHost;

  constructor(tree: Tree, host: FileServiceHost, cwd: string, mounts: readonly MountState[] = []) {
    this.#tree = tree;
    this.#host = host;
    this.#cwd = cwd;
    this.mounts = new Mounts(tree, mounts);
  }

  /** Throws Errno with the path in it. */
  async handle(request: FileRequest): Promise<unknown> {
    switch (request.op) {
      case 'readFile':
        return this.#readFile(request.path);
      case 'writeFile':
        return this.#writeFile(request);
      case 'writeFiles':
        return this.writeFiles(request.files);
      case 'restore':
        return this.#restore(request.path, request.files);
      case 'mount':
        return this.#mount(request.path, request.files);
      case 'unmount':
        this.mounts.unmount(this.#checked(request.path));
        return this.mounts.states;
      case 'snapshot':
        return this.#snapshot(request.path);
      case 'room':
        return this.#room(this.#checked(request.path), request.replacing);
      case 'sync':
        return this.#tree.sequence;
      case 'mkdir':
        return request.recursive === true
          ? this.makeDirectories(this.#checked(request.path), request.mode)
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

  /** Makes a directory and those above it. */
  makeDirectories(path: string, mode?: number): void {
    makeDirectories(this.#tree, this.#absolute(path), mode);
  }

  /** Puts many files into the tree, or none. */
  async writeFiles(files: PackedTree): Promise<void> {
    const loaded = await load(files, this.#tree);
    new Placement(this.#tree, loaded, { cwd: this.#cwd, follow: true }).commit();
  }

  async #restore(path: string, files: PackedTree): Promise<void> {
    const loaded = await load(files, this.#tree);
    const options = { cwd: '/', follow: false };
    const absolute = this.#absolute(this.#checked(path));
    const { directory, depth, missing } = reach(this.#tree, absolute);
    if (missing.length === 0) {
      new Placement(this.#tree, loaded, { ...options, within: directory }).commit();
      return;
    }
    const number = this.#tree.allotInode();
    const root = { number, depth: depth + missing.length };
    const placement = new Placement(this.#tree, loaded, { ...options, root });
    if (placement.inodes + missing.length > this.#tree.freeInodes) throw new Errno('ENOSPC', path);
    const parent = makeDirectories(this.#tree, above(absolute));
    makeDirectory(this.#tree, parent, missing.at(-1) as string, number);
    placement.commit();
  }

  #room(path: string, replacing: boolean): Room {
    const { freeBytes, freeInodes, table } = this.#tree;
    return {
      path: normalize(path),
      bytes: freeBytes + (replacing ? table.bytes : 0),
      inodes: freeInodes + (replacing ? table.size : 0),
    };
  }

  async #mount(path: string, files: PackedTree): Promise<readonly MountState[]> {
    let loaded = await load(files, this.#tree);
    if (files.blocks !== undefined && !this.#host.everybodyWaits()) {
      loaded = { packed: files, chunks: [await this.#host.packs.whole(files.blocks)] };
    }
    this.mounts.mount(this.#checked(path), loaded);
    return this.mounts.states;
  }

  async #readFile(path: string): Promise<Uint8Array> {
    const inode = this.#existing(path);
    await this.#host.packs.need(inode);
    return this.#tree.table.contents(inode).slice();
  }

  async #writeFile({ path, content, append, mode }: FileRequest & { op: 'writeFile' }): Promise<void> {
    const bytes = await bytesOf(content);
    if (append === true) {
      const { inode } = this.#walk(path);
      if (inode?.type === 'file') await this.#host.packs.need(inode);
    }
    this.writeFile(path, bytes, append, mode);
  }

  async #snapshot(path: string): Promise<Blob> {
    const directory = this.#existing(path);
    if (!directory.isDirectory) throw new Errno('ENOTDIR', path);
    await this.#host.packs.needBelow(directory);
    // Each part is the browser's as soon as it is written: it need not stay in memory.
    const parts: Blob[] = [];
    for (const part of tarOf(this.#tree.table, directory)) parts.push(new Blob([part]));
    const compressed = new Blob(parts).stream().pipeThrough(new CompressionStream('gzip'));
    const bytes = await new Response(compressed).blob();
    return new Blob([bytes], { type: 'application/gzip' });
  }

  /** Where a watch of that path looks: symbolic links resolved as far as there is something. */
  watchedPath(path: string): string {
    const absolute = this.#absolute(this.#checked(path));
    try {
      const { parent, name, inode } = this.#walk(absolute);
      const directory = inode?.isDirectory === true ? inode : parent;
      const above = pathOf(this.#tree.table, directory);
      return directory === inode ? above : `${above === '/' ? '' : above}/${name}`;
    } catch (error) {
      if (error instanceof Errno && error.code === 'ENOENT') return absolute;
      throw error;
    }
  }

  #absolute(path: string): string {
    return normalize(path, this.#cwd);
  }

  #checked(path: string): string {
    if (path === '') throw new Errno('ENOENT', path);
    if (path.includes('\0')) throw new Errno('EINVAL', path);
    return path.startsWith('/') ? path : `${this.#cwd}/${path}`;
  }

  #walk(path: string, follow = true): Walk {
    return walk(this.#tree.table, this.#tree.table.root, this.#checked(path), { follow });
  }

  #existing(path: string, follow = true): Inode {
    const { inode } = this.#walk(path, follow);
    if (inode === undefined) throw new Errno('ENOENT', path);
    return inode;
  }

  /** Creates or replaces a file; `append` adds at its end. */
  writeFile(path: string, bytes: Uint8Array, append = false, mode?: number): void {
    const { parent, name, inode: found, directoryOnly } = this.#walk(path);
    if (found?.type === 'directory' || (found === undefined && directoryOnly))
      throw new Errno('EISDIR', path);
    const timeMs = Date.now();
    // A full disk must leave the old content alone.
    const growth = bytes.length - (append ? 0 : (found?.size ?? 0));
    if (growth > this.#tree.freeBytes) throw new Errno('ENOSPC', path);
    const inode = found?.number ?? this.#tree.allotInode();
    if (found === undefined && this.#tree.freeInodes < 1) throw new Errno('ENOSPC', path);
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
    if (target.inode === undefined && target.directoryOnly && !source.inode.isDirectory) {
      throw new Errno('ENOTDIR', to);
    }
    const record = {
      op: 'rename',
      parent: source.parent.number,
      name: source.name,
      toParent: target.parent.number,
      toName: target.name,
      timeMs: Date.now(),
    } as const;
    try {
      this.mounts.check(record);
      this.#tree.commit(record);
    } catch (error) {
      throw error instanceof Errno ? new Errno(error.code, to) : error;
    }
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
    if (found.inode === this.#tree.table.root || this.mounts.isMount(found.inode)) {
      throw new Errno('EBUSY', path);
    }
    if (found.inode.isDirectory && this.mounts.holdsMount(found.inode)) throw new Errno('EBUSY', path);
    removeTree(this.#tree, found.parent, found.name, found.inode);
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
