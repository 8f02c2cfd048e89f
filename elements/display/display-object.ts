// elements/display: what a sequence says (docs/reference/rich-output.md), as one object in several forms.
// Everything here comes from an untrusted program; nothing is shown by this file.
import type { Part } from './sequences.js';

/** What a program wants shown, in as many forms as it likes to give. */
export interface DisplayObject {
  /** By MIME type: text, or the bytes of an image. */
  readonly data: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;
  /** What stands for it where it is not seen. */
  readonly alt: string;
  /** CSS lengths. */
  readonly width?: string;
  readonly height?: string;
}

/** Characters of a text alternative that help anybody. */
const altCharacters = 2_000;
const imageTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'] as const;
const isImage = (type: string): boolean => (imageTypes as readonly string[]).includes(type);
const svgType = 'image/svg+xml';

/** Forms we can show, the best one first. */
const order = ['text/html', svgType, ...imageTypes, 'text/markdown', 'text/latex', 'text/plain'];

/** The form to show, or undefined for an object that has none of those. */
export function bestForm(object: DisplayObject): string | undefined {
  return order.find((type) => object.data[type] !== undefined);
}

/** Reads an object; undefined for what is none: bad base64, no JSON, a file that is not to be shown. */
export function readObject(part: Extract<Part, { type: 'object' }>): DisplayObject | undefined {
  try {
    const bytes = decode(part.base64);
    return part.protocol === 'ours' ? readOurs(part.header, bytes) : readITerm2(part.header, bytes);
  } catch {
    return undefined;
  }
}

/** `type;name=value…`, the values percent-encoded; `bundle` is JSON as notebooks have it. */
function readOurs(header: string, bytes: Uint8Array<ArrayBuffer>): DisplayObject | undefined {
  const [type = '', ...words] = header.split(';').map((word) => word.trim());
  const given = fields(words, decodeURIComponent);
  if (type === 'bundle') return readBundle(JSON.parse(text(bytes)) as unknown, given);
  if (!/^[\w.+-]+\/[\w.+-]+$/.test(type)) return undefined;
  const data = { [type.toLowerCase()]: isImage(type.toLowerCase()) ? bytes : text(bytes) };
  return objectOf(data, given.get('alt'), pixels(given.get('width')), pixels(given.get('height')));
}

/** Jupyter's `display_data`: `{ data: { type: text or base64 }, metadata: { type: { width, height, alt } } }`. */
function readBundle(bundle: unknown, given: ReadonlyMap<string, string>): DisplayObject | undefined {
  const { data, metadata } = record(bundle);
  const forms: Record<string, string | Uint8Array<ArrayBuffer>> = {};
  for (const [type, value] of Object.entries(record(data))) {
    // A notebook's file has a text as its lines.
    const form =
      typeof value === 'string' ? value : isTexts(value) ? value.join('') : JSON.stringify(value ?? null);
    forms[type] = isImage(type) ? decode(Uint8Array.from(form, (each) => each.charCodeAt(0))) : form;
  }
  const best = order.find((type) => forms[type] !== undefined);
  const details = { ...record(metadata), ...record(record(metadata)[best ?? '']) };
  const word = (name: string): string | undefined => {
    const value = given.get(name) ?? details[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  return objectOf(forms, word('alt'), pixels(word('width')), pixels(word('height')));
}

/** `name=value;…` of iTerm2's inline images, the file's name in base64. Without `inline=1` it is a download. */
function readITerm2(header: string, bytes: Uint8Array<ArrayBuffer>): DisplayObject | undefined {
  const given = fields(header.split(';'), (value) => value);
  if (given.get('inline') !== '1') return undefined;
  const type = typeOf(bytes);
  if (type === undefined) return undefined;
  const name = given.get('name');
  const alt = name === undefined ? '' : text(decode(Uint8Array.from(name, (each) => each.charCodeAt(0))));
  const data = { [type]: isImage(type) ? bytes : text(bytes) };
  return objectOf(data, alt, cells(given.get('width'), 'ch'), cells(given.get('height'), 'lh'));
}

function objectOf(
  data: DisplayObject['data'],
  alt: string | undefined,
  width: string | undefined,
  height: string | undefined,
): DisplayObject {
  const plain = data['text/plain'];
  const words = alt || (typeof plain === 'string' ? plain : '');
  return {
    data,
    alt: words.trim().slice(0, altCharacters),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
  };
}

function fields(words: readonly string[], decoded: (value: string) => string): Map<string, string> {
  return new Map(
    words.flatMap((word) => {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
      return name === undefined || value === undefined ? [] : [[name, decoded(value)] as const];
    }),
  );
}

function pixels(value: string | undefined): string | undefined {
  const count = Number(/^\d+(?:\.\d+)?(?=(?:px)?$)/.exec(value ?? '')?.[0]);
  return count > 0 ? `${count}px` : undefined;
}

/** iTerm2: cells of text, `px`, `%` of the width, `auto`. */
function cells(value: string | undefined, unit: 'ch' | 'lh'): string | undefined {
  const [, count, of] = /^(\d+)(px|%)?$/.exec(value ?? '') ?? [];
  if (count === undefined || Number(count) === 0 || (of === '%' && unit === 'lh')) return undefined;
  return `${count}${of ?? unit}`;
}

const beginnings: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^\x89PNG/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8/],
  ['image/webp', /^RIFF....WEBP/s],
  ['image/bmp', /^BM/],
  [svgType, /^\s*(<\?xml|<!--|<!DOCTYPE svg|<svg)/i],
];

function typeOf(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  return beginnings.find(([, pattern]) => pattern.test(start))?.[0];
}

/** Throws for anything but base64; line breaks do not count. */
function decode(base64: Uint8Array): Uint8Array<ArrayBuffer> {
  const binary = atob(new TextDecoder('latin1').decode(base64));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');
