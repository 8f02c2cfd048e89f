// javascript loader, part `crypto`: SubtleCrypto of the Web Cryptography API over the noble libraries, for realms
// where the engine has none. RSA and AES-KW are not here; asking for them says so.
import { cbc, ctr, gcm } from '@noble/ciphers/aes.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { curveOf, exportCurveKey, importCurveKey, type Curve } from './crypto-curves.js';
import {
  bytesOf,
  CryptoKey,
  failure,
  fromBase64Url,
  materialOf,
  toBase64Url,
  type KeyAlgorithm,
} from './crypto-key.js';

type Name = string | { readonly name: string };
/** Parameters of any algorithm, as the program gave them. */
type Parameters = { readonly name: string } & Readonly<Record<string, unknown>>;

const known = [
  ...['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512', 'HMAC', 'AES-GCM', 'AES-CBC', 'AES-CTR', 'PBKDF2', 'HKDF'],
  ...['ECDSA', 'ECDH', 'Ed25519', 'X25519'],
];
const hashes = { 'SHA-1': sha1, 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 };
const hashNumbers: Readonly<Record<string, string>> = {
  'SHA-1': '1',
  'SHA-256': '256',
  'SHA-384': '384',
  'SHA-512': '512',
};

function normalized(algorithm: unknown): Parameters {
  const given = (typeof algorithm === 'string' ? { name: algorithm } : algorithm) as Parameters;
  const name = known.find((one) => one.toLowerCase() === String(given?.name).toLowerCase());
  if (name === undefined) {
    throw failure(
      'NotSupportedError',
      `${String(given?.name)} is not available in this browser's sandbox; ${known.join(', ')} are.`,
    );
  }
  return { ...given, name };
}

function hashOf(algorithm: unknown): { readonly name: keyof typeof hashes; readonly run: typeof sha256 } {
  const { name } = normalized(algorithm);
  if (!(name in hashes)) throw failure('NotSupportedError', `${name} is not a hash.`);
  return { name: name as keyof typeof hashes, run: hashes[name as keyof typeof hashes] as typeof sha256 };
}

function buffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}

function usable(key: CryptoKey, algorithm: Parameters, usage: string): void {
  if (key.algorithm.name !== algorithm.name) {
    throw failure('InvalidAccessError', `The key is for ${key.algorithm.name}, not for ${algorithm.name}.`);
  }
  if (!key.usages.includes(usage)) throw failure('InvalidAccessError', `The key was not made for ${usage}.`);
}

const curveName = ({ name, namedCurve }: KeyAlgorithm): string => namedCurve ?? name;
const isCurve = (name: string): boolean => ['ECDSA', 'ECDH', 'Ed25519', 'X25519'].includes(name);

export async function digest(algorithm: Name, data: unknown): Promise<ArrayBuffer> {
  return buffer(hashOf(algorithm).run(bytesOf(data)));
}

export async function encrypt(
  algorithm: Name,
  key: CryptoKey,
  data: unknown,
  usage = 'encrypt',
): Promise<ArrayBuffer> {
  const parameters = normalized(algorithm);
  usable(key, parameters, usage);
  return buffer(cipher(parameters, key).encrypt(bytesOf(data)));
}

export async function decrypt(
  algorithm: Name,
  key: CryptoKey,
  data: unknown,
  usage = 'decrypt',
): Promise<ArrayBuffer> {
  const parameters = normalized(algorithm);
  usable(key, parameters, usage);
  try {
    return buffer(cipher(parameters, key).decrypt(bytesOf(data)));
  } catch (error) {
    if (error instanceof DOMException) throw error;
    throw failure('OperationError', 'The data cannot be decrypted with this key.');
  }
}

function cipher(
  parameters: Parameters,
  key: CryptoKey,
): { encrypt(data: Uint8Array): Uint8Array; decrypt(data: Uint8Array): Uint8Array } {
  const { bytes } = materialOf(key);
  switch (parameters.name) {
    case 'AES-GCM': {
      if ((parameters['tagLength'] ?? 128) !== 128) {
        throw failure('NotSupportedError', 'AES-GCM has tags of 128 bits only here.');
      }
      const extra = parameters['additionalData'];
      return gcm(bytes, bytesOf(parameters['iv']), extra === undefined ? undefined : bytesOf(extra));
    }
    case 'AES-CBC':
      return cbc(bytes, bytesOf(parameters['iv']));
    case 'AES-CTR':
      return ctr(bytes, bytesOf(parameters['counter']));
    default:
      throw failure('NotSupportedError', `${parameters.name} does not encrypt.`);
  }
}

export async function sign(algorithm: Name, key: CryptoKey, data: unknown): Promise<ArrayBuffer> {
  const parameters = normalized(algorithm);
  usable(key, parameters, 'sign');
  if (parameters.name === 'HMAC')
    return buffer(hmac(hashOf(key.algorithm.hash).run, materialOf(key).bytes, bytesOf(data)));
  const curve = curveOf(curveName(key.algorithm));
  if (curve.sign === undefined) throw failure('NotSupportedError', `${parameters.name} does not sign.`);
  return buffer(curve.sign(messageOf(parameters, data), materialOf(key).bytes));
}

export async function verify(
  algorithm: Name,
  key: CryptoKey,
  signature: unknown,
  data: unknown,
): Promise<boolean> {
  const parameters = normalized(algorithm);
  usable(key, parameters, 'verify');
  if (parameters.name === 'HMAC') {
    const expected = hmac(hashOf(key.algorithm.hash).run, materialOf(key).bytes, bytesOf(data));
    const given = bytesOf(signature);
    let difference = expected.length ^ given.length;
    for (const [index, byte] of expected.entries()) difference |= byte ^ (given[index] ?? 0);
    return difference === 0;
  }
  const curve = curveOf(curveName(key.algorithm));
  try {
    return curve.verify?.(bytesOf(signature), messageOf(parameters, data), materialOf(key).bytes) === true;
  } catch {
    return false; // not even the form of a signature
  }
}

/** ECDSA signs a digest, Ed25519 the message. */
function messageOf(parameters: Parameters, data: unknown): Uint8Array {
  return parameters.name === 'ECDSA' ? hashOf(parameters['hash']).run(bytesOf(data)) : bytesOf(data);
}

export async function generateKey(
  algorithm: Name,
  extractable: boolean,
  usages: readonly string[],
): Promise<CryptoKey | { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey }> {
  const parameters = normalized(algorithm);
  if (isCurve(parameters.name)) {
    const described = describe(parameters, 0);
    const curve = curveOf(curveName(described));
    const bytes = curve.generate();
    const publicBytes = curve.publicOf(bytes);
    const forPublic = usages.filter((usage) => usage === 'verify');
    const forPrivate = usages.filter((usage) => usage !== 'verify');
    return {
      publicKey: new CryptoKey('public', true, described, forPublic, { bytes: publicBytes }),
      privateKey: new CryptoKey('private', extractable, described, forPrivate, { bytes, publicBytes }),
    };
  }
  const length = secretLength(parameters);
  const bytes = crypto.getRandomValues(new Uint8Array(length / 8));
  return new CryptoKey('secret', extractable, describe(parameters, length), usages, { bytes });
}

function secretLength(parameters: Parameters): number {
  const { name, length } = parameters;
  if (name === 'HMAC') return Number(length ?? hashOf(parameters['hash']).run.blockLen * 8);
  if (!name.startsWith('AES-')) throw failure('NotSupportedError', `${name} has no keys to generate.`);
  if (![128, 192, 256].includes(Number(length)))
    throw failure('OperationError', 'AES keys have 128, 192 or 256 bits.');
  return Number(length);
}

function describe(parameters: Parameters, length: number): KeyAlgorithm {
  const { name } = parameters;
  if (name === 'HMAC') return { name, hash: { name: hashOf(parameters['hash']).name }, length };
  if (name === 'ECDSA' || name === 'ECDH') return { name, namedCurve: String(parameters['namedCurve']) };
  return name.startsWith('AES-') ? { name, length } : { name };
}

export async function importKey(
  format: string,
  data: unknown,
  algorithm: Name,
  extractable: boolean,
  usages: readonly string[],
): Promise<CryptoKey> {
  const parameters = normalized(algorithm);
  const given = format === 'jwk' ? (data as JsonWebKey) : bytesOf(data);
  if (isCurve(parameters.name)) {
    const described = describe(parameters, 0);
    const name = curveName(described);
    const { type, material } = importCurveKey(format, given, curveOf(name), name);
    return new CryptoKey(type, type === 'public' || extractable, described, usages, material);
  }
  if (format !== 'raw' && format !== 'jwk')
    throw failure('NotSupportedError', `${parameters.name} keys are raw or jwk.`);
  const bytes = given instanceof Uint8Array ? given : fromBase64Url(given.k);
  if (parameters.name.startsWith('AES-') && ![16, 24, 32].includes(bytes.length)) {
    throw failure('DataError', 'AES keys have 128, 192 or 256 bits.');
  }
  return new CryptoKey('secret', extractable, describe(parameters, bytes.length * 8), usages, { bytes });
}

export async function exportKey(format: string, key: CryptoKey): Promise<ArrayBuffer | JsonWebKey> {
  if (!key.extractable) throw failure('InvalidAccessError', 'The key is not extractable.');
  const material = materialOf(key);
  const { name, hash, length } = key.algorithm;
  const facts = { ext: key.extractable, key_ops: [...key.usages] };
  if (isCurve(name)) {
    const curve: Curve = curveOf(curveName(key.algorithm));
    const exported = exportCurveKey(format, key.type, material, curve, curveName(key.algorithm));
    return exported instanceof Uint8Array ? buffer(exported) : { ...exported, ...facts };
  }
  if (format === 'raw') return buffer(material.bytes);
  if (format !== 'jwk') throw failure('NotSupportedError', `${name} keys are raw or jwk.`);
  const alg = hash === undefined ? `A${String(length)}${name.slice(4)}` : `HS${hashNumbers[hash.name] ?? ''}`;
  return { kty: 'oct', k: toBase64Url(material.bytes), alg, ...facts };
}

export async function deriveBits(
  algorithm: Name,
  key: CryptoKey,
  length: number | null,
  usage = 'deriveBits',
): Promise<ArrayBuffer> {
  const parameters = normalized(algorithm);
  usable(key, parameters, usage);
  const { bytes } = materialOf(key);
  const wanted = length === null || length === undefined ? undefined : length / 8;
  if (parameters.name === 'ECDH' || parameters.name === 'X25519') {
    const other = parameters['public'] as CryptoKey;
    const shared =
      curveOf(curveName(key.algorithm)).shared?.(bytes, materialOf(other).bytes) ?? new Uint8Array(0);
    if (wanted !== undefined && wanted > shared.length)
      throw failure('OperationError', 'So many bits are not shared.');
    return buffer(shared.subarray(0, wanted));
  }
  if (wanted === undefined || !Number.isInteger(wanted)) {
    throw failure('OperationError', 'The length must be a multiple of 8 bits.');
  }
  const hash = hashOf(parameters['hash']).run;
  const salt = bytesOf(parameters['salt']);
  if (parameters.name === 'PBKDF2') {
    return buffer(pbkdf2(hash, bytes, salt, { c: Number(parameters['iterations']), dkLen: wanted }));
  }
  if (parameters.name === 'HKDF') return buffer(hkdf(hash, bytes, salt, bytesOf(parameters['info']), wanted));
  throw failure('NotSupportedError', `${parameters.name} derives nothing.`);
}

export async function deriveKey(
  algorithm: Name,
  key: CryptoKey,
  derived: Name,
  extractable: boolean,
  usages: readonly string[],
): Promise<CryptoKey> {
  const target = normalized(derived);
  const derives = target.name === 'PBKDF2' || target.name === 'HKDF';
  const bits = await deriveBits(algorithm, key, derives ? null : secretLength(target), 'deriveKey');
  return importKey('raw', bits, target, extractable, usages);
}

export async function wrapKey(
  format: string,
  key: CryptoKey,
  wrapping: CryptoKey,
  algorithm: Name,
): Promise<ArrayBuffer> {
  const exported = await exportKey(format, key);
  const bytes =
    exported instanceof ArrayBuffer ? exported : new TextEncoder().encode(JSON.stringify(exported));
  return encrypt(algorithm, wrapping, bytes, 'wrapKey');
}

export async function unwrapKey(
  format: string,
  wrapped: unknown,
  unwrapping: CryptoKey,
  algorithm: Name,
  keyAlgorithm: Name,
  extractable: boolean,
  usages: readonly string[],
): Promise<CryptoKey> {
  const bytes = await decrypt(algorithm, unwrapping, wrapped, 'unwrapKey');
  const data: unknown = format === 'jwk' ? JSON.parse(new TextDecoder().decode(bytes)) : bytes;
  return importKey(format, data, keyAlgorithm, extractable, usages);
}
