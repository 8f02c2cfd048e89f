// elements/display: an object as a block among the text of the output. Its place is taken at once, what is in it
// comes when the browser has it. Images are shown as images, HTML in a frame of its own; nothing a program prints
// becomes part of the page. Owns its element, frame and URLs until `dispose`.
import type { Look, Markup } from '../../kernel-core/client/markup-frame.js';
import type { OutputBlock } from '../output/output-view.js';
import { bestForm, type DisplayObject } from './display-object.js';

/** Frames shown at a time on one page: each costs two documents. What comes after is shown as its text. */
const framesMax = 60;
/** A frame that is loaded anew (its element was moved) is filled again; this often. */
const refillsMax = 20;
let frames = 0;

const svgType = 'image/svg+xml';

export function displayBlock(object: DisplayObject): OutputBlock {
  const type = bestForm(object);
  if (type === 'text/html') return new FrameBlock(object, object.data[type] as string);
  if (type === svgType || type?.startsWith('image/')) return new ImageBlock(object, type);
  const words = type === undefined ? object.alt : (object.data[type] as string);
  const element = place(type?.slice('text/'.length) ?? 'plain');
  element.textContent = words || 'The program showed something that has no form this page knows.';
  return { element, dispose: () => undefined };
}

function place(kind: string): HTMLElement {
  const element = document.createElement('div');
  element.className = `display display-${kind}`;
  element.setAttribute('part', `display display-${kind}`);
  return element;
}

class ImageBlock implements OutputBlock {
  readonly element = place('image');
  readonly #object: DisplayObject;
  readonly #url: string;
  #frame: FrameBlock | undefined;
  #place!: () => void;
  readonly #placed = new Promise<void>((resolve) => {
    this.#place = resolve;
  });
  #disposed = false;

  constructor(object: DisplayObject, type: string) {
    this.#object = object;
    const content = object.data[type] as string | Uint8Array<ArrayBuffer>;
    this.#url = URL.createObjectURL(new Blob([content], { type }));
    const image = document.createElement('img');
    image.alt = object.alt || 'Image';
    image.decoding = 'async';
    if (object.width !== undefined) image.style.inlineSize = object.width;
    if (object.height !== undefined && object.width === undefined) image.style.blockSize = object.height;
    // Known before it is decoded, so that what is below does not jump.
    if (object.height?.endsWith('px') === true && object.width?.endsWith('px') === true)
      image.style.aspectRatio = `${parseFloat(object.width)} / ${parseFloat(object.height)}`;
    image.addEventListener('error', () => void this.#failed(type), { once: true });
    image.src = this.#url;
    this.element.append(image);
  }

  placed(): void {
    this.#place();
  }

  dispose(): void {
    this.#disposed = true;
    URL.revokeObjectURL(this.#url);
    this.#frame?.dispose();
  }

  /** A page whose policy allows no images from memory; or bytes that are none. */
  async #failed(type: string): Promise<void> {
    const mayShow = await imagesAllowed();
    // A blocked image can fail before its place is there.
    await this.#placed;
    if (this.#disposed) return;
    if (mayShow) {
      this.element.append(sentence('The browser cannot read this image.'));
      return;
    }
    const { width } = this.#object;
    const image = document.createElement('img');
    image.alt = this.#object.alt || 'Image';
    image.setAttribute('src', dataUrl(type, this.#object.data[type] ?? ''));
    if (width !== undefined) image.setAttribute('width', String(parseFloat(width)));
    this.#frame = new FrameBlock(this.#object, image.outerHTML);
    this.element.replaceWith(this.#frame.element);
    this.#frame.placed();
  }
}

let allowed: Promise<boolean> | undefined;

/** Whether the page's policy allows images from memory: not every browser tells which one it stopped, or in time. */
function imagesAllowed(): Promise<boolean> {
  allowed ??= new Promise((resolve) => {
    const dot = Uint8Array.from(atob(dotGif), (each) => each.charCodeAt(0));
    const url = URL.createObjectURL(new Blob([dot], { type: 'image/gif' }));
    const image = new Image();
    const tell = (is: boolean): void => {
      URL.revokeObjectURL(url);
      resolve(is);
    };
    image.addEventListener('load', () => tell(true));
    image.addEventListener('error', () => tell(false));
    image.src = url;
  });
  return allowed;
}

/** One transparent pixel. */
const dotGif = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

function dataUrl(type: string, content: string | Uint8Array): string {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192)
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return `data:${type};base64,${btoa(binary)}`;
}

class FrameBlock implements OutputBlock {
  readonly element = place('html');
  readonly #object: DisplayObject;
  readonly #html: string;
  readonly #aborter = new AbortController();
  #current = new AbortController();
  #markup: Markup | undefined;
  #look = '';
  #refills = 0;
  #host: HTMLElement | undefined;

  constructor(object: DisplayObject, html: string) {
    this.#object = object;
    this.#html = html;
    if (frames >= framesMax) {
      this.element.textContent = object.alt;
      this.element.append(sentence('There are too many tables and the like on this page to show this one.'));
      return;
    }
    frames += 1;
    this.#aborter.signal.addEventListener('abort', () => {
      frames -= 1;
      this.#current.abort();
    });
    this.element.setAttribute('role', 'figure');
    this.element.ariaLabel = object.alt || 'Output';
    this.#host = document.createElement('div');
    this.#host.className = 'display-frame';
    this.element.append(this.#host);
  }

  placed(): void {
    const host = this.#host;
    if (host !== undefined) void this.#fill(host, host.attachShadow({ mode: 'closed' }));
  }

  dispose(): void {
    this.#aborter.abort();
  }

  async #fill(host: HTMLElement, root: ShadowRoot): Promise<void> {
    this.#current.abort();
    const { signal } = (this.#current = new AbortController());
    if (this.#aborter.signal.aborted) return;
    try {
      const { showMarkup } = await import('../../kernel-core/client/markup-frame.js');
      signal.throwIfAborted();
      const look = lookOf(this.element);
      const markup = await showMarkup({
        ...{ parent: root, html: this.#html, title: firstLine(this.#object.alt) || 'Output', look, signal },
        onHeight: (px) => {
          host.style.blockSize = `${px}px`;
          host.classList.add('ready');
        },
      });
      this.#look = JSON.stringify(look);
      this.#follow(markup);
      root.querySelector('iframe')?.addEventListener(
        'load',
        () => {
          this.#refills += 1;
          if (this.#refills <= refillsMax) void this.#fill(host, root);
        },
        { once: true, signal },
      );
    } catch (error) {
      if (signal.aborted) return;
      host.remove();
      this.element.textContent = this.#object.alt;
      this.element.append(sentence(error instanceof Error ? error.message : String(error)));
    }
  }

  #follow(markup: Markup): void {
    const first = this.#markup === undefined;
    this.#markup = markup;
    if (!first) return;
    if (markup.scripts) this.element.append(sentence('Scripts in this output are not run.'));
    // A transition of no length tells when the colours around it change (see displayStyles).
    this.element.addEventListener('transitionend', () => {
      const look = lookOf(this.element);
      if (this.#look === JSON.stringify(look)) return;
      this.#look = JSON.stringify(look);
      this.#markup?.setLook(look);
    });
  }
}

/** Of a text alternative, which may be a whole table. */
const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').trim().slice(0, 150);

function sentence(text: string): HTMLElement {
  const note = document.createElement('div');
  note.className = 'note note-info';
  note.setAttribute('part', 'note note-info');
  note.textContent = text;
  return note;
}

/** The colours a text in this element has. */
function lookOf(element: HTMLElement): Look {
  const style = getComputedStyle(element);
  return {
    scheme: style.colorScheme.includes('dark') ? 'dark' : 'light',
    color: style.color,
    background: style.backgroundColor,
    rule: style.outlineColor,
    fontFamily: style.fontFamily,
    fontSize: style.fontSize,
  };
}
