import { expect } from 'chai';
import { pipeCapacityBytes } from '../../../kernel-core/abi/messages.js';
import { atomicBytes, UntakenBudget } from '../../../kernel-core/file/untaken-budget.js';
import { kernelCaller } from '../../../kernel-core/file/wait-queue.js';
import { HandleWrites } from '../../../kernel-core/proc/handle-writes.js';

const handle = 3;

describe('HandleWrites', () => {
  it('keeps nobody waiting who writes PIPE_BUF when there was room, and then who filled the pipe until it is half empty', async () => {
    const writes = new HandleWrites(() => undefined, new UntakenBudget(64 * 1024 * 1024, 64));
    const takers: ((bytes: number) => void)[] = [];
    while (writes.hasRoom(handle, undefined)) {
      takers.push(writes.add(handle, atomicBytes));
      await writes.drained(handle, () => undefined, kernelCaller);
    }
    expect(writes.untakenOf(handle)).to.be.below(pipeCapacityBytes);
    takers.push(writes.add(handle, atomicBytes));
    let went = false;
    const room = writes.drained(handle, () => undefined, kernelCaller).then(() => (went = true));
    while (writes.untakenOf(handle) > pipeCapacityBytes / 2) {
      expect(went).to.equal(false);
      takers.pop()?.(atomicBytes);
      await Promise.resolve();
    }
    await room;
  });
});
