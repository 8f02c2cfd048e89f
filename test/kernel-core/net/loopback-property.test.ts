import { expect } from 'chai';
import * as fc from 'fast-check';
import { isErrno } from '../../../kernel-core/abi/errno.js';
import type { SocketAddress } from '../../../kernel-core/abi/socket-address.js';
import { kernelCaller } from '../../../kernel-core/file/wait-queue.js';
import { Loopback } from '../../../kernel-core/net/loopback.js';
import type { StreamSocket } from '../../../kernel-core/net/sockets.js';

const addresses: readonly SocketAddress[] = [
  { family: 'inet', host: '127.0.0.1', port: 80 },
  { family: 'inet', host: '0.0.0.0', port: 0 },
  { family: 'inet6', host: '::1', port: 80 },
  { family: 'inet6', host: '::', port: 81 },
  { family: 'inet', host: '127.0.0.1', port: 81 },
  { family: 'inet', host: '10.0.0.1', port: 80 },
  { family: 'unix', path: '/a' },
  { family: 'unix', path: '\0b' },
];

const step = fc.record({
  action: fc.constantFrom(
    'socket',
    'bind',
    'listen',
    'connect',
    'accept',
    'write',
    'read',
    'shutdown',
    'close',
    'reset',
    'pair',
  ),
  which: fc.nat(1000),
  address: fc.constantFrom(...addresses),
  size: fc.integer({ min: 0, max: 3000 }),
  how: fc.constantFrom('read' as const, 'write' as const, 'both' as const),
});

describe('a sandbox’s network, whatever its processes do', () => {
  it('fails only with errnos, announces every port once, and loses no report of bytes taken', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
        const listening = new Set<number>();
        const loopback = new Loopback({
          listen: (port) => {
            expect(listening.has(port)).to.be.false;
            listening.add(port);
          },
          close: (port) => expect(listening.delete(port)).to.be.true,
        });
        const sockets: StreamSocket[] = [];
        const waits: Promise<unknown>[] = [];
        let written = 0;
        let taken = 0;
        const waitFor = (result: unknown): void => {
          waits.push(Promise.resolve(result).catch(onlyErrno));
        };
        for (const { action, which, address, size, how } of steps) {
          const socket = sockets[which % Math.max(1, sockets.length)];
          try {
            if (action === 'socket') sockets.push(loopback.socket(address.family));
            else if (action === 'pair') sockets.push(...loopback.socketPair());
            else if (socket === undefined) continue;
            else if (action === 'bind') socket.bind(address);
            else if (action === 'listen') socket.listen(size);
            else if (action === 'connect') socket.connect(address);
            else if (action === 'accept') {
              const accepted = socket.accept(kernelCaller);
              if (accepted instanceof Promise) waitFor(accepted.then((late) => late.close()));
              else sockets.push(accepted);
            } else if (action === 'write') {
              socket.write(new Uint8Array(size), (bytes) => {
                taken += bytes;
              });
              written += size;
            } else if (action === 'read') waitFor(socket.read(size, kernelCaller));
            else if (action === 'shutdown') socket.shutdown(how);
            else if (action === 'reset') socket.reset();
            else socket.close();
          } catch (error) {
            onlyErrno(error);
          }
          expect(taken).to.be.at.most(written);
          const ports = sockets
            .filter(({ listener }) => listener !== undefined)
            .flatMap(({ localAddress: at }) => ('port' in at ? [at.port] : []));
          expect([...new Set(ports)]).to.have.members([...listening]);
          expect(loopback.ports).to.have.members([...listening]);
        }
        for (const socket of sockets) socket.close();
        await Promise.all(waits);
        expect(loopback.ports).to.deep.equal([]);
        expect(listening.size).to.equal(0);
        expect(taken).to.equal(written);
        for (const address of addresses.slice(0, 4)) loopback.socket(address.family).bind(address);
      }),
      { numRuns: 400 },
    );
  });
});

function onlyErrno(error: unknown): void {
  if (!isErrno(error)) throw error;
}
