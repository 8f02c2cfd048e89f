import { expect } from 'chai';
import { errno } from '../../../kernel-core/abi/errno.js';
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
} from '../../../kernel-core/abi/syscall-slot.js';
import { SlotReply } from '../../../kernel-core/syscalls/slot-reply.js';

/** What a process finds in its slot. */
function answerOf(value: unknown): { state: number; code: number; bytes: number[] | undefined } {
  // Shared memory without an isolated page.
  const memory = new WebAssembly.Memory({ initial: 5, maximum: 5, shared: true }).buffer;
  const slot = memory as unknown as SharedArrayBuffer;
  new SlotReply(slot).reply(0, value);
  const words = new Int32Array(slot);
  const isBytes = words[slotKind] === slotKinds.bytes && words[slotErrno] === 0;
  return {
    state: words[slotState] as number,
    code: words[slotErrno] as number,
    bytes: isBytes ? [...new Uint8Array(slot, slotPayloadOffset, words[slotLength])] : undefined,
  };
}

describe('An answer in a slot', () => {
  it('joins the pieces of what was read ahead', () => {
    const { code, bytes } = answerOf([new Uint8Array([1, 2]), new Uint8Array(0), new Uint8Array([3])]);
    expect({ code, bytes }).to.deep.equal({ code: 0, bytes: [1, 2, 3] });
  });

  it('tells a list of numbers as words', () => {
    expect(answerOf([1, -1])).to.deep.include({ code: 0, bytes: [1, 0, 0, 0, 255, 255, 255, 255] });
  });

  it('is the first of a program: the signals of the one before are not its own', () => {
    const memory = new WebAssembly.Memory({ initial: 5, maximum: 5, shared: true }).buffer;
    const slot = memory as unknown as SharedArrayBuffer;
    const before = new SlotReply(slot);
    before.raise(15);
    before.reply(0, 7);
    const program = new SlotReply(slot);
    program.position(3);
    const words = new Int32Array(slot);
    expect([words[slotState], words[slotSignals], words[slotPosition]]).to.deep.equal([0, 0, 3]);
  });

  it('is an end of file where there are no pieces', () => {
    expect(answerOf([])).to.deep.include({ code: 0, bytes: [] });
  });

  for (const [what, value] of Object.entries({
    'one piece': new Uint8Array(slotPayloadBytes + 1),
    'pieces together': [new Uint8Array(slotPayloadBytes), new Uint8Array(1)],
  })) {
    it(`is EMSGSIZE where ${what} would not fit`, () => {
      expect(answerOf(value)).to.include({ state: 2, code: errno.EMSGSIZE });
    });
  }

  it('is EINVAL where it is no number and no bytes', () => {
    for (const value of [{}, [{ segment: 1 }], 'text', [[1]]])
      expect(answerOf(value)).to.include({ state: 2, code: errno.EINVAL });
  });
});
