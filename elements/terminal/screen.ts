// elements/terminal: the screen: one xterm in the element's shadow tree, as large as its box. Owns the xterm, what
// observes the box and the page's look, and the sheets that replace blocked styles.
// Must always hold: nothing that a program prints leaves this box, and xterm types nothing that the reader did not.
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import { watchTheme } from '../output/page-theme.js';
import { blinkCursor } from './blink.js';
import { boundCounts } from './counts.js';
import { isWebAddress, openAddress } from './links.js';
import { lookOf, watchForcedColors } from './look.js';
import { answerQueries, isFocusReport } from './queries.js';
import { keepStyles } from './strict-styles.js';
import { useOurWidths } from './widths.js';

export interface ScreenOptions {
  readonly host: HTMLElement;
  readonly root: ShadowRoot;
  /** The screen takes all of it. */
  readonly parent: HTMLElement;
  /** Light or dark, whatever stands around it. */
  readonly colored: HTMLElement;
  /** Lines that are kept above the screen. */
  readonly scrollback: number;
  /** The reader's keys and pointer, as bytes for the program. */
  readonly onInput: (bytes: Uint8Array) => void;
  /** An answer for the program that asked. */
  readonly onReply: (answer: string) => void;
  readonly onSize: (columns: number, rows: number) => void;
  /** The address under the pointer. */
  readonly onAddress: (address: string) => void;
}

/** Bytes xterm is given at a time; it looks at the clock between two. */
const pieceBytes = 4_096;
/** Bytes it has not parsed yet, above which the program's pipe is left to fill: what xterm has, it parses in one go. */
const pendingBytes = 8_192;
/** Gives back all modes that a program may have set: the next one begins on a plain screen. */
const plainScreen =
  '\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1005l\x1b[?1006l\x1b[?1015l' +
  '\x1b[?1016l\x1b[?2004l\x1b[?2026l\x1b[?25h\x1b[!p\x1b>\x1b(B\x0f\x1b[0m\x1b]8;;\x07\x1b]104\x07\x1b]110\x07\x1b]111\x07\x1b]112\x07';

export class Screen {
  readonly terminal: Terminal;
  readonly search = new SearchAddon();
  readonly #options: ScreenOptions;
  readonly #fit = new FitAddon();
  readonly #probe = document.createElement('div');
  readonly #ends: (() => void)[] = [];
  readonly #encoder = new TextEncoder();
  #scheme: 'light' | 'dark' = 'light';
  #pending = 0;
  #drained: (() => void)[] = [];
  #disposed = false;

  constructor(options: ScreenOptions) {
    this.#options = options;
    const { parent, root, host, onInput } = options;
    this.#probe.className = 'probe';
    parent.append(this.#probe);
    const { theme, fontFamily, fontSize, lineHeight, minimumContrastRatio } = lookOf(
      this.#probe,
      this.#scheme,
    );
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: !still,
      drawBoldTextInBrightColors: false,
      ...{ theme, fontFamily, fontSize, lineHeight, minimumContrastRatio },
      scrollback: options.scrollback,
      linkHandler: {
        activate: (_event, address) => openAddress(address),
        hover: (_event, address) => options.onAddress(isWebAddress(address) ? address : ''),
        leave: () => options.onAddress(''),
      },
    });
    const { terminal } = this;
    useOurWidths(terminal);
    answerQueries(terminal, options.onReply);
    boundCounts(terminal);
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.search);
    terminal.loadAddon(
      new WebLinksAddon((_event, address) => openAddress(address), {
        hover: (_event, address) => options.onAddress(address),
        leave: () => options.onAddress(''),
      }),
    );
    terminal.open(parent);
    terminal.onData((data) => {
      if (!isFocusReport(data)) onInput(this.#encoder.encode(data));
    });
    terminal.onBinary((data) => onInput(Uint8Array.from(data, (character) => character.charCodeAt(0))));
    terminal.onResize(({ cols, rows }) => options.onSize(cols, rows));
    const box = new ResizeObserver(() => this.#fitSoon());
    box.observe(parent);
    this.#ends.push(
      () => box.disconnect(),
      keepStyles(root, parent),
      still ? () => {} : blinkCursor(terminal, parent),
      watchForcedColors(() => this.restyle()),
      watchTheme(host, (scheme) => this.#dress(scheme)),
    );
    void document.fonts.ready.then(() => this.restyle());
    this.fit();
  }

  get columns(): number {
    return this.terminal.cols;
  }

  get rows(): number {
    return this.terminal.rows;
  }

  /** Whether pasted text is marked as such for the program. */
  get marksPastes(): boolean {
    return this.terminal.modes.bracketedPasteMode;
  }

  /** Resolves when there is room for more. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      this.#pending += piece.length;
      this.terminal.write(piece, () => this.#took(piece.length));
      if (this.#pending > pendingBytes && !this.#disposed)
        await new Promise<void>((resolve) => this.#drained.push(resolve));
    }
  }

  /** Resolves when it is on the screen. */
  show(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.terminal.write(bytes, resolve));
  }

  /** A line of our own. What comes from elsewhere in it cannot be an escape sequence. */
  say(sentence: string): void {
    if (this.#disposed) return;
    // eslint-disable-next-line no-control-regex -- those are what must not get through
    const text = sentence.replace(/[\0-\x1f\x7f-\x9f]+/g, ' ');
    this.beginLine();
    this.terminal.write(`\x1b[2m${text}\x1b[0m\r\n`);
  }

  /** What comes next begins a line. */
  beginLine(): void {
    if (!this.#disposed && this.terminal.buffer.active.cursorX > 0) this.terminal.write('\r\n');
  }

  /** The program is over: its modes are, too. */
  async settle(): Promise<void> {
    const write = (text: string): Promise<void> =>
      new Promise((resolve) => this.terminal.write(text, resolve));
    // CAN ends a sequence that was begun and not finished.
    await write('\x18');
    if (this.#disposed) return;
    // Who is not on the other screen would get the cursor of who was.
    if (this.terminal.buffer.active.type === 'alternate') await write('\x1b[?1049l');
    await write(plainScreen);
  }

  /** Everything above the line the cursor is in goes. */
  clear(): void {
    this.terminal.clear();
  }

  /** All that is on the screen and above it, as text. */
  get log(): string {
    const { normal } = this.terminal.buffer;
    let text = '';
    for (let row = 0; row < normal.length; row++) {
      const line = normal.getLine(row);
      if (line === undefined) continue;
      if (row > 0 && !line.isWrapped) text += '\n';
      text += line.translateToString(true);
    }
    return `${text.trimEnd()}\n`;
  }

  focus(): void {
    this.terminal.focus();
  }

  /** As many columns and rows as the box has room for. */
  fit(): void {
    const { clientWidth, clientHeight } = this.#options.parent;
    // What is not shown has no size, and a program need not be told so.
    if (this.#disposed || clientWidth === 0 || clientHeight === 0) return;
    this.#fit.fit();
  }

  /** Font or colours of the page may be others now. */
  restyle(): void {
    if (this.#disposed) return;
    const { options } = this.terminal;
    const { theme, fontFamily, fontSize, lineHeight } = lookOf(this.#probe, this.#scheme);
    Object.assign(options, { theme, fontFamily, fontSize, lineHeight });
    this.fit();
  }

  dispose(): void {
    this.#disposed = true;
    for (const end of this.#ends) end();
    this.terminal.dispose();
    this.#probe.remove();
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  #took(bytes: number): void {
    this.#pending -= bytes;
    if (this.#pending <= pendingBytes) for (const resolve of this.#drained.splice(0)) resolve();
  }

  #dress(scheme: 'light' | 'dark'): void {
    const asked = this.#options.host.getAttribute('theme');
    this.#scheme = asked === 'light' || asked === 'dark' ? asked : scheme;
    this.#options.colored.style.colorScheme = this.#scheme;
    this.restyle();
  }

  /** After layout, and once however often the box changes in a frame. */
  #fitSoon(): void {
    requestAnimationFrame(() => this.fit());
  }
}
