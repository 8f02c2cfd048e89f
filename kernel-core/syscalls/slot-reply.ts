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
} from '../abi/syscall-slot.js';

/** The kernel's end of one slot. */
export class SlotReply {
  readonly #words: Int32Array;
  readonly #payload: Uint8Array;

  constructor(slot: SharedArrayBuffer) {
    this.#words = new Int32Array(slot);
    this.#payload = new Uint8Array(slot, slotPayloadOffset);
  }

  /** Writes an answer and wakes the process. Only numbers and bytes can be answered so. */
  reply(number: number, value: unknown): void {
    const words = this.#words;
    let code = number;
    let kind: number = slotKinds.number;
    let length = 0;
    if (number === 0 && value instanceof Uint8Array) {
      kind = slotKinds.bytes;
      length = value.length;
      if (length > slotPayloadBytes) code = errno.EMSGSIZE;
      else this.#payload.set(value);
    } else if (number === 0 && Array.isArray(value)) {
      kind = slotKinds.bytes;
      for (const piece of value as readonly Uint8Array[]) {
        this.#payload.set(piece, length);
        length += piece.length;
      }
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
}
