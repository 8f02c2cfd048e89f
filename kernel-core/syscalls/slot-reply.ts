// syscalls: answers a process that waits with Atomics in its slot (transport `shared`, abi/syscall-slot.ts).
import { errno } from '../abi/errno.js';
import {
  slotErrno,
  slotKind,
  slotKinds,
  slotLength,
  slotPayloadBytes,
  slotPayloadOffset,
  slotPosition,
  slotSignals,
  slotState,
  slotWords,
} from '../abi/syscall-slot.js';
import { words } from '../abi/syscalls.js';

/** The kernel's end of one slot, for one program: nothing of the one before is left in its words. */
export class SlotReply {
  readonly #words: Int32Array;
  readonly #payload: Uint8Array;

  constructor(slot: SharedArrayBuffer) {
    this.#words = new Int32Array(slot).fill(0, 0, slotWords);
    this.#payload = new Uint8Array(slot, slotPayloadOffset);
  }

  /** Writes an answer and wakes the process. Only numbers, lists of numbers and bytes, in one piece or several, can be answered so. */
  reply(number: number, value: unknown): void {
    const words = this.#words;
    let code = number;
    let kind: number = slotKinds.number;
    let length = 0;
    const pieces = piecesOf(value);
    if (number === 0 && pieces !== undefined) {
      kind = slotKinds.bytes;
      length = pieces.reduce((sum, piece) => sum + piece.length, 0);
      if (length > slotPayloadBytes) code = errno.EMSGSIZE;
      else this.#put(pieces);
    } else if (number === 0 && typeof value === 'number') {
      length = value;
    } else if (number === 0) {
      code = errno.EINVAL;
    }
    words[slotErrno] = code;
    words[slotKind] = kind;
    words[slotLength] = length;
    Atomics.store(words, slotState, 2);
    Atomics.notify(words, slotState);
  }

  /** The tree has reached this place in its journal. */
  position(sequence: number): void {
    Atomics.store(this.#words, slotPosition, sequence | 0);
  }

  /** Marks a signal as pending; the process sees it at its next call. */
  raise(signal: number): void {
    Atomics.or(this.#words, slotSignals, 1 << (signal - 1));
    Atomics.notify(this.#words, slotSignals);
  }

  /** Whether a signal is pending that the process has not taken. */
  get isRaised(): boolean {
    return Atomics.load(this.#words, slotSignals) !== 0;
  }

  #put(pieces: readonly Uint8Array[]): void {
    let at = 0;
    for (const piece of pieces) {
      this.#payload.set(piece, at);
      at += piece.length;
    }
  }
}

function piecesOf(value: unknown): readonly Uint8Array[] | undefined {
  if (value instanceof Uint8Array) return [value];
  if (!Array.isArray(value)) return undefined;
  if (value.length > 0 && value.every((each): each is number => typeof each === 'number'))
    return [words(...value)];
  return value.every((each): each is Uint8Array => each instanceof Uint8Array) ? value : undefined;
}
