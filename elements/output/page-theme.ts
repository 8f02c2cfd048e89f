// elements/output: light or dark, told from the page itself and not only from the reader's system.
// Our style sheets use `light-dark()`, so the answer is applied as `color-scheme` on one element.

export type Theme = 'light' | 'dark';

/** Any CSS colour as [red, green, blue, alpha], 0–255 and 0–1; undefined for what no browser resolves. */
function channelsOf(color: string): readonly [number, number, number, number] | undefined {
  const rgb = /^rgba?\(([\d.]+)[ ,]+([\d.]+)[ ,]+([\d.]+)(?:[ ,/]+([\d.]+))?\)$/.exec(color);
  if (rgb !== null) return [Number(rgb[1]), Number(rgb[2]), Number(rgb[3]), Number(rgb[4] ?? 1)];
  // oklch(), color(), lab() …: painted once and read back.
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null || color === '') return undefined;
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha / 255];
}

/** An opaque CSS colour as `#rrggbb`; undefined for what one sees through, and for what no browser resolves. */
export function hexOf(color: string): string | undefined {
  const channels = channelsOf(color);
  if (channels === undefined || channels[3] < 0.5) return undefined;
  const [red, green, blue] = channels;
  return `#${[red, green, blue].map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;
}

/** Perceived brightness 0–1, undefined for a colour one sees through. */
function brightness(color: string): number | undefined {
  const channels = channelsOf(color);
  if (channels === undefined || channels[3] < 0.5) return undefined;
  return (0.299 * channels[0] + 0.587 * channels[1] + 0.114 * channels[2]) / 255;
}

/** The parent in the flat tree: slot, shadow host or element. */
function parentOf(element: Element): Element | null {
  if (element.assignedSlot) return element.assignedSlot;
  if (element.parentElement) return element.parentElement;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

/**
 * What stands behind the element: its nearest opaque background. Where a picture or gradient hides the
 * answer, the text's own brightness tells; on a bare page its `color-scheme` and the reader's system do.
 */
export function themeBehind(element: Element): Theme {
  for (let at: Element | null = element; at !== null; at = parentOf(at)) {
    const style = getComputedStyle(at);
    const ground = brightness(style.backgroundColor);
    if (ground !== undefined) return ground < 0.5 ? 'dark' : 'light';
    if (style.backgroundImage !== 'none') return (brightness(style.color) ?? 0) > 0.5 ? 'dark' : 'light';
  }
  const { colorScheme } = getComputedStyle(document.documentElement);
  // What a page says in a meta element is in no computed style.
  const said = document.querySelector<HTMLMetaElement>('meta[name=color-scheme]');
  const schemes = colorScheme === 'normal' && said ? said.content : colorScheme;
  if (!schemes.includes('dark')) return 'light';
  if (!schemes.includes('light')) return 'dark';
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

interface Watch {
  readonly element: Element;
  readonly onTheme: (theme: Theme) => void;
  theme: Theme | undefined;
}

/** One observer for all elements of the page; it ends with the last of them. */
const watches = new Set<Watch>();
let asked = false;
let stopWatchingPage: (() => void) | undefined;

function lookSoon(): void {
  if (asked) return;
  asked = true;
  queueMicrotask(look);
}

/** Reads all first and tells then, so that the page is styled once for any number of elements. */
function look(): void {
  asked = false;
  const changes: [Watch, Theme][] = [];
  for (const watch of watches) {
    const theme = themeBehind(watch.element);
    if (theme !== watch.theme) changes.push([watch, theme]);
  }
  for (const [watch, theme] of changes) {
    watch.theme = theme;
    watch.onTheme(theme);
  }
}

function watchPage(): () => void {
  // Site themes are switched by a class, a data attribute or a style on html or body.
  const attributes = new MutationObserver(lookSoon);
  attributes.observe(document.documentElement, { attributes: true });
  attributes.observe(document.body, { attributes: true });
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', lookSoon);
  document.addEventListener('transitionend', lookSoonForPage, { passive: true });
  addEventListener('load', lookSoon, { once: true });
  return () => {
    attributes.disconnect();
    system.removeEventListener('change', lookSoon);
    document.removeEventListener('transitionend', lookSoonForPage);
    removeEventListener('load', lookSoon);
  };
}

/** A background that fades has its last colour only now. */
function lookSoonForPage(event: TransitionEvent): void {
  if (event.propertyName.startsWith('background')) lookSoon();
}

/**
 * Calls back with the theme behind the element (first in a microtask, all elements of a page in one pass)
 * and whenever it changes. Give it the host: its own background counts, what is inside does not.
 * Returns the end of it.
 */
export function watchTheme(element: Element, onTheme: (theme: Theme) => void): () => void {
  const watch: Watch = { element, onTheme, theme: undefined };
  watches.add(watch);
  stopWatchingPage ??= watchPage();
  lookSoon();
  return () => {
    watches.delete(watch);
    if (watches.size > 0) return;
    stopWatchingPage?.();
    stopWatchingPage = undefined;
  };
}
