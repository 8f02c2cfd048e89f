import { expect } from 'chai';
import { OutputGate } from '../../../kernel-core/proc/output-gate.js';
import { PageRequests } from '../../../kernel-core/proc/page-requests.js';

const request = (...bytes: number[]) => ({ bytes: Uint8Array.from(bytes), timeoutMs: undefined });

describe('requests of the page', () => {
  it('are handed out in order, each after the answer to the one before', async () => {
    const answers: number[][] = [];
    const requests = new PageRequests((bytes) => answers.push([...bytes]));
    requests.add(request(1));
    requests.add(request(2));
    expect([...(await requests.next(new Uint8Array(0))).bytes]).to.deep.equal([1]);
    expect(answers).to.deep.equal([]);
    expect([...(await requests.next(Uint8Array.from([10]))).bytes]).to.deep.equal([2]);
    expect(answers).to.deep.equal([[10]]);
    const third = requests.next(Uint8Array.from([20]));
    requests.add(request(3));
    expect([...(await third).bytes]).to.deep.equal([3]);
    expect(answers).to.deep.equal([[10], [20]]);
  });

  it('go to nobody twice, and what was not asked is not answered', () => {
    const answers: Uint8Array[] = [];
    const requests = new PageRequests((bytes) => answers.push(bytes));
    void requests.next(new Uint8Array(0));
    expect(() => requests.next(Uint8Array.from([1])))
      .to.throw()
      .with.property('errno', 10);
    expect(answers).to.deep.equal([]);
  });
});

describe('what comes after output', () => {
  it('is told once the output has been passed on, held back or not', async () => {
    const told: string[] = [];
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    // One byte a second: the second write has to wait.
    const gate = new OutputGate((_fd, chunk) => told.push(new TextDecoder().decode(chunk)), 1);
    gate.write(1, bytes('first'));
    gate.after(() => told.push('after first'));
    gate.write(1, bytes('second'));
    gate.after(() => told.push('after second'));
    expect(told).to.deep.equal(['first', 'after first']);
    gate.finish();
    expect(told).to.deep.equal(['first', 'after first', 'second', 'after second']);
  });
});
