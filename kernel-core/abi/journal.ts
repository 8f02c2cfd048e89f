// abi: the journal, the one record of change to a sandbox's file tree (DESIGN §7). Imports nothing.
//
// Every change is one record; the kernel gives it its place in the order (the sequence number). The
// kernel, every process's view, watchers and persistence apply the same records to the same table
// (`inode-table.ts`), so equal sequences mean equal trees.

/** Inodes are numbers; 1 is the root. A process creates inodes out of the range leased to it. */
export type InodeNumber = number;

export const rootInode: InodeNumber = 1;

/** `socket`: the name of a unix socket; only the kernel makes one. */
export type InodeType = 'file' | 'directory' | 'symlink' | 'socket';

/** `timeMs`: milliseconds since 1970, the moment of change. */
export type JournalRecord =
  | {
      readonly op: 'create';
      readonly inode: InodeNumber;
      readonly parent: InodeNumber;
      readonly name: string;
      readonly type: InodeType;
      /** Permission bits. */
      readonly mode: number;
      readonly timeMs: number;
      /** Of a symbolic link: where it points. */
      readonly target?: string;
      /** Of a directory: something is mounted here, and its borders are not crossed. Only the kernel says so. */
      readonly mount?: true;
      /** Of a file: its content, which lies in blocks of a pack (`pack-blocks.ts`). Only the kernel says so. */
      readonly extent?: Extent;
    }
  | {
      readonly op: 'write';
      readonly inode: InodeNumber;
      /** Bytes from the start of the file; a gap before it reads as zeros. */
      readonly position: number;
      readonly bytes: Uint8Array;
      readonly timeMs: number;
    }
  | { readonly op: 'truncate'; readonly inode: InodeNumber; readonly size: number; readonly timeMs: number }
  | {
      readonly op: 'link';
      readonly inode: InodeNumber;
      readonly parent: InodeNumber;
      readonly name: string;
      readonly timeMs: number;
    }
  /** Removes a name: of a file, of a symbolic link, of an empty directory. */
  | { readonly op: 'unlink'; readonly parent: InodeNumber; readonly name: string; readonly timeMs: number }
  /** Replaces what `toName` named before, as rename(2) does. */
  | {
      readonly op: 'rename';
      readonly parent: InodeNumber;
      readonly name: string;
      readonly toParent: InodeNumber;
      readonly toName: string;
      readonly timeMs: number;
    }
  | {
      readonly op: 'attributes';
      readonly inode: InodeNumber;
      readonly mode?: number;
      readonly accessedMs?: number;
      readonly modifiedMs?: number;
      readonly timeMs: number;
    };

/** Sealed contents lie in segments (`segments.ts` of the kernel, `page-cache.ts` of the view). */
export interface Extent {
  readonly segment: number;
  /** Bytes from the start of the segment. */
  readonly offset: number;
  readonly length: number;
}

/** A place in a file's sealed contents. `target` is filled with what lies there. Throws EIO. */
export type SegmentReader = (segment: number, offset: number, target: Uint8Array) => void;

/**
 * A file tree at one place in the order, as it is posted to a new process: the columns of
 * `inode-columns.ts`. Every array is as long as it is used. All contents are sealed.
 */
export interface TreeImage {
  readonly sequence: number;
  readonly number: Uint32Array<ArrayBuffer>;
  readonly kind: Uint16Array<ArrayBuffer>;
  readonly links: Uint32Array<ArrayBuffer>;
  readonly size: Float64Array<ArrayBuffer>;
  readonly modified: Float64Array<ArrayBuffer>;
  readonly accessed: Int32Array<ArrayBuffer>;
  readonly changed: Int32Array<ArrayBuffer>;
  readonly a: Uint32Array<ArrayBuffer>;
  readonly b: Uint32Array<ArrayBuffer>;
  readonly c: Uint32Array<ArrayBuffer>;
  readonly entry: Uint32Array<ArrayBuffer>;
  readonly entryDirectory: Uint32Array<ArrayBuffer>;
  readonly entryInode: Uint32Array<ArrayBuffer>;
  readonly entryNext: Uint32Array<ArrayBuffer>;
  readonly entryPrevious: Uint32Array<ArrayBuffer>;
  readonly entryName: Uint32Array<ArrayBuffer>;
  readonly names: Uint8Array<ArrayBuffer>;
  /** Of symbolic links, by slot. */
  readonly targets: Map<number, string>;
  /** By slot: times that do not fit the columns. */
  readonly oddTimes: Map<number, readonly [accessedMs: number, changedMs: number]>;
  readonly counts: readonly [
    inodes: number,
    entries: number,
    freeInode: number,
    freeEntry: number,
    nameGarbage: number,
  ];
  /** Of all files and symbolic links. */
  readonly bytes: number;
  /** Slots of inodes that only others have open: nothing for the new process. */
  readonly orphans: readonly number[];
}

/** What a process sends beside records: an inode it has open stays in the kernel when its last name goes. */
export type HoldRecord = { readonly op: 'hold' | 'release'; readonly inode: InodeNumber };

/** Inode numbers `first` … `first + count - 1`. */
export interface InodeRange {
  readonly first: InodeNumber;
  readonly count: number;
}

/**
 * Bytes its files may grow by and inodes it may make, counted against the sandbox's limits in advance. It is
 * in addition to what the process has left, but the first of a new epoch is all it has.
 */
export interface Lease {
  readonly epoch: number;
  readonly bytes: number;
  readonly inodes: readonly InodeRange[];
}
