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

/** Writes an answer and wakes the process. Only numbers and bytes can be answered so. */
export function replyInSlot(slot: SharedArrayBuffer, number: number, value: unknown): void {
  const words = new Int32Array(slot);
  let code = number;
  let kind: number = slotKinds.number;
  let length = 0;
  if (number === 0 && value instanceof Uint8Array) {
    kind = slotKinds.bytes;
    length = value.length;
    if (length > slotPayloadBytes) code = errno.EMSGSIZE;
    else new Uint8Array(slot, slotPayloadOffset).set(value);
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
export function positionInSlot(slot: SharedArrayBuffer, sequence: number): void {
  Atomics.store(new Int32Array(slot), slotPosition, sequence | 0);
}

/** Whether a signal is pending that the process has not taken. */
export function isRaisedInSlot(slot: SharedArrayBuffer): boolean {
  return Atomics.load(new Int32Array(slot), slotSignals) !== 0;
}

/** Marks a signal as pending; the process sees it at its next call. */
export function raiseInSlot(slot: SharedArrayBuffer, signal: number): void {
  const words = new Int32Array(slot);
  Atomics.or(words, slotSignals, 1 << (signal - 1));
  Atomics.notify(words, slotSignals);
}
