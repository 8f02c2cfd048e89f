// elements/output: the output of one run, as a small terminal that only ever grows downwards.
// Owns its element, its style sheet in the root and its timers until `dispose`. Program text reaches the
// page as text nodes only; nothing a program prints can create an element or a request, and no link but one to
// a line of the code beside it (`places.ts`).
//
//   append ─→ queue ─(frame: at most `sliceMs`)→ decoder → escape parser → screen ─→ blocks of text
import { Announcements } from './announcements.js';
import { BlockRenderer } from './block-renderer.js';
import { EscapeParser } from './escape-parser.js';
import { Frame } from './frame.js';
import { displayStyles } from '../display/display-styles.js';
import { outputStyles } from './output-styles.js';
import type { Places } from './places.js';
import { Screen } from './screen.js';
import { StickyScroll } from './sticky-scroll.js';
import { StreamDecoder } from './stream-decoder.js';

export type OutputStream = 'stdout' | 'stderr';

/** What a system sentence is about: `exit` is quiet, `limit` and `error` stand out. */
export type NoteKind = 'info' | 'exit' | 'limit' | 'error';

/** Something other than text that stands between lines. */
export interface OutputBlock {
  readonly element: HTMLElement;
  /** Its element is in the document now. */
  placed?(): void;
  /** It is not shown any more, or never was. */
  dispose(): void;
}

export interface OutputViewOptions {
  /** Where the view's element is appended. A shadow root, or an element inside one. */
  readonly parent: ShadowRoot | HTMLElement;
  /** Accessible name of the log. Default: "Output". */
  readonly label?: string;
  /**
   * Characters kept; default 1 MB (1,000,000), and 100,000 lines. What comes later is dropped, and the view
   * says so once.
   */
  readonly maxCharacters?: number;
  /** Where links of error output lead. Default: there are none. */
  readonly places?: Places;
}

/** Work on text in one frame; drawing comes on top. */
const sliceMs = 6;
/** Adapted to what the device draws in `smoothMs`. */
const sliceCharacters = { least: 4 * 1024, first: 8 * 1024, most: 64 * 1024 } as const;
/** Of the 60 frames a second a page wants, at most every other one is missed. */
const smoothMs = 28;
const sliceRows = 4000;
/** Escape sequences make nodes, which cost more than their characters. */
const escapeWeight = 8;
/** What a block costs in characters. */
const blockWeight = 2000;
/** More lines are higher than browsers draw a page. */
const maxRows = 100_000;
/** Text handled between two looks at the clock. */
const pieceCharacters = 4096;
/** What waits at most. A caller that respects `drained` never gets there. */
const maxPending = 4_000_000;

type Entry =
  | { readonly type: 'text'; readonly source: OutputStream | 'echo'; readonly text: string }
  | { readonly type: 'note'; readonly kind: NoteKind; readonly text: string }
  | { readonly type: 'block'; readonly block: OutputBlock };

interface StreamState {
  decoder: StreamDecoder;
  parser: EscapeParser;
  kept: string[];
  keptCharacters: number;
}

const newStream = (): StreamState => ({
  decoder: new StreamDecoder(),
  parser: new EscapeParser(),
  kept: [],
  keptCharacters: 0,
});

let sheet: CSSStyleSheet | undefined;

function adoptStyles(root: Node): void {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(outputStyles + displayStyles);
  }
  if (!(root instanceof ShadowRoot || root instanceof Document)) return;
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}

/** Shows stdout and stderr of one process at a time. */
export class OutputView {
  /** The scrolling element, `part="output"`. Has `hidden` while there is nothing to show. */
  readonly element: HTMLElement;
  readonly #log = document.createElement('div');
  readonly #maxCharacters: number;
  readonly #places: Places | undefined;
  readonly #announcements: Announcements;
  readonly #scroll: StickyScroll;
  readonly #frame = new Frame(() => this.#onFrame());
  #screen = new Screen();
  #renderer: BlockRenderer;
  #streams: Record<OutputStream, StreamState> = { stdout: newStream(), stderr: newStream() };
  #echo = new EscapeParser();
  #queue: Entry[] = [];
  #pending = 0;
  #waiting: (() => void)[] = [];
  #blocks: OutputBlock[] = [];
  #cut = false;
  #slice: number = sliceCharacters.first;
  /** When the last frame began, if there was more to do at its end. */
  #lastFrameMs: number | undefined;
  #tail: HTMLElement | null = null;

  constructor(options: OutputViewOptions) {
    this.#maxCharacters = options.maxCharacters ?? 1_000_000;
    this.#places = options.places;
    const element = document.createElement('div');
    element.className = 'output';
    element.setAttribute('part', 'output');
    element.setAttribute('role', 'log');
    element.ariaLabel = options.label ?? 'Output';
    element.hidden = true;
    element.append(this.#log);
    this.element = element;
    this.#announcements = new Announcements(element);
    this.#renderer = new BlockRenderer(this.#screen, this.#log, this.#places);
    adoptStyles(options.parent.getRootNode());
    options.parent.append(element);
    this.#scroll = new StickyScroll(element, this.#log);
  }

  /** Characters that wait to be shown. A caller that reads a pipe should await `drained` above ~256 KB. */
  get pending(): number {
    return this.#pending;
  }

  /** Resolves when everything appended so far has been taken in. Resolves at once after `dispose`. */
  drained(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Takes bytes (UTF-8, may be cut anywhere) or text of a stream. The array is decoded at once. */
  append(stream: OutputStream, bytes: Uint8Array | string): void {
    if (this.#frame.disposed) return;
    this.#accept(stream, this.#streams[stream].decoder.decode(bytes));
  }

  /** Shows text the reader typed, as a terminal would echo it. Not part of either stream. */
  echo(text: string): void {
    this.#enqueue({ type: 'text', source: 'echo', text });
  }

  /**
   * Adds a sentence of the system on a line of its own, after all output so far. A character that a stream
   * began and did not finish is shown as U+FFFD first.
   */
  note(kind: NoteKind, text: string): void {
    for (const source of ['stdout', 'stderr'] as const) {
      this.#accept(source, this.#streams[source].decoder.end());
    }
    this.#enqueue({ type: 'note', kind, text });
  }

  /**
   * Adds a block on a line of its own, after all output so far, and owns it. A character that the stream began and
   * did not finish is shown as U+FFFD first. Where the output is cut, it is not shown.
   */
  place(stream: OutputStream, block: OutputBlock): void {
    this.#accept(stream, this.#streams[stream].decoder.end());
    if (this.#frame.disposed || this.#cut) return block.dispose();
    this.#enqueue({ type: 'block', block });
  }

  /** Empties the view and forgets every state (colours, half characters, the limit). */
  clear(): void {
    this.#forgetQueue();
    for (const block of this.#blocks.splice(0)) block.dispose();
    this.element.classList.remove('displays');
    this.#cut = false;
    this.#streams = { stdout: newStream(), stderr: newStream() };
    this.#echo = new EscapeParser();
    this.#tail?.remove();
    this.#log.replaceChildren();
    this.#screen = new Screen();
    this.#renderer = new BlockRenderer(this.#screen, this.#log, this.#places);
    this.#renderer.tail = this.#tail;
    this.#scroll.stick();
    this.#showOrHide();
  }

  /** What the stream wrote, decoded, up to `maxCharacters`, escape sequences included. Without a stream: what is shown. */
  text(stream?: OutputStream): string {
    if (stream !== undefined) return this.#streams[stream].kept.join('');
    this.flush();
    const tail = this.#tail;
    let text = '';
    for (const block of this.#log.querySelectorAll('.block')) {
      for (const node of block.childNodes) if (node !== tail) text += node.textContent ?? '';
    }
    return text;
  }

  /** Takes in and shows everything now, whatever it costs. For tests, and before printing. */
  flush(): void {
    this.#takeIn(Infinity);
    this.#render();
  }

  /** Puts an element (the input field) after the last character, on the same line; null takes it away. */
  setTail(tail: HTMLElement | null): void {
    this.#tail = tail;
    this.flush();
    this.#renderer.tail = tail;
    this.#showOrHide();
  }

  /** Keeps an element inside the log, out of the text (the resting input field); null takes it away. */
  keep(element: HTMLElement | null): void {
    while (this.element.lastChild !== this.#log) this.element.lastChild?.remove();
    if (element) this.element.append(element);
    this.#showOrHide();
  }

  /** Gives the focus to the log itself, without scrolling the page. */
  focus(): void {
    this.#scroll.focus();
  }

  /** Removes the element and ends all timers and observers. */
  dispose(): void {
    this.#frame.dispose();
    this.#forgetQueue();
    for (const block of this.#blocks.splice(0)) block.dispose();
    this.#announcements.dispose();
    this.#scroll.dispose();
    this.element.remove();
  }

  #accept(stream: OutputStream, text: string): void {
    const state = this.#streams[stream];
    if (state.keptCharacters < this.#maxCharacters && text !== '') {
      const kept = text.slice(0, this.#maxCharacters - state.keptCharacters);
      state.kept.push(kept);
      state.keptCharacters += kept.length;
    }
    this.#enqueue({ type: 'text', source: stream, text });
  }

  #enqueue(entry: Entry): void {
    if (this.#frame.disposed || (entry.type === 'text' && (entry.text === '' || this.#cut))) return;
    this.#queue.push(entry);
    if (entry.type === 'text') this.#pending += entry.text.length;
    if (this.#pending > maxPending) this.#cutHere();
    this.#frame.request();
  }

  #forgetQueue(): void {
    for (const entry of this.#queue) if (entry.type === 'block') entry.block.dispose();
    this.#queue = [];
    this.#pending = 0;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #onFrame(): void {
    const now = performance.now();
    if (this.#lastFrameMs !== undefined) {
      // The time from frame to frame is that of our own layout and painting, as nobody else knows it.
      const wanted = this.#slice * (now - this.#lastFrameMs > smoothMs ? 0.5 : 1.25);
      this.#slice = Math.max(sliceCharacters.least, Math.min(sliceCharacters.most, wanted));
    }
    this.#takeIn(sliceMs);
    this.#render();
    this.#lastFrameMs = this.#queue.length > 0 ? now : undefined;
    if (this.#queue.length > 0) this.#frame.request();
  }

  /** Feeds the queue to the screen for a while. */
  #takeIn(budgetMs: number): void {
    const until = performance.now() + budgetMs;
    let room = budgetMs === Infinity ? Infinity : this.#slice;
    const lastRow = budgetMs === Infinity ? Infinity : this.#screen.end + sliceRows;
    let taken = 0;
    while (taken < this.#queue.length && room > 0 && this.#screen.end < lastRow) {
      const entry = this.#queue[taken];
      if (entry === undefined) break;
      if (entry.type === 'note') {
        this.#placeNote(entry.kind, entry.text);
        taken++;
        continue;
      }
      if (entry.type === 'block') {
        this.#placeBlock(entry.block);
        taken++;
        room -= blockWeight;
        continue;
      }
      const piece = entry.text.slice(0, pieceCharacters);
      this.#write(entry.source, piece);
      room -= piece.length * (piece.includes('\x1b') ? escapeWeight : 1);
      this.#pending -= piece.length;
      if (piece.length === entry.text.length) taken++;
      else this.#queue[taken] = { ...entry, text: entry.text.slice(pieceCharacters) };
      if (this.#cut) {
        this.#queue.splice(0, taken);
        this.#cutHere();
        return;
      }
      if (performance.now() > until) break;
    }
    this.#queue.splice(0, taken);
    if (this.#queue.length === 0) this.#forgetQueue();
  }

  #write(source: OutputStream | 'echo', text: string): void {
    const screen = this.#screen;
    const before = screen.characters;
    screen.source = source;
    (source === 'echo' ? this.#echo : this.#streams[source].parser).parse(text, screen.handler);
    this.#announcements.announce(Math.max(0, screen.characters - before));
    if (screen.characters > this.#maxCharacters || screen.end > maxRows) this.#cut = true;
  }

  /** From here on output is dropped; what is shown and the notes stay. */
  #cutHere(): void {
    const notes = this.#queue.filter((entry) => entry.type === 'note');
    this.#cut = true;
    this.#forgetQueue();
    this.#placeNote(
      'limit',
      `The output is cut after ${this.#limit()}. What the program prints from here on is not shown.`,
    );
    for (const note of notes) this.#placeNote(note.kind, note.text);
    this.#render();
  }

  #limit(): string {
    if (this.#screen.end > maxRows) return `${maxRows.toLocaleString('en')} lines`;
    if (this.#maxCharacters === 1_000_000) return '1 MB';
    return `${this.#maxCharacters.toLocaleString('en')} characters`;
  }

  #placeNote(kind: NoteKind, text: string): void {
    const note = document.createElement('div');
    note.className = `note note-${kind}`;
    note.setAttribute('part', `note note-${kind}`);
    note.textContent = text;
    this.#renderer.appendBelow(note);
  }

  #placeBlock(block: OutputBlock): void {
    this.#blocks.push(block);
    this.element.classList.add('displays');
    this.#announcements.announce(1);
    this.#renderer.appendBelow(block.element);
    this.#showOrHide();
    block.placed?.();
  }

  #render(): void {
    this.#renderer.render();
    this.#showOrHide();
  }

  #showOrHide(): void {
    this.element.hidden = this.#log.firstChild === null && this.element.lastChild === this.#log;
  }
}
