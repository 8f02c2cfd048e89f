// client: packs that are mounted and fetched as they are read. A pack has segments of its own in every kernel of
// the page (`abi/pack-blocks.ts`); a kernel that lacks one asks for it here by its number.
// Must always hold: a block is handed out only after its hash was compared; one that failed leaves nothing
// behind, so that asking again starts clean.
import { firstBlock, lastBlock } from '../abi/pack-blocks.js';
import { openCache } from './asset-store.js';
import { KernelError } from './kernel-error.js';

/** Blocks that lie side by side are fetched together up to so many bytes, and so many requests at a time. */
const requestBytes = 4 * 1024 * 1024;
const requestsMax = 3;

/** A part of a pack's file. */
export interface StoredBlock {
  readonly from: number;
  readonly to: number;
  /** Of the bytes as they are stored, in hex. */
  readonly sha256: string;
}

/** What the reader of packs (`archive/pack.ts`) knows of one. */
interface StoredPack {
  /** By which it is known: the hash of its index. */
  readonly id: string;
  readonly url: URL;
  readonly blocks: readonly StoredBlock[];
  /** Bytes `from` up to but without `to` of the file. */
  read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The content of a block; undefined where the bytes are not those of its hash. */
  contentOf(block: number, stored: Uint8Array<ArrayBuffer>): Promise<Uint8Array | undefined>;
}

const packs = new Map<string, { readonly first: number; readonly pack: StoredPack }>();
const running = new Map<number, Promise<Uint8Array>>();
let next = firstBlock;

/** Remembers a pack as long as the page lives; the same one again has the same segments. Returns the first. */
export function addPack(pack: StoredPack): number {
  const first = packs.get(pack.id)?.first ?? next;
  if (first === next) next += pack.blocks.length;
  if (next > lastBlock) throw new KernelError('ENOSPC', 'This page has mounted too many packs.');
  // The address last given is the one that is likeliest to answer.
  packs.set(pack.id, { first, pack });
  return first;
}

/** The content of blocks. Rejects with EINTEGRITY, ENETWORK, ENOTFOUND. */
export async function fetchBlocks(
  blocks: readonly number[],
): Promise<{ readonly block: number; readonly bytes: Uint8Array }[]> {
  const wanted = blocks.filter((block) => !running.has(block)).sort((a, b) => a - b);
  for (const { first, pack } of packs.values()) {
    const own = wanted.map((block) => block - first).filter((index) => index in pack.blocks);
    if (own.length > 0) start(pack, first, own);
  }
  return Promise.all(
    blocks.map(async (block) => {
      const bytes = running.get(block);
      if (bytes === undefined) throw new KernelError('EIO', 'There is no such block of a pack.');
      return { block, bytes: await bytes };
    }),
  );
}

/** Of blocks that are asked for together, one that fails fails all. */
function start(pack: StoredPack, first: number, indices: readonly number[]): void {
  const forget = (): void => {
    for (const index of indices) running.delete(first + index);
  };
  const writes: Promise<void>[] = [];
  const work = contentsOf(pack, indices, writes);
  // Who asks again before the browser's cache has them is given these.
  work.then(() => Promise.all(writes)).then(forget, forget);
  for (const index of indices) {
    const content = work.then((contents) => contents.get(index) as Uint8Array);
    // Whoever asked hears of it.
    content.catch(() => undefined);
    running.set(first + index, content);
  }
}

/** `writes` gets what is on its way into the browser's cache; it never rejects. */
async function contentsOf(
  pack: StoredPack,
  indices: readonly number[],
  writes: Promise<void>[],
): Promise<Map<number, Uint8Array>> {
  const cache = await openCache();
  const contents = new Map<number, Uint8Array>();
  for (const index of indices) {
    const kept = await cache?.match(cacheKey(pack, index));
    const stored = kept === undefined ? undefined : new Uint8Array(await kept.arrayBuffer());
    const content = stored === undefined ? undefined : await pack.contentOf(index, stored);
    if (content !== undefined) contents.set(index, content);
  }
  const runs = runsOf(
    pack,
    indices.filter((index) => !contents.has(index)),
  );
  const fetchNext = async (): Promise<void> => {
    for (let run = runs.shift(); run !== undefined; run = runs.shift()) {
      await fetchRun(pack, run, (index, stored, content) => {
        contents.set(index, content);
        // A full disk only costs the next reader's time.
        const written = cache?.put(cacheKey(pack, index), new Response(stored));
        if (written !== undefined) writes.push(written.catch(() => undefined));
      });
    }
  };
  await Promise.all(Array.from({ length: requestsMax }, fetchNext));
  return contents;
}

/** Blocks side by side that are fetched by one request. */
function runsOf({ blocks }: StoredPack, indices: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const index of indices) {
    const run = runs.at(-1);
    const begin = blocks[run?.[0] ?? index]?.from ?? 0;
    const end = blocks[index]?.to ?? 0;
    if (run !== undefined && run.at(-1) === index - 1 && end - begin <= requestBytes) run.push(index);
    else runs.push([index]);
  }
  return runs;
}

async function fetchRun(
  pack: StoredPack,
  run: readonly number[],
  take: (index: number, stored: Uint8Array<ArrayBuffer>, content: Uint8Array) => void,
): Promise<void> {
  const [begin, end] = [pack.blocks[run[0] as number], pack.blocks[run.at(-1) as number]] as StoredBlock[];
  if (begin === undefined || end === undefined) return;
  const bytes = await pack.read(begin.from, end.to);
  if (bytes.length !== end.to - begin.from) {
    throw new KernelError('ENETWORK', `${pack.url.href} sent less of the pack than was asked for.`, {
      hint: 'Try again.',
    });
  }
  for (const index of run) {
    const { from, to } = pack.blocks[index] as StoredBlock;
    const stored = bytes.slice(from - begin.from, to - begin.from);
    const content = await pack.contentOf(index, stored);
    if (content === undefined) {
      throw new KernelError('EINTEGRITY', `${pack.url.href} is not the pack that was mounted.`, {
        hint: 'Unmount it and mount it again; a proxy or server may have changed the file.',
      });
    }
    take(index, stored, content);
  }
}

/** The key names the content, so that another pack at the same address has other entries. */
function cacheKey({ url, blocks }: StoredPack, index: number): string {
  const key = new URL(url);
  key.searchParams.set('block', blocks[index]?.sha256 ?? '');
  return key.href;
}
