// elements/output: the output of one run, as a small terminal that only ever grows downwards.
// Owns its element, its style sheet in the root and its timers until `dispose`. Program text reaches the
// page as text nodes only; nothing a program prints can create an element, a link or a request.

export type OutputStream = 'stdout' | 'stderr';

/** What a system sentence is about: `exit` is quiet, `limit` and `error` stand out. */
export type NoteKind = 'info' | 'exit' | 'limit' | 'error';

export interface OutputViewOptions {
  /** Where the view's element is appended. A shadow root, or an element inside one. */
  readonly parent: ShadowRoot | HTMLElement;
  /** Accessible name of the log. Default: "Output". */
  readonly label?: string;
  /** Characters kept; default 1 MB (1,000,000). What comes later is dropped, and the view says so once. */
  readonly maxCharacters?: number;
}

/** Shows stdout and stderr of one process at a time. */
export class OutputView {
  /** The scrolling element, `part="output"`. Hidden (`display: none`) while there is nothing to show. */
  readonly element: HTMLElement;

  constructor(options: OutputViewOptions) {
    this.element = document.createElement('div');
    options.parent.append(this.element);
  }

  /** Characters that wait to be shown. A caller that reads a pipe should await `drained` above ~256 KB. */
  get pending(): number {
    return 0;
  }
  /** Resolves when everything appended so far has been taken in. Resolves at once after `dispose`. */
  drained(): Promise<void> {
    return Promise.resolve();
  }
  /** Takes bytes (UTF-8, may be cut anywhere) or text of a stream. The array is copied or decoded at once. */
  append(stream: OutputStream, bytes: Uint8Array | string): void {
    void [stream, bytes];
  }
  /** Shows text the reader typed, as a terminal would echo it. Not part of either stream. */
  echo(text: string): void {
    void text;
  }
  /** Adds a sentence of the system on a line of its own, after all output so far. */
  note(kind: NoteKind, text: string): void {
    void [kind, text];
  }
  /** Empties the view and forgets every state (colours, half characters, the limit). */
  clear(): void {}
  /** What the stream wrote, decoded, up to `maxCharacters`, escape sequences included. Without a stream: what is shown. */
  text(stream?: OutputStream): string {
    void stream;
    return '';
  }
  /** Takes in and shows everything now, whatever it costs. For tests and before a print. */
  flush(): void {}
  /** Puts an element (the input field) after the last character, on the same line; null takes it away. */
  setTail(tail: HTMLElement | null): void {
    void tail;
  }
  /** Removes the element and ends all timers and observers. */
  dispose(): void {}
}
