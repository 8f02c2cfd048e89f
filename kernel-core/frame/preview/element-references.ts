// frame/preview: which attributes of which elements name a file that the element loads by itself.
import type { SiteFiles } from './files.js';
import { rewriteStyle } from './style-references.js';

const loading: Readonly<Record<string, readonly string[]>> = {
  script: ['src'],
  link: ['href'],
  img: ['src', 'srcset'],
  source: ['src', 'srcset'],
  video: ['src', 'poster'],
  audio: ['src'],
  track: ['src'],
  input: ['src'],
  image: ['href', 'xlink:href'],
  use: ['href', 'xlink:href'],
  feimage: ['href', 'xlink:href'],
  body: ['background'],
  table: ['background'],
  td: ['background'],
};

/** Relations by which an element opens connections that no policy sees. */
export const opensConnection = (relation: string): boolean => /\b(preconnect|dns-prefetch)\b/i.test(relation);

/** Every attribute that may name a file. */
export const loadingAttributes = ['src', 'srcset', 'href', 'poster', 'background', 'style'];

/** True for an attribute that makes the element load something, `style` included. Names in lower case. */
export function loads(element: string, attribute: string): boolean {
  return attribute === 'style' || (loading[element]?.includes(attribute) ?? false);
}

/**
 * The attribute's value with files in place of what names them; undefined when nothing changes.
 * `onMissing` hears of places on our own origin where no file is.
 */
export function translate(
  files: SiteFiles,
  base: string,
  attribute: string,
  value: string,
  onMissing: (path: string) => void,
): string | undefined {
  const one = (reference: string): string | undefined => {
    const target = files.resolve(reference, base);
    if (target.kind === 'file') return files.load(target.path) + target.suffix;
    if (target.kind === 'missing') onMissing(target.path);
    return undefined;
  };
  switch (attribute) {
    case 'style':
      return value.includes('url(') ? changed(value, rewriteStyle(value, one)) : undefined;
    case 'srcset':
      return changed(
        value,
        value.replace(/([^\s,]\S*[^\s,])(\s+[^,]+)?/g, (whole, url: string, size = '') => {
          const loadable = one(url);
          return loadable === undefined ? whole : loadable + String(size);
        }),
      );
    default:
      return value.trim() === '' || value.startsWith('#') ? undefined : one(value);
  }
}

const changed = (before: string, now: string): string | undefined => (before === now ? undefined : now);
