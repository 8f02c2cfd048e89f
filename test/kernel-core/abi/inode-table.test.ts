import { expect } from 'chai';
import * as fc from 'fast-check';
import { errnoName, isErrno } from '../../../kernel-core/abi/errno.js';
import { InodeTable } from '../../../kernel-core/abi/inode-table.js';
import { rootInode, type InodeType, type JournalRecord } from '../../../kernel-core/abi/journal.js';
import { pathOf } from '../../../kernel-core/abi/path.js';

/** Sealed bytes, as the kernel keeps them in segments. */
class Segments {
  // 0 is no segment.
  readonly #bytes: Uint8Array[] = [new Uint8Array(0)];

  seal(bytes: Uint8Array): { segment: number; offset: number; length: number } {
    const padded = new Uint8Array(bytes.length + 3);
    padded.set(bytes, 3);
    return { segment: this.#bytes.push(padded) - 1, offset: 3, length: bytes.length };
  }

  readonly read = (segment: number, offset: number, target: Uint8Array) =>
    target.set(this.#bytes[segment]!.subarray(offset, offset + target.length));
}

function attempt(table: InodeTable, record: JournalRecord): string {
  try {
    table.apply(record);
    return 'OK';
  } catch (error) {
    if (isErrno(error)) return errnoName(error.errno);
    throw error;
  }
}

const timeMs = 1;
const create = (
  inode: number,
  name: string,
  type: InodeType = 'file',
  parent = rootInode,
): JournalRecord => ({
  ...{ op: 'create', inode, parent, name, type, mode: 0o644, timeMs },
  ...(type === 'symlink' ? { target: 'somewhere' } : {}),
});
const unlink = (name: string, parent = rootInode): JournalRecord => ({ op: 'unlink', parent, name, timeMs });
const write = (inode: number, position: number, text: string): JournalRecord => ({
  ...{ op: 'write', inode, position, timeMs },
  bytes: new TextEncoder().encode(text),
});
const text = (table: InodeTable, inode: number) => new TextDecoder().decode(table.contents(table.get(inode)));

describe('InodeTable', () => {
  it('keeps a removed file while it is open, and no longer', () => {
    const table = new InodeTable(new Segments().read);
    for (const record of [create(2, 'a'), write(2, 0, 'text')]) table.apply(record);
    const inode = table.get(2);
    table.open(inode);
    table.apply(unlink('a'));
    expect(text(table, 2)).to.equal('text');
    expect(table.bytes).to.equal(4);
    table.close(inode);
    expect(table.has(2)).to.equal(false);
    expect(table.bytes).to.equal(0);
  });

  it('gives a removed directory no new names', () => {
    const table = new InodeTable(new Segments().read);
    table.apply(create(2, 'd', 'directory'));
    table.open(table.get(2));
    table.apply(unlink('d'));
    expect(attempt(table, create(3, 'a', 'file', 2))).to.equal('ENOENT');
  });

  it('refuses names that no directory can have', () => {
    const table = new InodeTable(new Segments().read);
    for (const name of ['', '.', '..', 'a/b', 'a\0b'])
      expect(attempt(table, create(2, name))).to.equal('EINVAL');
    expect(attempt(table, create(2, 'x'.repeat(256)))).to.equal('ENAMETOOLONG');
    expect(attempt(table, create(2, 'x'.repeat(255)))).to.equal('OK');
    expect(attempt(table, create(2, 'again'))).to.equal('EINVAL');
  });

  it('reads sealed contents, and changes them without changing the segment', () => {
    const segments = new Segments();
    const table = new InodeTable(segments.read);
    for (const record of [create(2, 'a'), write(2, 0, 'sealed')]) table.apply(record);
    const extent = segments.seal(table.contents(table.get(2)).slice());
    table.seal(table.get(2), extent);
    const target = new Uint8Array(3);
    expect(table.read(table.get(2), 2, target)).to.equal(3);
    expect(new TextDecoder().decode(target)).to.equal('ale');
    table.apply(write(2, 0, 'S'));
    expect(text(table, 2)).to.equal('Sealed');
    const sealed = new Uint8Array(extent.length);
    segments.read(extent.segment, extent.offset, sealed);
    expect(new TextDecoder().decode(sealed)).to.equal('sealed');
  });

  it('shows zeros, never old bytes, where a file was cut and grew again', () => {
    const segments = new Segments();
    for (const sealed of [false, true]) {
      const table = new InodeTable(segments.read);
      for (const record of [create(2, 'a'), write(2, 0, 'secret')]) table.apply(record);
      if (sealed) table.seal(table.get(2), segments.seal(table.contents(table.get(2)).slice()));
      table.apply({ op: 'truncate', inode: 2, size: 2, timeMs });
      table.apply({ op: 'truncate', inode: 2, size: 5, timeMs });
      expect(text(table, 2)).to.equal('se\0\0\0');
      table.apply(write(2, 6, '!'));
      expect(text(table, 2)).to.equal('se\0\0\0\0!');
      expect(table.bytes).to.equal(7);
    }
  });

  it('agrees with a simple model on every record, and an image of it gives the same tree', () => {
    fc.assert(
      fc.property(fc.array(steps(), { maxLength: 60 }), (chosen) => {
        const segments = new Segments();
        const table = new InodeTable(segments.read);
        const model = new Model();
        for (const step of chosen) {
          if (step.op === 'seal') {
            if (!table.has(step.inode) || table.get(step.inode).type !== 'file') continue;
            const inode = table.get(step.inode);
            table.seal(inode, segments.seal(table.contents(inode).slice()));
            continue;
          }
          const before = describeTable(table);
          const answer = attempt(table, step);
          expect(answer, JSON.stringify(step)).to.equal(model.apply(step));
          if (answer !== 'OK') expect(describeTable(table)).to.deep.equal(before);
          expect(describeTable(table)).to.deep.equal(model.describe());
        }
        expect(describeTable(reloaded(table, segments))).to.deep.equal(model.describe());
      }),
      { numRuns: 400 },
    );
  });
});

type Step = JournalRecord | { readonly op: 'seal'; readonly inode: number };

/** Few names and inodes, so that records meet. */
function steps(): fc.Arbitrary<Step> {
  const inode = fc.integer({ min: 1, max: 9 });
  const name = fc.constantFrom('a', 'b', 'c', '..', '');
  const time = fc.constant(timeMs);
  return fc.oneof(
    { arbitrary: created(inode, name, time), weight: 5 },
    fc.record({
      op: fc.constant('write' as const),
      inode,
      position: fc.integer({ min: 0, max: 12 }),
      bytes: fc.uint8Array({ maxLength: 6, min: 1 }),
      timeMs: time,
    }),
    fc.record({
      op: fc.constant('truncate' as const),
      inode,
      size: fc.integer({ min: 0, max: 16 }),
      timeMs: time,
    }),
    fc.record({ op: fc.constant('link' as const), inode, parent: inode, name, timeMs: time }),
    fc.record({ op: fc.constant('unlink' as const), parent: inode, name, timeMs: time }),
    fc.record({
      op: fc.constant('rename' as const),
      parent: inode,
      name,
      toParent: inode,
      toName: name,
      timeMs: time,
    }),
    fc.record({
      op: fc.constant('attributes' as const),
      inode,
      mode: fc.integer({ min: 0, max: 0o7777 }),
      timeMs: time,
    }),
    fc.record({ op: fc.constant('seal' as const), inode }),
  );
}

function created(
  inode: fc.Arbitrary<number>,
  name: fc.Arbitrary<string>,
  time: fc.Arbitrary<number>,
): fc.Arbitrary<JournalRecord> {
  return fc
    .record({
      inode,
      parent: inode,
      name,
      type: fc.constantFrom<InodeType>('file', 'directory', 'directory', 'symlink'),
      timeMs: time,
    })
    .map((record) => ({
      op: 'create',
      mode: 0o644,
      ...record,
      ...(record.type === 'symlink' ? { target: 'elsewhere' } : {}),
    }));
}

/** What can be seen of a tree: an entry for each inode. */
type Description = Readonly<Record<string, unknown>>;

function describeTable(table: InodeTable): Description {
  const inodes: Record<string, unknown> = {};
  let [bytes, names] = [0, 0];
  for (const inode of table.values()) {
    const { number, type, mode, links, size, isDirectory } = inode;
    const entries = isDirectory ? [...table.entries(inode)].map(([name, each]) => [name, each.number]) : [];
    if (type !== 'directory') bytes += size;
    names += entries.length;
    inodes[number] = {
      type,
      mode,
      links,
      ...(type === 'file' ? { content: [...table.contents(inode)], read: readInParts(table, number) } : {}),
      ...(isDirectory ? { entries: entries.sort(), path: pathOf(table, inode) } : {}),
    };
  }
  expect({ bytes: table.bytes, names: table.names }).to.deep.equal({ bytes, names });
  return inodes;
}

function readInParts(table: InodeTable, number: number): number[] {
  const part = new Uint8Array(3);
  const all: number[] = [];
  for (;;) {
    const length = table.read(table.get(number), all.length, part);
    if (length === 0) return all;
    all.push(...part.subarray(0, length));
  }
}

/** The same tree by way of an image, as a new process gets it. */
function reloaded(table: InodeTable, segments: Segments): InodeTable {
  for (const inode of table.unsealed()) table.seal(inode, segments.seal(table.stored(inode).slice()));
  const copy = new InodeTable(segments.read);
  copy.load(structuredClone(table.image(1)));
  return copy;
}

interface Node {
  readonly type: InodeType;
  mode: number;
  content: number[];
  readonly entries: Map<string, number>;
}

/** The same rules in the plainest form: nodes, and everything else derived from them. */
class Model {
  #nodes = new Map<number, Node>([
    [rootInode, { type: 'directory', mode: 0o755, content: [], entries: new Map() }],
  ]);

  apply(record: JournalRecord): string {
    switch (record.op) {
      case 'create': {
        const refused = this.#refusesName(record.parent, record.name);
        if (refused !== undefined) return refused;
        if (this.#nodes.has(record.inode)) return 'EINVAL';
        const { type, mode } = record;
        this.#nodes.set(record.inode, { type, mode, content: [], entries: new Map() });
        this.#nodes.get(record.parent)?.entries.set(record.name, record.inode);
        return 'OK';
      }
      case 'write':
      case 'truncate': {
        const node = this.#nodes.get(record.inode);
        if (node === undefined) return 'ESTALE';
        if (node.type === 'directory') return 'EISDIR';
        if (node.type === 'symlink') return 'EINVAL';
        if (record.op === 'truncate') node.content = resized(node.content, record.size);
        else if (record.bytes.length > 0) {
          const size = Math.max(node.content.length, record.position + record.bytes.length);
          node.content = resized(node.content, size);
          node.content.splice(record.position, record.bytes.length, ...record.bytes);
        }
        return 'OK';
      }
      case 'link': {
        const node = this.#nodes.get(record.inode);
        if (node === undefined) return 'ESTALE';
        if (node.type === 'directory') return 'EPERM';
        const refused = this.#refusesName(record.parent, record.name);
        if (refused !== undefined) return refused;
        this.#nodes.get(record.parent)?.entries.set(record.name, record.inode);
        return 'OK';
      }
      case 'unlink': {
        const found = this.#named(record.parent, record.name);
        if (typeof found === 'string') return found;
        if (found.node.entries.size > 0) return 'ENOTEMPTY';
        this.#nodes.get(record.parent)?.entries.delete(record.name);
        this.#forget();
        return 'OK';
      }
      case 'rename':
        return this.#rename(record);
      case 'attributes': {
        const node = this.#nodes.get(record.inode);
        if (node === undefined) return 'ESTALE';
        node.mode = record.mode ?? node.mode;
        return 'OK';
      }
    }
  }

  describe(): Description {
    const described: Record<string, unknown> = {};
    for (const [number, { type, mode, content, entries }] of this.#nodes) {
      described[number] = {
        type,
        mode,
        links: number === rootInode ? 1 : this.#places(number).length,
        ...(type === 'file' ? { content, read: content } : {}),
        ...(type === 'directory' ? { entries: [...entries].sort(), path: this.#path(number) } : {}),
      };
    }
    return described;
  }

  #rename(record: JournalRecord & { op: 'rename' }): string {
    for (const number of [record.parent, record.toParent]) {
      const node = this.#nodes.get(number);
      if (node === undefined) return 'ESTALE';
      if (node.type !== 'directory') return 'ENOTDIR';
    }
    const found = this.#named(record.parent, record.name);
    if (typeof found === 'string') return found;
    const { number, node } = found;
    if (node.type === 'directory' && this.#isBelow(record.toParent, number)) return 'EINVAL';
    const replaced = this.#named(record.toParent, record.toName);
    if (typeof replaced === 'string') {
      const refused = this.#refusesName(record.toParent, record.toName);
      if (refused !== undefined) return refused;
    } else {
      if (replaced.number === number) return 'OK';
      if (replaced.node.type === 'directory' && node.type !== 'directory') return 'EISDIR';
      if (replaced.node.type !== 'directory' && node.type === 'directory') return 'ENOTDIR';
      if (replaced.node.entries.size > 0) return 'ENOTEMPTY';
    }
    this.#nodes.get(record.parent)?.entries.delete(record.name);
    this.#nodes.get(record.toParent)?.entries.set(record.toName, number);
    this.#forget();
    return 'OK';
  }

  #refusesName(parent: number, name: string): string | undefined {
    const node = this.#nodes.get(parent);
    if (node === undefined) return 'ESTALE';
    if (node.type !== 'directory') return 'ENOTDIR';
    if (name === '' || name === '..') return 'EINVAL';
    return node.entries.has(name) ? 'EEXIST' : undefined;
  }

  #named(parent: number, name: string): { number: number; node: Node } | string {
    const directory = this.#nodes.get(parent);
    if (directory === undefined) return 'ESTALE';
    if (directory.type !== 'directory') return 'ENOTDIR';
    const number = directory.entries.get(name);
    return number === undefined ? 'ENOENT' : { number, node: this.#nodes.get(number)! };
  }

  /** Directories and names under which an inode can be found. */
  #places(number: number): (readonly [number, string])[] {
    return [...this.#nodes].flatMap(([parent, { entries }]) =>
      [...entries].filter(([, each]) => each === number).map(([name]) => [parent, name] as const),
    );
  }

  #path(number: number): string {
    const names: string[] = [];
    for (let current = number; current !== rootInode;) {
      const [parent, name] = this.#places(current)[0]!;
      names.unshift(name);
      current = parent;
    }
    return `/${names.join('/')}`;
  }

  #isBelow(number: number, ancestor: number): boolean {
    for (let current = number; ;) {
      if (current === ancestor) return true;
      if (current === rootInode) return false;
      current = this.#places(current)[0]![0];
    }
  }

  /** Nothing is open here: an inode without a name is gone. */
  #forget(): void {
    for (const number of [...this.#nodes.keys()]) {
      if (number !== rootInode && this.#places(number).length === 0) this.#nodes.delete(number);
    }
  }
}

function resized(content: readonly number[], size: number): number[] {
  return Array.from({ length: size }, (_, index) => content[index] ?? 0);
}
