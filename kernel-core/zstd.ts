// kernel: decompresses zstd, in a WebAssembly module that is libzstd's decoder (scripts/rollup/zstd-decoder.mjs).
// Must always hold: one instance for one call, so that its memory goes when the result has been used.

interface Decoder {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  malloc(bytes: number): number;
  /** More than any file has where the frame does not say, or where it is no frame. */
  ZSTD_findDecompressedSize(from: number, bytes: number): bigint;
  /** How many bytes it wrote; an error is a larger number. */
  ZSTD_decompress(to: number, room: number, from: number, bytes: number): number;
}

const bytesMax = 1n << 30n;
const noFrame = (): RangeError => new RangeError('This is not zstd that is whole and says its size.');

/** The content of one frame that says its size. It lies in the decoder's memory. Throws RangeError where it is none. */
export async function decompressZstd(
  decoder: WebAssembly.Module,
  frame: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const { exports } = await WebAssembly.instantiate(decoder, {
    env: { emscripten_notify_memory_growth: () => undefined },
  });
  const zstd = exports as unknown as Decoder;
  zstd._initialize();
  const from = zstd.malloc(frame.length);
  new Uint8Array(zstd.memory.buffer).set(frame, from);
  const size = BigInt.asUintN(64, zstd.ZSTD_findDecompressedSize(from, frame.length));
  if (size > bytesMax) throw noFrame();
  const to = zstd.malloc(Number(size));
  if (to === 0 && size > 0n) throw new RangeError('There is not enough memory to decompress it.');
  const written = zstd.ZSTD_decompress(to, Number(size), from, frame.length) >>> 0;
  if (written !== Number(size)) throw noFrame();
  return new Uint8Array(zstd.memory.buffer, to, written);
}
