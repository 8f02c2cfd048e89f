// elements/terminal: what is typed, pasted and typed for the reader, on its way to the program.
// Must always hold: bytes go out in the order they came in; of a large paste only as much is on its way as the
// program keeps up with, so that the terminal's input buffer never overflows.
//
//   keys ──────────────▶ ┐
//   paste() ─ 16 KB ─▶ queue ─▶ program       a next piece goes out when the program has read most of the one before
//   start lines ── one each time the program waits ─▶

/** The half of a process that one types into. */
export interface Keyboard {
  type(bytes: Uint8Array): void;
  /** Resolves when so little is unread that more may be typed, and when the program has ended. */
  room(): Promise<void>;
}

/** What goes out at once; `sent` is called when it has, or is void. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly sent?: () => void;
}

const pieceBytes = 16_384;

export class Typist {
  readonly #encoder = new TextEncoder();
  #keyboard: Keyboard | undefined;
  #queue: Piece[] = [];
  #lines: string[] = [];
  #isTyping = false;

  /** Types into this program from now on; what was typed before it came is for it, too. */
  attach(keyboard: Keyboard, lines: readonly string[]): void {
    this.#keyboard = keyboard;
    this.#lines = [...lines];
    void this.#type();
  }

  /** The program is gone; what it has not read is void. */
  detach(): void {
    this.#keyboard = undefined;
    this.#void();
  }

  /** Keys. */
  key(bytes: Uint8Array): void {
    if (bytes.length === 1 && bytes[0] === 3) return this.interrupt();
    this.#queue.push({ bytes });
    void this.#type();
  }

  /** ^C goes before whatever waits here: it is what makes the program that reads nothing stop. */
  interrupt(): void {
    this.#void();
    this.#keyboard?.type(Uint8Array.of(3));
  }

  /**
   * Text as the reader's clipboard has it; `isMarked`: the program wants to know where it begins and ends. Resolves
   * when all of it is on its way, or the program is gone.
   */
  paste(text: string, isMarked: boolean): Promise<void> {
    const bytes = this.#encoder.encode(typeable(text));
    if (isMarked) this.#queue.push({ bytes: this.#encoder.encode('\x1b[200~') });
    for (let at = 0; at < bytes.length; at += pieceBytes)
      this.#queue.push({ bytes: bytes.subarray(at, at + pieceBytes) });
    const end = this.#encoder.encode(isMarked ? '\x1b[201~' : '');
    return new Promise((sent) => {
      this.#queue.push({ bytes: end, sent });
      void this.#type();
    });
  }

  /** The program reads and there is nothing: the next line that is typed for the reader. */
  waiting(): void {
    const line = this.#lines.shift();
    if (line !== undefined) this.key(this.#encoder.encode(`${line}\r`));
  }

  #void(): void {
    this.#lines = [];
    for (const { sent } of this.#queue.splice(0)) sent?.();
  }

  async #type(): Promise<void> {
    if (this.#isTyping) return;
    this.#isTyping = true;
    while (this.#keyboard !== undefined) {
      const piece = this.#queue.shift();
      if (piece === undefined) break;
      if (piece.bytes.length > 0) this.#keyboard.type(piece.bytes);
      piece.sent?.();
      if (this.#queue.length > 0) await this.#keyboard.room();
    }
    this.#isTyping = false;
  }
}

/**
 * A clipboard’s text as keys: line ends are Enter, and no other control character than Tab gets through. With them text
 * from another page could leave the marks of a paste, or be keys that nobody pressed.
 */
export function typeable(text: string): string {
  return (
    text
      .replace(/\r\n?|\n/g, '\r')
      // eslint-disable-next-line no-control-regex -- those are what must not get through
      .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, '')
  );
}

/** Whether typing it would give the program more than one line, or a whole one, at once. */
export const hasLineEnds = (text: string): boolean => /[\r\n]/.test(text);
