// abi: the shared-memory slot in which the kernel answers a process that waits with Atomics (transport `shared`).
//
//   Int32 0   state     0 idle · 1 waiting · 2 answered
//   Int32 1   errno     0 or an error number
//   Int32 2   kind      0 number · 1 bytes
//   Int32 3   length    bytes of payload, or the number itself
//   Int32 4   signals   bit n - 1 for each pending signal n; a process that sleeps waits on this word
//   Int32 5   position  low bits of a place in the journal, told anew when others have changed files: the process
//                       pulls when it is another than before
//   byte 64…  payload
//
// A payload longer than the slot is never cut: the request says how much it takes, at most the slot's
// payload, and an answer that does not fit is EMSGSIZE.

export const slotBytes = 64 + 256 * 1024;
export const slotPayloadOffset = 64;
export const slotWords = 16;
export const slotState = 0;
export const slotErrno = 1;
export const slotKind = 2;
export const slotLength = 3;
export const slotSignals = 4;
export const slotPosition = 5;

export const slotKinds = { number: 0, bytes: 1 } as const;
export const slotPayloadBytes = slotBytes - slotPayloadOffset;
