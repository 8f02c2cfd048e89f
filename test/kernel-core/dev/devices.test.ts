import { expect } from 'chai';
import { isErrno } from '../../../kernel-core/abi/errno.js';
import { deviceNames, openDevice } from '../../../kernel-core/dev/devices.js';
import { readiness, type OpenFile } from '../../../kernel-core/file/open-file.js';
import { kernelCaller } from '../../../kernel-core/file/wait-queue.js';

const random = (bytes: Uint8Array<ArrayBuffer>): void => {
  crypto.getRandomValues(bytes);
};
const open = (name: string): OpenFile => openDevice(name, { random });
const read = async (name: string, max: number): Promise<Uint8Array> => open(name).read(max, kernelCaller);

function failure(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isErrno(error)) return error.code;
    throw error;
  }
  return 'none';
}

function taken(name: string, bytes: number): number {
  let count = 0;
  const add = (some: number): void => {
    count += some;
  };
  open(name).write(new Uint8Array(bytes), add, kernelCaller);
  return count;
}

describe('openDevice', () => {
  it('swallows what is written and has nothing to read: null', async () => {
    expect(await read('null', 100)).to.have.length(0);
    expect(taken('null', 1000)).to.equal(1000);
  });

  it('gives zeros: zero', async () => {
    expect([...(await read('zero', 5))]).to.deep.equal([0, 0, 0, 0, 0]);
    expect(taken('zero', 10)).to.equal(10);
  });

  it('has room for nothing: full', async () => {
    expect(await read('full', 3)).to.have.length(3);
    expect(failure(() => taken('full', 1))).to.equal('ENOSPC');
    expect(taken('full', 0)).to.equal(0);
  });

  it('gives as many random bytes as are asked for: random, urandom', async () => {
    const bytes = await read('urandom', 200_000);
    expect(bytes).to.have.length(200_000);
    for (const part of [bytes.subarray(0, 1000), bytes.subarray(-1000)]) {
      expect(new Set(part).size).to.be.above(200);
    }
    expect(taken('random', 10)).to.equal(10);
  });

  it('allots no more than a megabyte for one read', async () => {
    expect(await read('zero', 2 ** 40)).to.have.length(1 << 20);
    expect(await read('random', -1)).to.have.length(0);
  });

  it('is the controlling terminal where there is one: tty', () => {
    const tty = open('null');
    expect(openDevice('tty', { random, tty })).to.equal(tty);
    expect(failure(() => open('tty'))).to.equal('ENXIO');
    expect(failure(() => open('sda'))).to.equal('ENOENT');
  });

  it('is always ready', () => {
    for (const name of deviceNames.filter((other) => other !== 'tty')) {
      expect(open(name).ready).to.equal(readiness.read | readiness.write);
    }
  });
});
