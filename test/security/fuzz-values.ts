// Seeded nonsense for a process port: the same seed gives the same messages.

export type Random = () => number;

/** mulberry32: small, and good enough to wander through every branch. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

/** What the fuzzer knows about the process it plays. */
export interface Ground {
  readonly lease: { readonly first: number; readonly count: number };
  readonly inodes: number[];
}

const odd: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => NaN,
  () => -1,
  () => -0,
  () => 0.5,
  () => 2 ** 31,
  () => 2 ** 53,
  () => Infinity,
  () => 1n,
  () => '',
  () => '..',
  () => 'a/b',
  () => '\0',
  () => '\ud800',
  () => 'x'.repeat(5000),
  () => true,
  () => [],
  () => ({}),
  () => new Date(NaN),
  () => /x/g,
  () => new Error('x'),
  () => new Map([[1, new Map()]]),
  () => new Set([1]),
  () => new ArrayBuffer(8),
  () => new DataView(new ArrayBuffer(8)),
  () => new Float64Array(3),
  () => new Uint8Array(0),
  () => new Uint8Array(new ArrayBuffer(4096), 100, 3),
  () => new Uint8ClampedArray(4),
  () => new Blob(['x']),
  () => new ImageData(1, 1),
  () => Object.create(null) as unknown,
  () => ({ length: 2 ** 32 }),
  () => new Array<unknown>(1000),
  () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    return cycle;
  },
  () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 500; depth += 1) deep = [deep];
    return deep;
  },
  // Only where the page is isolated can it be posted at all.
  () => (typeof SharedArrayBuffer === 'undefined' ? null : new Uint8Array(new SharedArrayBuffer(8))),
];

const anything = (random: Random): unknown => pick(random, odd)();
/** Mostly what belongs there, now and then anything. */
const mostly = (random: Random, value: unknown): unknown => (random() < 0.002 ? anything(random) : value);
const count = (random: Random, below: number): number => Math.floor(random() * below);

function inodeOf(random: Random, ground: Ground): number {
  const roll = random();
  if (roll < 0.6 && ground.inodes.length > 0) return pick(random, ground.inodes);
  if (roll < 0.8) return 1;
  return count(random, 40);
}

const nameOf = (random: Random): string =>
  pick(random, ['a', 'b', 'c', 'd', 'long'.repeat(70), 'ü', '__proto__', 'constructor']);

function recordOf(random: Random, ground: Ground): Record<string, unknown> {
  const m = (value: unknown): unknown => mostly(random, value);
  const timeMs = m(count(random, 1e9));
  const inode = m(inodeOf(random, ground));
  const parent = m(inodeOf(random, ground));
  const name = m(nameOf(random));
  switch (count(random, 9)) {
    case 0:
    case 1: {
      const number = ground.lease.first + count(random, ground.lease.count);
      ground.inodes.push(number);
      const type = m(pick(random, ['file', 'directory', 'symlink']));
      return {
        op: 'create',
        inode: m(number),
        parent,
        name,
        type,
        mode: m(0o644),
        target: m(undefined),
        timeMs,
      };
    }
    case 2:
      return {
        op: 'write',
        inode,
        position: m(count(random, 9000)),
        bytes: m(new Uint8Array(count(random, 3000))),
        timeMs,
      };
    case 3:
      return { op: 'truncate', inode, size: m(count(random, 20_000)), timeMs };
    case 4:
      return { op: 'link', inode, parent, name, timeMs };
    case 5:
      return { op: 'unlink', parent, name, timeMs };
    case 6:
      return {
        op: 'rename',
        parent,
        name,
        toParent: m(inodeOf(random, ground)),
        toName: m(nameOf(random)),
        timeMs,
      };
    case 7:
      return { op: pick(random, ['hold', 'hold', 'release']), inode };
    default:
      return {
        op: m('attributes'),
        inode,
        mode: m(count(random, 70_000)),
        accessedMs: m(1),
        modifiedMs: m(2),
        timeMs,
      };
  }
}

/** One message; about one in a hundred is no message at all, or one with something odd in it. */
export function messageOf(random: Random, ground: Ground): unknown {
  const m = (value: unknown): unknown => mostly(random, value);
  switch (count(random, 30)) {
    case 0:
      return random() < 0.2 ? anything(random) : { type: 'begin' };
    case 1:
      return { type: m('alive') };
    case 2:
      return { type: 'begin' };
    case 3:
      return random() < 0.05
        ? { type: 'exit', code: m(count(random, 256)), reusable: m(true), message: m('bye') }
        : { type: 'begin' };
    case 4:
      return random() < 0.05 ? { type: 'failed', message: m('failed') } : { type: 'begin' };
    case 5:
    case 6:
    case 7:
      return {
        type: 'syscall',
        id: m(count(random, 100)),
        number: m(count(random, 8)),
        args: m([anything(random), anything(random)]),
      };
    case 8:
    case 9:
      // A call whose arguments are numbers.
      return m([
        m(count(random, 100)),
        m(count(random, 60)),
        ...Array.from({ length: count(random, 10) }, () => m(count(random, 10_000))),
      ]);
    case 10:
    case 11:
    case 12:
    case 13:
      return { type: 'write', handle: m(count(random, 4)), bytes: m(new Uint8Array(count(random, 300))) };
    case 14: {
      // Records as bytes: the version, and what may well begin one.
      const bytes = Uint8Array.from({ length: count(random, 40) }, () => count(random, 256));
      bytes.set([1, count(random, 12)].slice(0, bytes.length));
      return { type: 'journal', records: m(bytes) };
    }
    default:
      return {
        type: 'journal',
        records: m(Array.from({ length: 1 + count(random, 5) }, () => recordOf(random, ground))),
      };
  }
}
