import { expect } from 'chai';
import { Errno } from '../../../kernel-core/abi/errno.js';
import { encodeSocketAddress } from '../../../kernel-core/abi/socket-address.js';
import { readWords, syscall } from '../../../kernel-core/abi/syscalls.js';
import { HandleTable } from '../../../kernel-core/file/handle-table.js';
import { makeDirectories } from '../../../kernel-core/fs/directories.js';
import { Tree } from '../../../kernel-core/fs/tree.js';
import { UntakenBudget } from '../../../kernel-core/file/untaken-budget.js';
import { Loopback } from '../../../kernel-core/net/loopback.js';
import type { Process } from '../../../kernel-core/proc/process.js';
import { socketCalls } from '../../../kernel-core/syscalls/socket-calls.js';

const inet = 2;
const stream = 1;
const datagram = 2;
const at = (port: number) => ({ family: 'inet', host: '127.0.0.1', port });

/** A process as far as socket calls look at one, with a way to interrupt what it waits for. */
function setup(openFiles = 100, untaken = new UntakenBudget(Infinity, 1)) {
  const loopback = new Loopback();
  const tree = new Tree({ inodes: 100, fileBytes: 1024 });
  makeDirectories(tree, '/tmp');
  const calls = socketCalls({ loopback, tree });
  const waiting = new Set<() => void>();
  const handles = new HandleTable(openFiles);
  const process = {
    handles,
    state: 'running',
    untaken,
    onInterrupt: (giveUp: () => void) => {
      waiting.add(giveUp);
      return () => waiting.delete(giveUp);
    },
  };
  const call = (number: number, ...args: readonly unknown[]): unknown =>
    calls[number]?.(process as unknown as Process, args);
  const code = async (number: number, ...args: readonly unknown[]): Promise<string> => {
    try {
      await call(number, ...args);
      return 'done';
    } catch (error) {
      expect(error).to.be.instanceOf(Errno);
      return (error as Errno).code;
    }
  };
  const listen = (port: number): number => {
    const handle = call(syscall.socket, inet, stream, 0) as number;
    call(syscall.bind, handle, at(port));
    call(syscall.listen, handle, 5);
    return handle;
  };
  const interrupt = (): void => [...waiting].forEach((giveUp) => giveUp());
  return { loopback, handles, process, call, code, listen, interrupt, waiting };
}

describe('Socket calls', () => {
  it('answer an Errno to whatever a process sends', async () => {
    const { call, code, listen } = setup(10_000);
    const handles = [listen(80), call(syscall.socket, inet, datagram, 0), call(syscall.socket, 1, stream, 0)];
    const values: unknown[] = [
      ...handles,
      ...[-1, 0, 1, 2, 0.5, NaN, Infinity, 2 ** 31, 2 ** 53, 1n, true, '', 'text', null, undefined],
      ...[{}, [], new Uint8Array(3), new Float64Array(1), new ArrayBuffer(8), new Map(), at(80), at(-1)],
      { family: 'inet', host: 'x'.repeat(1000), port: 1 },
      { family: 'unix', path: 'relative' },
      { family: 'unix', path: '/../../tmp/./s' },
      { family: 'unix', path: 7 },
      { family: '__proto__' },
    ];
    let seed = 1;
    const pick = (): unknown => {
      seed = (seed * 48_271) % 2_147_483_647;
      return values[seed % values.length];
    };
    const numbers = Array.from({ length: 13 }, (_, index) => syscall.socket + index);
    for (let round = 0; round < 3000; round += 1) {
      // The last argument of those that may wait: without waiting.
      for (const number of numbers) {
        const args: unknown[] = [pick(), pick(), pick(), pick()];
        if (number === syscall.accept) args[1] = 1;
        if (number === syscall.receiveFrom) args[2] = 1;
        if (number === syscall.sendTo) args[3] = 1;
        expect(await code(number, ...args)).to.be.a('string');
      }
    }
    expect(await code(syscall.accept, 4_000_000)).to.equal('EBADF');
  });

  it('keep two names of one unix socket one', async () => {
    const { call, code } = setup();
    const [one, two] = [call(syscall.socket, 1, stream, 0), call(syscall.socket, 1, stream, 0)];
    call(syscall.bind, one, { family: 'unix', path: '/tmp/s' });
    expect(await code(syscall.bind, two, { family: 'unix', path: '/usr/../tmp//s' })).to.equal('EADDRINUSE');
    expect(call(syscall.localAddress, one)).to.deep.equal(
      encodeSocketAddress({ family: 'unix', path: '/tmp/s' }),
    );
  });

  it('end a wait that is interrupted, and lose no connection to a process that has ended', async () => {
    const { call, code, listen, interrupt, waiting, process, loopback, handles } = setup();
    const listener = listen(80);
    const interrupted = code(syscall.accept, listener, 0);
    interrupt();
    expect(await interrupted).to.equal('EINTR');
    const client = call(syscall.socket, inet, stream, 0) as number;
    const accepted = code(syscall.accept, listener, 0);
    expect(waiting.size).to.equal(2);
    process.state = 'draining';
    loopback.dial(80);
    expect(await accepted).to.equal('EINTR');
    expect([...handles.entries()].map(([handle]) => handle)).to.deep.equal([listener, client]);
  });

  it('count sockets as open files, both of a pair or none', async () => {
    const { call, code, handles } = setup(3);
    expect(readWords(call(syscall.socketPair, 1, stream, 0) as Uint8Array)).to.deep.equal([0, 1]);
    expect(await code(syscall.socketPair, 1, datagram, 0)).to.equal('EMFILE');
    expect(handles.size).to.equal(2);
    expect(await code(syscall.socket, inet, stream, 0)).to.equal('done');
    expect(await code(syscall.socket, inet, stream, 0)).to.equal('EMFILE');
  });

  it('make the sender of unix datagrams wait while the sandbox has no room, unless the receiver has nothing', async () => {
    const { call, code } = setup(100, new UntakenBudget(100_000, 16));
    const pair = () => readWords(call(syscall.socketPair, 1, datagram, 0) as Uint8Array);
    const [one, two] = pair();
    const [other] = pair();
    const message = new Uint8Array(60_000);
    for (let i = 0; i < 2; i += 1) expect(await code(syscall.sendTo, one, message, null, 1)).to.equal('done');
    expect(await code(syscall.sendTo, one, message, null, 1)).to.equal('EAGAIN');
    expect(await code(syscall.sendTo, other, message, null, 1)).to.equal('done');
    const waiting = code(syscall.sendTo, one, message, null, 0);
    await call(syscall.receiveFrom, two, 65_536, 0);
    await call(syscall.receiveFrom, two, 65_536, 0);
    expect(await waiting).to.equal('done');
  });

  it('make the sender of unix datagrams wait for room', async () => {
    const { call, code } = setup();
    const [one, two] = readWords(call(syscall.socketPair, 1, datagram, 0) as Uint8Array);
    const message = new Uint8Array(60_000);
    for (let i = 0; i < 4; i += 1) expect(await code(syscall.sendTo, one, message, null, 1)).to.equal('done');
    expect(await code(syscall.sendTo, one, message, null, 1)).to.equal('EAGAIN');
    const waiting = code(syscall.sendTo, one, message, null, 0);
    const received = (await call(syscall.receiveFrom, two, 65_536, 0)) as Uint8Array;
    expect(received.length).to.be.greaterThan(60_000);
    expect(await waiting).to.equal('done');
  });
});
