// elements/display: takes objects for the reader's eye (docs/reference/rich-output.md) out of a stream's bytes.
// Must always hold: what comes out does not depend on how the bytes were cut, and no byte of text is lost, not
// even after a sequence that was begun and never finished.
//
//   text ─ESC→ intro ─“]7747;”, “]1337;File=”→ header ─“:”→ body ─BEL, ESC \→ text, and an object
//     ▲          │ any other byte                │            │ a byte that is no base64
//     └──────────┴───────────────────────────────┴────────────┘ what was held back is text

/** Who defined the sequence: we, or iTerm2. */
export type Protocol = 'ours' | 'iterm2';

export type Part =
  | { readonly type: 'text'; readonly bytes: Uint8Array }
  /** `header` is what stands before the colon, `base64` what comes after it. */
  | {
      readonly type: 'object';
      readonly protocol: Protocol;
      readonly header: string;
      readonly base64: Uint8Array;
    }
  /** An object that cannot be shown, for it is too large or was never finished; `bytes` that are not passed on. */
  | { readonly type: 'lost'; readonly why: 'large' | 'unfinished'; readonly bytes: number };

/** Of one object, decoded. */
export const objectBytes = 16 * 1024 * 1024;
const base64Bytes = Math.ceil(objectBytes / 3) * 4;
const headerBytes = 8 * 1024;
/** An unfinished sequence up to this size becomes text whole; of a longer one, its end. */
const wholeBytes = 4 * 1024;
const tailBytes = 1024;
/** Shorter lines of base64 are the last one: `base64` breaks at 76, PEM at 64. */
const brokenLine = 60;

const [BEL, LF, CR, ESC, colon, backslash, bracket] = [0x07, 0x0a, 0x0d, 0x1b, 0x3a, 0x5c, 0x5d];
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (each) => each.charCodeAt(0));

const intros: readonly { readonly protocol: Protocol; readonly bytes: Uint8Array }[] = [
  { protocol: 'ours', bytes: ascii('\x1b]7747;') },
  { protocol: 'iterm2', bytes: ascii('\x1b]1337;File=') },
];

const isBase64 = new Uint8Array(256);
for (const byte of ascii('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/='))
  isBase64[byte] = 1;

type State = 'text' | 'intro' | 'header' | 'body' | 'end';

export class SequenceSplitter {
  readonly #largest: number;
  #state: State = 'text';
  #protocol: Protocol = 'ours';
  /** What is held back since the ESC, in pieces, and how many bytes that are. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Where in it the body begins. */
  #bodyAt = 0;
  /** Bytes of the body that were let go, for it is too large. */
  #dropped = 0;
  /** Characters in the current line of the body; after a short line nothing but the end may come. */
  #column = 0;
  #short = false;

  /** `largest`: bytes of base64 an object may have; more than what becomes text whole. */
  constructor(largest = base64Bytes) {
    this.#largest = largest;
  }

  /** The parts that are complete. Keeps views of the array. */
  split(chunk: Uint8Array): Part[] {
    const parts: Part[] = [];
    let at = 0;
    /** Since where the bytes of this chunk are held back. */
    let since = 0;
    const hold = (end: number): void => {
      if (end > since) this.#hold(chunk.subarray(since, end));
      since = end;
    };
    while (at < chunk.length) {
      if (this.#state === 'text') {
        let next = chunk.indexOf(ESC, at);
        // Colours and the like, at full speed.
        while (next >= 0 && next + 1 < chunk.length && chunk[next + 1] !== bracket)
          next = chunk.indexOf(ESC, next + 1);
        const end = next < 0 ? chunk.length : next;
        if (end > at) parts.push({ type: 'text', bytes: chunk.subarray(at, end) });
        if (next < 0) return parts;
        this.#state = 'intro';
        since = end;
        at = end + 1;
        continue;
      }
      const byte = chunk[at] ?? 0;
      switch (this.#state) {
        case 'intro': {
          hold(at);
          const length = this.#heldBytes + 1;
          const fits = intros.filter(({ bytes }) => this.#begins(bytes) && bytes[length - 1] === byte);
          if (fits.length === 0) {
            this.#giveUp(parts, true);
            since = at;
            continue;
          }
          const whole = fits.find(({ bytes }) => bytes.length === length);
          if (whole !== undefined) {
            this.#protocol = whole.protocol;
            this.#state = 'header';
          }
          break;
        }
        case 'header':
          if (byte === colon) {
            hold(at + 1);
            this.#bodyAt = this.#heldBytes;
            this.#column = 0;
            this.#short = false;
            this.#state = 'body';
          } else if (byte < 0x20 || byte > 0x7e || this.#heldBytes + at - since > headerBytes) {
            hold(at);
            this.#giveUp(parts);
            since = at;
            continue;
          }
          break;
        case 'body':
          if (isBase64[byte] === 1 && !this.#short) {
            this.#column += 1;
          } else if (byte === LF && !this.#short) {
            this.#short = this.#column < brokenLine;
            this.#column = 0;
          } else if (byte === BEL) {
            hold(at);
            since = at + 1;
            this.#finish(parts);
          } else if (byte === ESC) {
            hold(at);
            this.#state = 'end';
          } else if (byte !== CR) {
            hold(at);
            this.#giveUp(parts);
            since = at;
            continue;
          }
          break;
        case 'end':
          // `since` is where the ESC was, here or in the chunk before: it is no part of the body.
          if (byte === backslash) {
            since = at + 1;
            this.#finish(parts);
            break;
          }
          this.#giveUp(parts);
          this.#state = 'intro';
          this.#hold(Uint8Array.of(ESC));
          since = at;
          continue;
      }
      at += 1;
    }
    if (this.#state !== 'text' && this.#state !== 'end') hold(at);
    return parts;
  }

  /** The stream has ended: what is left. */
  end(): Part[] {
    const parts: Part[] = [];
    if (this.#state === 'intro') this.#giveUp(parts, true);
    else if (this.#state !== 'text') this.#giveUp(parts);
    return parts;
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#state !== 'body' || this.#heldBytes - this.#bodyAt <= this.#largest) return;
    // Of what is too large only the end is kept: it may turn out to be text.
    const joined = this.#join();
    const tail = joined.slice(Math.max(this.#bodyAt, joined.length - tailBytes));
    const head = joined.slice(0, this.#bodyAt);
    this.#dropped += joined.length - head.length - tail.length;
    this.#held = [head, tail];
    this.#heldBytes = head.length + tail.length;
  }

  #begins(intro: Uint8Array): boolean {
    return this.#join().every((byte, index) => intro[index] === byte);
  }

  #join(): Uint8Array {
    if (this.#held.length === 1 && this.#held[0]) return this.#held[0];
    const joined = new Uint8Array(this.#heldBytes);
    let at = 0;
    for (const each of this.#held) {
      joined.set(each, at);
      at += each.length;
    }
    this.#held = [joined];
    return joined;
  }

  #reset(): Uint8Array {
    const joined = this.#join();
    this.#held = [];
    this.#heldBytes = 0;
    this.#dropped = 0;
    this.#state = 'text';
    return joined;
  }

  #finish(parts: Part[]): void {
    const bodyBytes = this.#dropped + this.#heldBytes - this.#bodyAt;
    const lost = this.#dropped > 0 || bodyBytes > this.#largest;
    const joined = this.#reset();
    if (lost) {
      parts.push({ type: 'lost', why: 'large', bytes: bodyBytes });
      return;
    }
    const protocol = this.#protocol;
    const intro = intros.find((each) => each.protocol === protocol)?.bytes.length ?? 0;
    const header = String.fromCharCode(...joined.subarray(intro, this.#bodyAt - 1));
    parts.push({ type: 'object', protocol, header, base64: joined.subarray(this.#bodyAt) });
  }

  /** It was no sequence, or an unfinished one; `whole`: another escape sequence, which stays as it is. */
  #giveUp(parts: Part[], whole = false): void {
    const dropped = this.#dropped;
    const joined = this.#reset();
    // Without its ESC, with which the text after it would count as a part of the sequence.
    const text = whole ? joined : joined.subarray(1);
    if (dropped === 0 && text.length <= wholeBytes) {
      if (text.length > 0) parts.push({ type: 'text', bytes: text });
      return;
    }
    parts.push({ type: 'lost', why: 'unfinished', bytes: dropped + text.length - tailBytes });
    parts.push({ type: 'text', bytes: text.subarray(-tailBytes) });
  }
}
