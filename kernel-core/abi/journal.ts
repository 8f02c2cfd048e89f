// abi: the journal, the one record of change to a sandbox's file tree (DESIGN §7). Imports nothing.
//
// Every change is one record; the kernel gives it its place in the order (the sequence number). The
// kernel, every process's view, watchers and persistence apply the same records to the same table
// (`inode-table.ts`), so equal sequences mean equal trees.

/** Inodes are numbers; 1 is the root. A process creates inodes out of the range leased to it. */
export type InodeNumber = number;

export const rootInode: InodeNumber = 1;

export type InodeType = 'file' | 'directory' | 'symlink';

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

/** One inode as it is posted to a new process. */
export interface InodeImage {
  readonly inode: InodeNumber;
  readonly type: InodeType;
  readonly mode: number;
  readonly accessedMs: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
  readonly content?: Extent;
  /** Of a file that is longer than its content, bytes: zeros follow. */
  readonly size?: number;
  readonly target?: string;
  /** Of a directory: its names. */
  readonly entries?: readonly (readonly [name: string, inode: InodeNumber])[];
}

/** A file tree at one place in the order, as it is posted to a new process. */
export interface TreeImage {
  readonly sequence: number;
  readonly inodes: readonly InodeImage[];
}
