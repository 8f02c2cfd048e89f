// javascript loader, part `crypto`: elliptic curves (noble) and the encodings of their keys (RFC 5480, 5915, 8410).
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import {
  failure,
  fromBase64Url,
  fromHex,
  joined,
  toBase64Url,
  type KeyMaterial,
  type KeyType,
} from './crypto-key.js';

export interface Curve {
  readonly keyType: 'EC' | 'OKP';
  readonly secretBytes: number;
  /** DER up to the key itself. */
  readonly spki: string;
  readonly pkcs8: string;
  /** DER between private and public key; undefined where the public key is left out. */
  readonly pkcs8Public: string | undefined;
  generate(): Uint8Array;
  publicOf(secret: Uint8Array): Uint8Array;
  /** Throws where the bytes are no point of the curve. */
  check(publicBytes: Uint8Array): void;
  sign?(message: Uint8Array, secret: Uint8Array): Uint8Array;
  verify?(signature: Uint8Array, message: Uint8Array, publicBytes: Uint8Array): boolean;
  shared?(secret: Uint8Array, publicBytes: Uint8Array): Uint8Array;
}

type Weierstrass = typeof p256;
const digestOptions = { prehash: false, lowS: false } as const;

function weierstrass(
  curve: Weierstrass,
  secretBytes: number,
  encodings: Pick<Curve, 'spki' | 'pkcs8' | 'pkcs8Public'>,
): Curve {
  return {
    ...encodings,
    keyType: 'EC',
    secretBytes,
    generate: () => curve.utils.randomSecretKey(),
    publicOf: (secret) => curve.getPublicKey(secret, false),
    check: (bytes) => void curve.Point.fromBytes(bytes),
    sign: (digest, secret) => curve.sign(digest, secret, digestOptions),
    verify: (signature, digest, key) => curve.verify(signature, digest, key, digestOptions),
    // The x coordinate alone.
    shared: (secret, key) => curve.getSharedSecret(secret, key, false).subarray(1, 1 + secretBytes),
  };
}

const curves: Readonly<Record<string, Curve>> = {
  'P-256': weierstrass(p256, 32, {
    spki: '3059301306072a8648ce3d020106082a8648ce3d030107034200',
    pkcs8: '308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420',
    pkcs8Public: 'a144034200',
  }),
  'P-384': weierstrass(p384, 48, {
    spki: '3076301006072a8648ce3d020106052b81040022036200',
    pkcs8: '3081b6020100301006072a8648ce3d020106052b8104002204819e30819b0201010430',
    pkcs8Public: 'a164036200',
  }),
  'P-521': weierstrass(p521, 66, {
    spki: '30819b301006072a8648ce3d020106052b8104002303818600',
    pkcs8: '3081ee020100301006072a8648ce3d020106052b810400230481d63081d30201010442',
    pkcs8Public: 'a1818903818600',
  }),
  Ed25519: {
    keyType: 'OKP',
    secretBytes: 32,
    spki: '302a300506032b6570032100',
    pkcs8: '302e020100300506032b657004220420',
    pkcs8Public: undefined,
    generate: () => ed25519.utils.randomSecretKey(),
    publicOf: (secret) => ed25519.getPublicKey(secret),
    check: (bytes) => void ed25519.Point.fromBytes(bytes),
    sign: (message, secret) => ed25519.sign(message, secret),
    verify: (signature, message, key) => ed25519.verify(signature, message, key),
  },
  X25519: {
    keyType: 'OKP',
    secretBytes: 32,
    spki: '302a300506032b656e032100',
    pkcs8: '302e020100300506032b656e04220420',
    pkcs8Public: undefined,
    generate: () => x25519.utils.randomSecretKey(),
    publicOf: (secret) => x25519.getPublicKey(secret),
    check: () => undefined,
    shared: (secret, key) => x25519.getSharedSecret(secret, key),
  },
};

export function curveOf(name: string | undefined): Curve {
  const curve = name === undefined || !Object.hasOwn(curves, name) ? undefined : curves[name];
  if (curve === undefined) {
    throw failure(
      'NotSupportedError',
      `The curve ${name ?? '(none)'} is not known here: P-256, P-384 and P-521 are.`,
    );
  }
  return curve;
}

export function exportCurveKey(
  format: string,
  type: KeyType,
  { bytes, publicBytes }: KeyMaterial,
  curve: Curve,
  name: string,
): Uint8Array | JsonWebKey {
  const point = type === 'public' ? bytes : (publicBytes ?? curve.publicOf(bytes));
  if (format === 'jwk') {
    const half = (point.length - 1) / 2;
    const place =
      curve.keyType === 'EC'
        ? { x: toBase64Url(point.subarray(1, 1 + half)), y: toBase64Url(point.subarray(1 + half)) }
        : { x: toBase64Url(point) };
    return {
      kty: curve.keyType,
      crv: name,
      ...place,
      ...(type === 'private' ? { d: toBase64Url(bytes) } : {}),
    };
  }
  if (format === 'raw' && type === 'public') return bytes;
  if (format === 'spki' && type === 'public') return joined(fromHex(curve.spki), bytes);
  if (format === 'pkcs8' && type === 'private') {
    const tail = curve.pkcs8Public === undefined ? [] : [fromHex(curve.pkcs8Public), point];
    return joined(fromHex(curve.pkcs8), bytes, ...tail);
  }
  throw failure('InvalidAccessError', `A ${type} key cannot be exported as ${format}.`);
}

export function importCurveKey(
  format: string,
  data: Uint8Array | JsonWebKey,
  curve: Curve,
  name: string,
): { readonly type: KeyType; readonly material: KeyMaterial } {
  if (!(data instanceof Uint8Array)) return importJsonKey(data, curve, name);
  if (format === 'raw') return publicKey(data, curve);
  const prefix = fromHex(format === 'spki' ? curve.spki : curve.pkcs8);
  const rest = data.subarray(prefix.length);
  if (!prefix.every((byte, index) => data[index] === byte)) {
    throw failure(
      'DataError',
      `This is not ${format} of a key on ${name}, or of a form that is not known here.`,
    );
  }
  return format === 'spki' ? publicKey(rest, curve) : privateKey(rest.slice(0, curve.secretBytes), curve);
}

function importJsonKey(
  key: JsonWebKey,
  curve: Curve,
  name: string,
): { readonly type: KeyType; readonly material: KeyMaterial } {
  if (key.kty !== curve.keyType || key.crv !== name)
    throw failure('DataError', `This JSON Web Key is not one on ${name}.`);
  if (key.d !== undefined) return privateKey(fromBase64Url(key.d), curve);
  if (curve.keyType === 'OKP') return publicKey(fromBase64Url(key.x), curve);
  return publicKey(joined(Uint8Array.of(4), fromBase64Url(key.x), fromBase64Url(key.y)), curve);
}

function publicKey(
  bytes: Uint8Array,
  curve: Curve,
): { readonly type: KeyType; readonly material: KeyMaterial } {
  try {
    curve.check(bytes);
  } catch {
    throw failure('DataError', 'The public key is not a point of its curve.');
  }
  return { type: 'public', material: { bytes: bytes.slice() } };
}

function privateKey(
  bytes: Uint8Array,
  curve: Curve,
): { readonly type: KeyType; readonly material: KeyMaterial } {
  return { type: 'private', material: { bytes, publicBytes: curve.publicOf(bytes) } };
}
