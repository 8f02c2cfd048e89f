// javascript loader: what the program prints, gathered and handed to stdio.
// While lines are few each goes out at once: the program may never end its turn. A line of a flood is not a
// message: its text goes out when 16 KB are there, when 16 ms have passed, or at the end of the turn.
// Must always hold: stdout and stderr keep their order; nothing is written after `close`.
import { withIntrinsics } from '../kept-intrinsics.js';
import type { Stdio } from '../stdio.js';
import { append, now, textEncode } from './intrinsics.js';
import { atNextTurn } from './event-loop.js';

const flushCharacters = 16 * 1024;
const flushMs = 16;
/** Lines that may go out at once in 16 ms. */
const promptMax = 100;
/** Alternating streams are kept apart up to so many pieces a flush; beyond it order yields to the flood budget. */
const piecesMax = 100;
/** Characters a turn may print at full speed; then the loop that prints them is slowed down in place. */
const turnCharacters = 1024 * 1024;
/** Pause after every 16 KB beyond that: some 4 MB a second, which no page lags behind. */
const pauseMs = 4;
const atomicsWait = Atomics.wait;
const { Memory } = WebAssembly;

interface Piece {
  readonly fd: number;
  text: string;
}

export class Output {
  readonly #stdio: Stdio;
  readonly #encoder = new TextEncoder();
  #pieces: Piece[] = [];
  #characters = 0;
  #since = 0;
  /** Characters since the program last gave the event loop a turn. */
  #turn = 0;
  /** Characters since the last pause. */
  #unpaused = 0;
  #cell: Int32Array | undefined;
  #windowStart = 0;
  #prompt = 0;
  #scheduled = false;
  #state: 'open' | 'flushing' | 'closed' = 'open';

  constructor(stdio: Stdio) {
    this.#stdio = stdio;
  }

  write(fd: 1 | 2, text: string): void {
    // While flushing, only a built-in that the program replaced could lead here: it must not feed itself.
    if (this.#state !== 'open' || text === '') return;
    const last = this.#pieces[this.#pieces.length - 1];
    if (last?.fd === fd) last.text += text;
    else append(this.#pieces, { fd, text });
    this.#characters += text.length;
    this.#countTurn(text.length);
    const time = now();
    if (this.#characters === text.length) this.#since = time;
    if (time - this.#windowStart >= flushMs) {
      this.#windowStart = time;
      this.#prompt = 0;
    }
    this.#prompt += 1;
    if (this.#prompt <= promptMax || this.#characters >= flushCharacters || time - this.#since >= flushMs) {
      this.flush();
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      atNextTurn(() => {
        this.#scheduled = false;
        this.flush();
      });
    }
  }

  /** Hands over everything gathered. */
  flush(): void {
    if (this.#state !== 'open' || this.#characters === 0) return;
    const pieces = this.#pieces.length > piecesMax ? merged(this.#pieces) : this.#pieces;
    this.#pieces = [];
    this.#characters = 0;
    this.#state = 'flushing';
    try {
      withIntrinsics(() => this.#send(pieces));
      if (this.#turn > turnCharacters && this.#unpaused >= flushCharacters) this.#pause();
    } catch {
      // EPIPE: nobody reads any more. A program does not fail for printing to nobody.
    } finally {
      this.#state = 'open';
    }
  }

  /** Flushes and takes nothing more. */
  close(): void {
    this.flush();
    this.#state = 'closed';
  }

  #send(pieces: readonly Piece[]): void {
    for (let index = 0; index < pieces.length; index += 1) {
      const piece = pieces[index] as Piece;
      const lagging = this.#stdio.writeWaiting(piece.fd, textEncode(this.#encoder, piece.text));
      // Nobody can wait for it: the program's turn goes on.
      lagging?.catch(() => undefined);
    }
  }

  #countTurn(characters: number): void {
    this.#unpaused += characters;
    if (this.#turn === 0) atNextTurn(() => (this.#turn = 0));
    this.#turn += characters;
  }

  /** Stands still; a shared memory can be made and waited on inside one worker without isolation too. */
  #pause(): void {
    this.#unpaused = 0;
    this.#cell ??= new Int32Array(new Memory({ initial: 1, maximum: 1, shared: true }).buffer);
    atomicsWait(this.#cell, 0, 0, pauseMs);
  }
}

function merged(pieces: readonly Piece[]): Piece[] {
  const out: Piece = { fd: 1, text: '' };
  const err: Piece = { fd: 2, text: '' };
  for (let index = 0; index < pieces.length; index += 1) {
    const piece = pieces[index] as Piece;
    if (piece.fd === 1) out.text += piece.text;
    else err.text += piece.text;
  }
  return [out, err];
}
