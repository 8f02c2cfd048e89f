// elements/output: splits a stream's text into printable pieces, control characters and escape sequences.
// State survives between calls, so a sequence may be cut anywhere. Unknown sequences vanish whole.
//
//   ground ─ESC→ escape ─[→ csi ──final──→ ground
//                       ─] P X ^ _→ string ──BEL, ST──→ ground        (OSC, DCS, SOS, PM, APC: swallowed)
//                       ─ space … /→ escape (one more) ──any──→ ground

export interface EscapeHandler {
  /** Text without control characters; never empty. */
  print(text: string): void;
  /** One of BS HT LF VT FF CR. */
  control(code: number): void;
  /** A control sequence without private marker; parameters as groups, see `withRendition`. */
  sequence(final: string, parameters: readonly (readonly number[])[]): void;
  /** A two-character escape such as `ESC 7`. */
  escape(final: string): void;
}

type State = 'ground' | 'escape' | 'intermediate' | 'csi' | 'string' | 'string-escape';

// eslint-disable-next-line no-control-regex -- control characters are what this file is about
const control = /[\x00-\x1f\x7f-\x9f]/g;
/** Longest parameter part kept, and longest string swallowed before it is taken for an accident. */
const maxParameters = 128;
const maxString = 100_000;

export class EscapeParser {
  #state: State = 'ground';
  #parameters = '';
  #stringLength = 0;

  /** Handles `text` completely; what is unfinished waits for the next call. */
  parse(text: string, handler: EscapeHandler): void {
    let at = 0;
    while (at < text.length) {
      if (this.#state === 'ground') {
        control.lastIndex = at;
        const next = control.exec(text)?.index ?? text.length;
        if (next > at) handler.print(text.slice(at, next));
        at = next;
        if (at === text.length) return;
      }
      const code = text.charCodeAt(at);
      if (code >= 0xa0 && !this.#state.startsWith('string')) {
        this.#state = 'ground'; // not ASCII: the sequence was none, the character is text
        continue;
      }
      this.#take(code, handler);
      at++;
    }
  }

  #take(code: number, handler: EscapeHandler): void {
    if (this.#state === 'string' || this.#state === 'string-escape') {
      this.#takeInString(code, handler);
      return;
    }
    if (code === 0x18 || code === 0x1a) {
      this.#state = 'ground'; // CAN and SUB abort a sequence
    } else if (code === 0x1b) {
      this.#state = 'escape';
    } else if (code < 0x20) {
      // C0 controls act even inside a sequence, as on the VT100.
      if (code >= 0x08 && code <= 0x0d) handler.control(code);
    } else if (code >= 0x80 && code <= 0x9f) {
      this.#start(code - 0x40); // C1: the eight-bit form of ESC @ … ESC _
    } else if (this.#state === 'escape') {
      if (code >= 0x20 && code <= 0x2f) this.#state = 'intermediate';
      else this.#start(code, handler);
    } else if (this.#state === 'intermediate') {
      if (code >= 0x30) this.#state = 'ground';
    } else if (this.#state === 'csi') {
      if (code < 0x40) {
        if (this.#parameters.length < maxParameters) this.#parameters += String.fromCharCode(code);
      } else if (code < 0x7f) {
        this.#state = 'ground';
        this.#finish(String.fromCharCode(code), handler);
      }
    }
  }

  #start(code: number, handler?: EscapeHandler): void {
    const final = String.fromCharCode(code);
    this.#state = 'ground';
    if (final === '[') {
      this.#state = 'csi';
      this.#parameters = '';
    } else if (']PX^_'.includes(final)) {
      this.#state = 'string';
      this.#stringLength = 0;
    } else {
      handler?.escape(final);
    }
  }

  #takeInString(code: number, handler: EscapeHandler): void {
    if (this.#state === 'string-escape') {
      this.#state = 'ground';
      if (code === 0x5c) return; // ESC \ ends the string
      this.#state = 'escape'; // any other escape ends it too and counts
      this.#take(code, handler);
      return;
    }
    this.#stringLength++;
    if (code === 0x1b) this.#state = 'string-escape';
    else if (code === 0x07 || code === 0x9c || code === 0x18 || code === 0x1a) this.#state = 'ground';
    else if (this.#stringLength > maxString) this.#state = 'ground';
  }

  #finish(final: string, handler: EscapeHandler): void {
    // A private marker (<=>?) or an intermediate byte makes another, unknown function.
    if (!/^[0-9:;]*$/.test(this.#parameters) || this.#parameters.length >= maxParameters) return;
    const groups = this.#parameters.split(';').map((group) => group.split(':').map(Number));
    handler.sequence(final, groups);
  }
}
