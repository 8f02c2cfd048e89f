// runtime-loaders/python: Emscripten's root file system over the process's view of the sandbox's tree.
// Owns the private folders /dev and /lib, which live in this worker's memory only and never become
// journal records. Must always hold: nodes of the tree are made anew at each look-up and never kept in
// Emscripten's name table, for other processes change the tree (those of directories: `paths.ts`).
import { Errno } from '../../kernel-core/abi/errno.js';
import { byteLengthOf } from '../../kernel-core/abi/byte-text.js';
import { nameMax } from '../../kernel-core/abi/inode-columns.js';
import type { Inode } from '../../kernel-core/abi/inode-table.js';
import type { View } from '../view/view.js';
import type { InodeType } from '../../kernel-core/abi/journal.js';
import { Decision } from './decision.js';
import type {
  AttributeChange,
  Attributes,
  EmscriptenFs,
  FsNode,
  FsStream,
  NodeOperations,
  PyodideModule,
  StreamOperations,
} from './emscripten.js';
import { errnoOf } from './foreign-error.js';
import { lookUpPaths } from './paths.js';

const typeBits = { file: 0o100000, directory: 0o040000, symlink: 0o120000, socket: 0o140000 } as const;
const typeMask = 0o170000;
const privateFolders = ['dev', 'lib'];
/** Private nodes are numbered from here, beyond any inode of the tree. */
const privateInodes = 2 ** 40;

/** Of `open` flags: 0 reads, 1 writes, 2 does both. */
const accessMask = 3;

/** A node of the tree carries the number of its inode. */
interface TreeNode extends FsNode {
  inode: number;
  /** Made by the `open` that has not yet set its mode. */
  fresh?: boolean;
  /** Made and not opened yet: whoever makes a file may open it, whatever its mode says. */
  made?: boolean;
}

/** The number of the inode of a node of the tree; undefined for what is private to this worker. */
export function inodeOf(node: FsNode): number | undefined {
  return (node as Partial<TreeNode>).inode;
}

/** What the file system is told of beside the view. */
export interface Keeping {
  readonly umask: Umask;
  /** A descriptor of a file is closed. */
  closed(inode: Inode): void;
}

export interface Umask {
  value: number;
}

/**
 * Makes the view the root of the module's file system. To be called in preRun, before the standard streams
 * are opened.
 */
export function mountView(module: PyodideModule, view: View, keeping: Keeping): ViewFileSystem {
  const { FS } = module;
  const plugin = new ViewFileSystem(module, view, keeping);
  const hashAddNode = FS.hashAddNode.bind(FS);
  FS.hashAddNode = (node) => {
    if (node.mount?.type !== plugin) hashAddNode(node);
  };
  // Forgets the in-memory tree Emscripten made before.
  FS.root = null;
  FS.nameTable = new Array(4096);
  FS.nextInode = privateInodes;
  FS.mount(plugin, {}, '/');
  for (const name of privateFolders) {
    plugin.addPrivate(name);
    FS.mount(FS.filesystems.MEMFS, {}, `/${name}`);
  }
  lookUpPaths(FS, view, (node) => inodeOf(node) !== undefined, privateFolders);
  return plugin;
}

/** Of a node or a stream. */
type Operation = (a: unknown, b: unknown, c: unknown, d: unknown, e: unknown) => unknown;

/** A socket is connected to, not opened. */
function refuseSocket(): never {
  throw new Errno('ENXIO');
}

export class ViewFileSystem {
  readonly decision = new Decision();
  /** A file this process has just made by the kernel's decision: it may open it, whatever its mode says. */
  made: Inode | undefined;
  readonly #module: PyodideModule;
  readonly #FS: EmscriptenFs;
  readonly #view: View;
  readonly #keeping: Keeping;
  readonly #private = new Map<string, FsNode>();
  readonly #operations: Record<InodeType, Pick<FsNode, 'node_ops' | 'stream_ops'>>;
  readonly #noEntry: unknown;
  /** Ends a call whose change the kernel is to decide. */
  readonly #undecided: unknown;
  #root: FsNode | undefined;

  constructor(module: PyodideModule, view: View, keeping: Keeping) {
    this.#module = module;
    this.#FS = module.FS;
    this.#view = view;
    this.#keeping = keeping;
    this.#noEntry = new this.#FS.ErrnoError(44);
    this.#undecided = new this.#FS.ErrnoError(6);
    this.#operations = this.#makeOperations();
  }

  mount(_mount: unknown): FsNode {
    const root = this.#FS.createNode(null, '/', typeBits.directory | this.#view.root.mode, 0) as TreeNode;
    root.inode = root.id = this.#view.root.number;
    Object.assign(root, this.#operations.directory);
    this.#root = root;
    return root;
  }

  /** An empty folder in the root to mount something on. */
  addPrivate(name: string): void {
    const node = this.#FS.createNode(this.#root ?? null, name, typeBits.directory | 0o755, 0);
    this.#private.set(name, node);
  }

  #node(parent: FsNode, name: string, inode: Inode): TreeNode {
    // Emscripten looks at the node's mode, everybody else at the inode's.
    const mode = this.made?.slot === inode.slot ? inode.mode | 0o600 : inode.mode;
    const node = this.#FS.createNode(parent, name, typeBits[inode.type] | mode, 0) as TreeNode;
    node.inode = node.id = inode.number;
    const { node_ops, stream_ops } = this.#operations[inode.type];
    node.node_ops = node_ops;
    node.stream_ops = stream_ops;
    return node;
  }

  /** The inode of a node of the tree; undefined for what is private to this worker. */
  inodeOf(node: FsNode): Inode | undefined {
    return inodeOf(node) === undefined ? undefined : this.#inode(node);
  }

  #inode(node: FsNode): Inode {
    return this.#view.get((node as TreeNode).inode);
  }

  /** Turns our errors into Emscripten's, whose numbers are the same. */
  #guard(operation: Operation): Operation {
    // As many as the longest has: an array of them would be made for each call.
    return (a, b, c, d, e) => {
      try {
        return operation(a, b, c, d, e);
      } catch (error) {
        if (error === this.#noEntry || error === this.#undecided) throw error;
        const number = errnoOf(error);
        throw number === undefined ? error : new this.#FS.ErrnoError(number);
      }
    };
  }

  #makeOperations() {
    const guarded = <Table extends object>(table: Table): Table =>
      Object.fromEntries(
        Object.entries(table).map(([name, operation]) => [name, this.#guard(operation as Operation)]),
      ) as Table;
    const shared: Partial<NodeOperations> = guarded({
      getattr: (node: FsNode) => this.#attributes(node),
      setattr: (node: FsNode, change: AttributeChange) => this.#setAttributes(node as TreeNode, change),
    });
    return {
      directory: {
        node_ops: { ...shared, ...guarded(this.#directoryOperations()) },
        stream_ops: {
          llseek: (stream: FsStream, offset: number, whence: number) => seek(stream, offset, whence, 0),
        },
      },
      file: { node_ops: shared, stream_ops: guarded(this.#fileOperations()) },
      symlink: {
        node_ops: { ...shared, ...guarded({ readlink: (node: FsNode) => this.#inode(node).target ?? '' }) },
        stream_ops: {},
      },
      socket: { node_ops: shared, stream_ops: guarded({ open: refuseSocket }) },
    };
  }

  #directoryOperations(): Partial<NodeOperations> {
    const view = this.#view;
    return {
      lookup: (parent, name) => {
        const own = parent === this.#root ? this.#private.get(name) : undefined;
        if (own !== undefined) return own;
        const inode = view.lookup(this.#inode(parent), name);
        if (inode === undefined) throw isTooLong(name) ? new Errno('ENAMETOOLONG') : this.#noEntry;
        return this.#node(parent, name, inode);
      },
      mknod: (parent, name, mode) => {
        const type = (mode & typeMask) === typeBits.directory ? 'directory' : 'file';
        if (type === 'file' && (mode & typeMask) !== typeBits.file) throw new Errno('EPERM');
        if (this.decision.isAwaited) {
          const bits = this.decision.mode & 0o7777 & ~this.#keeping.umask.value;
          this.decision.leave(view.creation(this.#inode(parent), name, type, bits));
          throw this.#undecided;
        }
        // `open` asks for 0o777 here and sets the real mode right after; most often that is 0o666.
        const bits = (type === 'file' ? 0o666 : mode) & 0o7777 & ~this.#keeping.umask.value;
        const node = this.#node(parent, name, view.create(this.#inode(parent), name, type, bits));
        if (type === 'file') node.fresh = node.made = true;
        return node;
      },
      rename: (node, newParent, newName) => {
        if (this.decision.isAwaited) {
          this.decision.leave(
            view.renaming(this.#inode(node.parent), node.name, this.#inode(newParent), newName),
          );
          return;
        }
        view.rename(this.#inode(node.parent), node.name, this.#inode(newParent), newName);
        node.name = newName;
      },
      unlink: (parent, name) => view.unlink(this.#inode(parent), name),
      rmdir: (parent, name) => view.rmdir(this.#inode(parent), name),
      readdir: (node) => {
        const names = new Set(['.', '..', ...view.entries(this.#inode(node)).map(([name]) => name)]);
        if (node === this.#root) for (const name of this.#private.keys()) names.add(name);
        return [...names];
      },
      symlink: (parent, name, target) =>
        this.#node(parent, name, view.create(this.#inode(parent), name, 'symlink', 0o777, target)),
      statfs: () => ({
        blocks: Math.floor((view.freeBytes + this.#usedBytes()) / 4096),
        bfree: Math.floor(view.freeBytes / 4096),
        bavail: Math.floor(view.freeBytes / 4096),
      }),
    };
  }

  #fileOperations(): Partial<StreamOperations> {
    const view = this.#view;
    return {
      open: (stream) => {
        const inode = this.#inode(stream.node);
        const node = stream.node as TreeNode;
        const access = stream.flags & accessMask;
        const made = node.made === true || this.made?.slot === inode.slot;
        if (!made) view.checkAccess(inode, { read: access !== 1, write: access !== 0 });
        node.made = false;
        this.made = undefined;
        view.open(inode);
      },
      dup: (stream) => view.open(this.#inode(stream.node)),
      close: (stream) => {
        const inode = this.#inode(stream.node);
        this.#keeping.closed(inode);
        view.close(inode);
      },
      read: (stream, buffer, offset, length, position) =>
        view.read(
          this.#inode(stream.node),
          position,
          new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length),
        ),
      write: (stream, buffer, offset, length, position) => {
        if (length > 0) {
          const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
          view.write(this.#inode(stream.node), position, bytes);
        }
        return length;
      },
      llseek: (stream, offset, whence) => seek(stream, offset, whence, this.#inode(stream.node).size),
      mmap: (stream, length, position) => {
        const ptr = this.#module.mmapAlloc(length);
        if (ptr === 0) throw new Errno('ENOMEM');
        view.read(this.#inode(stream.node), position, this.#module.HEAPU8.subarray(ptr, ptr + length));
        return { ptr, allocated: true };
      },
      // At munmap and msync of a shared mapping. What lies beyond the end of the file is not written.
      msync: (stream, buffer, offset, length) => {
        const inode = this.#inode(stream.node);
        const bytes = buffer.subarray(0, Math.max(0, Math.min(length, inode.size - offset)));
        if (bytes.length > 0) view.write(inode, offset, bytes);
        return 0;
      },
    };
  }

  #attributes(node: FsNode): Attributes {
    const inode = this.#inode(node);
    const size = inode.type === 'directory' ? 4096 : inode.size;
    return {
      dev: 1,
      ino: inode.number,
      mode: typeBits[inode.type] | inode.mode,
      nlink: inode.links,
      uid: 0,
      gid: 0,
      rdev: 0,
      size,
      atime: new Date(inode.accessedMs),
      mtime: new Date(inode.modifiedMs),
      ctime: new Date(inode.changedMs),
      blksize: 4096,
      blocks: Math.ceil(size / 512),
    };
  }

  #setAttributes(node: TreeNode, change: AttributeChange): void {
    const inode = this.#inode(node);
    if (change.size !== undefined) {
      // `open` cuts before it opens; what is open was allowed to be.
      if (node.made !== true && !this.#view.isOpen(inode)) this.#view.checkAccess(inode, { write: true });
      this.#view.truncate(inode, change.size);
    }
    const { atime, mtime } = change;
    let mode = change.mode == null ? undefined : change.mode & 0o7777;
    if (mode !== undefined && node.fresh) {
      mode &= ~this.#keeping.umask.value;
      node.fresh = false;
      if (mode === inode.mode) mode = undefined;
    }
    if (mode === undefined && atime == null && mtime == null) return;
    this.#view.setAttributes(inode, {
      ...(mode === undefined ? {} : { mode }),
      ...(atime == null ? {} : { accessedMs: atime }),
      ...(mtime == null ? {} : { modifiedMs: mtime }),
    });
    if (mode !== undefined) node.mode = (node.mode & typeMask) | mode;
  }

  #usedBytes(): number {
    const sizes = (directory: Inode): number =>
      this.#view
        .entries(directory)
        .reduce((sum, [, inode]) => sum + (inode.type === 'directory' ? sizes(inode) : inode.size), 0);
    return sizes(this.#view.root);
  }
}

const isTooLong = (name: string): boolean => name.length * 3 > nameMax && byteLengthOf(name) > nameMax;

function seek(stream: FsStream, offset: number, whence: number, size: number): number {
  const position = offset + (whence === 1 ? stream.position : whence === 2 ? size : 0);
  if (position < 0) throw new Errno('EINVAL');
  return position;
}
