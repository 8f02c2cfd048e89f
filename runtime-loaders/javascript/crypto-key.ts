// javascript loader, part `crypto`: keys of our own SubtleCrypto, and the ways to write them down.
// Must always hold: the bytes of a key are reachable through `materialOf` only, never from the program.

export type KeyType = 'secret' | 'private' | 'public';

/** What `key.algorithm` says. */
export interface KeyAlgorithm {
  readonly name: string;
  readonly length?: number;
  readonly hash?: { readonly name: string };
  readonly namedCurve?: string;
}

export interface KeyMaterial {
  /** Secret bytes, a private scalar, or an encoded public point. */
  readonly bytes: Uint8Array;
  /** Of a private key: its public half. */
  readonly publicBytes?: Uint8Array;
}

const materials = new WeakMap<object, KeyMaterial>();

/** As the CryptoKey of the Web Cryptography API. */
export class CryptoKey {
  readonly type: KeyType;
  readonly extractable: boolean;
  readonly algorithm: KeyAlgorithm;
  readonly usages: readonly string[];

  constructor(
    type: KeyType,
    extractable: boolean,
    algorithm: KeyAlgorithm,
    usages: readonly string[],
    material: KeyMaterial,
  ) {
    this.type = type;
    this.extractable = extractable;
    this.algorithm = algorithm;
    this.usages = [...usages];
    materials.set(this, material);
  }

  get [Symbol.toStringTag](): string {
    return 'CryptoKey';
  }
}

export function materialOf(key: CryptoKey): KeyMaterial {
  const material = materials.get(key);
  if (material === undefined) throw new TypeError('This is not a CryptoKey.');
  return material;
}

/** Bytes as base64url, the form of JSON Web Keys. */
export function toBase64Url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function fromBase64Url(text: unknown): Uint8Array {
  if (typeof text !== 'string') throw failure('DataError', 'The JSON Web Key lacks a member.');
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
    letter.charCodeAt(0),
  );
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** The bytes of an ArrayBuffer or a view, copied. */
export function bytesOf(data: unknown): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0));
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  throw new TypeError('Expected an ArrayBuffer or a typed array.');
}

export function failure(name: string, message: string): DOMException {
  return new DOMException(message, name);
}
