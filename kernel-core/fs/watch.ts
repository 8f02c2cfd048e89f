// fs: what records mean to somebody who watches a path. Events say paths as they were when the record was
// applied, so each record is looked at in its place, before and after. Writes of one file that come in one
// batch are one event. Must always hold: events leave in the journal's order.
import { normalize, pathOf } from '../abi/path.js';
import type { JournalRecord } from '../abi/journal.js';
import { isNameRecord } from '../abi/records.js';
import type { Observer, Tree } from './tree.js';

/** Paths are absolute. `sequence`: the journal position of the last change it stands for. */
export interface FileEvent {
  readonly type: 'create' | 'change' | 'remove' | 'rename';
  readonly path: string;
  /** Of a rename: where it was. What comes from, or goes to, outside is created, or removed. */
  readonly from?: string;
  readonly sequence: number;
}

/** A batch is told at once when it is this long. */
const batchMax = 1000;

/**
 * Tells what happens at `path` (absolute): to that file, or in that directory; `recursive`: anywhere below.
 * Told in a microtask, in batches; ended by calling the result.
 */
export function watchTree(
  tree: Tree,
  path: string,
  recursive: boolean,
  tell: (events: readonly FileEvent[]) => void,
): () => void {
  const watcher = new Watcher(tree, normalize(path), recursive, tell);
  const stop = tree.observe(watcher);
  return () => {
    stop();
    watcher.stop();
  };
}

class Watcher implements Observer {
  readonly #tree: Tree;
  readonly #path: string;
  readonly #recursive: boolean;
  readonly #tell: (events: readonly FileEvent[]) => void;
  #events: FileEvent[] = [];
  /** Where in `#events` a path was made or changed last, while that is its last event. */
  readonly #latest = new Map<string, number>();
  /** What the record that is being applied will have done, as far as it must be known before. */
  #coming: { readonly path: string; readonly to?: string } | undefined;
  #stopped = false;

  constructor(tree: Tree, path: string, recursive: boolean, tell: (events: readonly FileEvent[]) => void) {
    this.#tree = tree;
    this.#path = path;
    this.#recursive = recursive;
    this.#tell = tell;
  }

  before(record: JournalRecord): void {
    this.#coming = undefined;
    if (!isNameRecord(record)) return;
    const path = this.#pathIn(record.parent, record.name);
    if (path === undefined) return;
    if (record.op !== 'rename') {
      this.#coming = { path };
      return;
    }
    const to = this.#pathIn(record.toParent, record.toName);
    if (to !== undefined) this.#coming = { path, to };
  }

  refused(): void {
    this.#coming = undefined;
  }

  after(record: JournalRecord, sequence: number): void {
    if (!isNameRecord(record)) {
      const path = this.#pathOf(record.inode);
      if (path !== undefined) this.#add({ type: 'change', path, sequence });
      return;
    }
    const coming = this.#coming;
    if (coming === undefined) return;
    this.#coming = undefined;
    if (record.op === 'unlink') this.#add({ type: 'remove', path: coming.path, sequence });
    else if (record.op !== 'rename') this.#add({ type: 'create', path: coming.path, sequence });
    else if (coming.to !== undefined) this.#moved(coming.path, coming.to, sequence);
  }

  stop(): void {
    this.#stopped = true;
    this.#events = [];
  }

  #moved(from: string, to: string, sequence: number): void {
    if (from === to) return;
    // What lies below has other paths from now on.
    this.#latest.clear();
    if (!this.#concerns(to)) this.#add({ type: 'remove', path: from, sequence });
    else if (!this.#concerns(from)) this.#add({ type: 'create', path: to, sequence });
    else this.#add({ type: 'rename', path: to, from, sequence });
  }

  #add(event: FileEvent): void {
    if (this.#stopped || !this.#concerns(event.path)) return;
    const index = event.type === 'change' ? this.#latest.get(event.path) : undefined;
    const before = index === undefined ? undefined : this.#events[index];
    if (index !== undefined && before !== undefined) {
      this.#events[index] = { ...before, sequence: event.sequence };
      return;
    }
    if (this.#events.length === 0) queueMicrotask(() => this.#flush());
    this.#events.push(event);
    if (event.type === 'create' || event.type === 'change') {
      this.#latest.set(event.path, this.#events.length - 1);
    } else {
      this.#latest.delete(event.path);
    }
    if (this.#events.length >= batchMax) this.#flush();
  }

  #flush(): void {
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    this.#latest.clear();
    this.#tell(events);
  }

  #concerns(path: string): boolean {
    if (path === this.#path) return true;
    const prefix = this.#path === '/' ? '/' : `${this.#path}/`;
    return path.startsWith(prefix) && (this.#recursive || !path.includes('/', prefix.length));
  }

  #pathIn(parent: number, name: string): string | undefined {
    const directory = this.#pathOf(parent);
    return directory === undefined ? undefined : `${directory === '/' ? '' : directory}/${name}`;
  }

  #pathOf(number: number): string | undefined {
    const { table } = this.#tree;
    if (!table.has(number)) return undefined;
    const inode = table.get(number);
    if (inode.links === 0) return undefined;
    return pathOf(table, inode);
  }
}
