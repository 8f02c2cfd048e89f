// javascript loader: `crypto.subtle` and `crypto.randomUUID` where the engine withholds them: the workers of an
// opaque origin are no secure context in Chromium. The functions behind `subtle` are the `crypto` part.
import type { EventLoop } from './event-loop.js';

const getRandomValues = crypto.getRandomValues.bind(crypto);

/** The `crypto` part: every method of SubtleCrypto. */
export type CryptoPart = Record<string, (...args: unknown[]) => Promise<unknown>>;

const methods: Readonly<Record<string, number>> = {
  encrypt: 3,
  decrypt: 3,
  sign: 3,
  verify: 4,
  digest: 2,
  generateKey: 3,
  deriveKey: 5,
  deriveBits: 2,
  importKey: 5,
  exportKey: 2,
  wrapKey: 4,
  unwrapKey: 7,
};

export function installCrypto(loop: EventLoop, loadPart: () => Promise<unknown>): void {
  const { crypto } = globalThis;
  const prototype = Object.getPrototypeOf(crypto) as object;
  if (typeof crypto.randomUUID !== 'function') {
    Object.defineProperty(prototype, 'randomUUID', {
      value: randomUUID,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  if (crypto.subtle !== undefined) return;

  class SubtleCrypto {
    get [Symbol.toStringTag](): string {
      return 'SubtleCrypto';
    }
  }
  for (const [name, length] of Object.entries(methods)) {
    const method = (...args: unknown[]): Promise<unknown> =>
      loop.track((async () => (await (loadPart() as Promise<CryptoPart>))[name]?.(...args))());
    Object.defineProperty(method, 'name', { value: name });
    Object.defineProperty(method, 'length', { value: length });
    Object.defineProperty(SubtleCrypto.prototype, name, {
      value: method,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  const subtle = new SubtleCrypto();
  Object.defineProperty(prototype, 'subtle', { get: () => subtle, enumerable: true, configurable: true });
  Object.defineProperty(globalThis, 'SubtleCrypto', {
    value: SubtleCrypto,
    writable: true,
    configurable: true,
  });
}

/** RFC 9562 version 4. */
function randomUUID(): string {
  const bytes = getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
