// Processes and a kernel without workers: views and a tree, and queues of messages between them that a test
// delivers when it likes.
import { Errno } from '../../../kernel-core/abi/errno.js';
import type { Inode, InodeTable } from '../../../kernel-core/abi/inode-table.js';
import type { HoldRecord, JournalRecord } from '../../../kernel-core/abi/journal.js';
import type { JournalUpdate } from '../../../kernel-core/abi/messages.js';
import { decodeViewImage, encodeViewImage } from '../../../kernel-core/abi/tree-image-codec.js';
import type { Tree } from '../../../kernel-core/fs/tree.js';
import { PageCache } from '../../../runtime-loaders/view/page-cache.js';
import { View } from '../../../runtime-loaders/view/view.js';

export class Player {
  readonly pid: number;
  readonly tree: Tree;
  readonly view: View;
  readonly pages = new PageCache();
  readonly up: (readonly (JournalRecord | HoldRecord)[])[] = [];
  readonly down: JournalUpdate[] = [];
  /** Inodes it made or opened, and has open. */
  readonly open: Inode[] = [];
  /** Of its lease. */
  readonly firstNumber: number;
  readonly #detach: () => void;

  /** `held`: what it inherits. */
  constructor(tree: Tree, pid: number, held: readonly number[] = []) {
    this.tree = tree;
    this.pid = pid;
    const lease = tree.lease(pid);
    this.firstNumber = lease.inodes[0]!.first;
    this.#detach = tree.attach(pid, (update) => this.down.push(structuredClone(update)));
    const image = tree.image();
    this.pages.add(structuredClone(image.segments));
    this.view = new View({
      image: structuredClone(image.tree),
      held,
      pages: this.pages,
      inodeLease: lease.inodes[0]!,
      byteLease: lease.bytes,
      send: (records) => this.up.push(structuredClone(records)),
    });
  }

  /** The kernel gets one message. */
  sendOne(): void {
    const records = this.up.shift();
    if (records !== undefined) this.tree.commitFrom(this.pid, records);
  }

  receiveOne(): void {
    const update = this.down.shift();
    if (update !== undefined) this.view.receive(update);
  }

  sendAll(): void {
    this.view.flush();
    while (this.up.length > 0) this.sendOne();
  }

  receiveAll(): void {
    while (this.down.length > 0) this.receiveOne();
  }

  /** Reads what it missed, as a process that waits in place does. The same comes over the port later. */
  pull(): void {
    this.sendAll();
    this.view.applyPulled(this.tree.recordsSince(this.view.sequence, this.pid)!);
  }

  /** Goes on with the kernel's tree, as one that waits in place and has missed too much. */
  replace(): void {
    this.sendAll();
    this.view.replace(decodeViewImage(encodeViewImage(this.tree.imageFor(this.pid))));
    this.view.onContentAbsent = (inode) => {
      this.sendAll();
      const number = this.tree.settled(this.pid, inode.number);
      this.view.keepContent(inode, this.tree.table.contents(this.tree.table.get(number)).slice());
    };
  }

  end(): void {
    this.#detach();
    this.tree.release(this.pid);
  }
}

/** The code of the Errno thrown, or undefined. Anything else that is thrown is a defect. */
export function attempt(action: () => void): string | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof Errno) return error.code;
    throw error;
  }
  return undefined;
}

/** All that can be found from the root, by path. */
export function describeFiles(files: {
  readonly root: Inode;
  entries(directory: Inode): Iterable<readonly [string, Inode]>;
  contents(inode: Inode): Uint8Array;
}): Record<string, string> {
  const found: Record<string, string> = {};
  const directories = [{ inode: files.root, path: '' }];
  for (const { inode: directory, path } of directories) {
    for (const [name, inode] of files.entries(directory)) {
      const content = inode.type === 'file' ? [...files.contents(inode)].join(',') : (inode.target ?? '');
      found[`${path}/${name}`] =
        `${inode.number} ${inode.type} ${inode.mode.toString(8)} ${inode.size} ${inode.links} ${content}`;
      if (inode.isDirectory) directories.push({ inode, path: `${path}/${name}` });
    }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a table promises about its own counts, broken. */
export function problemOf(table: InodeTable): string | undefined {
  let bytes = 0;
  let names = 0;
  for (const inode of table.values()) {
    if (!inode.isDirectory) bytes += inode.size;
    else names += inode.entryCount;
    if (inode.isDirectory && [...table.entries(inode)].length !== inode.entryCount) return 'entries';
  }
  if (bytes !== table.bytes) return `bytes: ${bytes} are ${table.bytes}`;
  if (names !== table.names) return `names: ${names} are ${table.names}`;
  return undefined;
}
