// The kernel's half of a process, against 20,000 messages a program could send. No worker is involved:
// the test holds the other end of the process port.
import { expect } from 'chai';
import { Errno } from '../../kernel-core/abi/errno.js';
import type { InodeTable } from '../../kernel-core/abi/inode-table.js';
import { Tree } from '../../kernel-core/fs/tree.js';
import { Process } from '../../kernel-core/proc/process.js';
import type { PooledWorker, WorkerPool } from '../../kernel-core/proc/worker-pool.js';
import { Replica } from '../../kernel-core/client/replica.js';
import type { FromProcess } from '../../kernel-core/protocol/process-port.js';
import { messageOf, pick, randomOf, type Ground } from './fuzz-values.js';

const limits = { inodes: 500, fileBytes: 1_000_000 };
const messagesTotal = 20_000;
const batch = 40;

// The kernel lives in workers, which have it; nothing is read by it here before it is sealed.
if (!('FileReaderSync' in globalThis))
  Object.defineProperty(globalThis, 'FileReaderSync', { value: class {} });

/** Every promise the table makes about itself. */
function checkTree(table: InodeTable): void {
  const names = new Map<number, number>([[1, 1]]);
  let total = 0;
  let bytes = 0;
  for (const inode of table.values()) {
    if (inode.type !== 'directory') bytes += inode.size;
    for (const [name, number] of inode.entries ?? []) {
      total += 1;
      names.set(number, (names.get(number) ?? 0) + 1);
      expect(table.has(number), `what “${name}” names`).to.equal(true);
      expect(name).to.match(/^[^/\0]{1,255}$/u);
      expect(['.', '..']).not.to.include(name);
      const child = table.get(number);
      if (child.type === 'directory') expect(child.parent).to.equal(inode.number);
    }
  }
  for (const inode of table.values()) expect(inode.links).to.equal(names.get(inode.number) ?? 0);
  expect(table.names).to.equal(total);
  expect(table.bytes).to.equal(bytes);
  expect(table.bytes).to.be.at.most(limits.fileBytes);
  expect(table.size).to.be.at.most(limits.inodes);
}

/** Names, types and contents, whatever the inodes' numbers are. */
function describeTree(table: InodeTable): string[] {
  const lines: string[] = [];
  const open = [{ directory: table.root, path: '' }];
  for (const { directory, path } of open) {
    for (const [name, number] of directory.entries ?? []) {
      const inode = table.get(number);
      const content =
        inode.type === 'file' ? table.contents(inode).reduce((sum, byte) => (sum * 31 + byte) % 1e9, 7) : '';
      lines.push(
        `${path}/${name} ${inode.type} ${inode.size} ${inode.links} ${content} ${inode.target ?? ''}`,
      );
      if (inode.entries !== undefined) open.push({ directory: inode, path: `${path}/${name}` });
    }
  }
  return lines.sort();
}

describe('the kernel’s half of a process', () => {
  for (const seed of [1, 20_261_121]) {
    it(`keeps its promises whatever comes over the port (seed ${seed})`, async function () {
      this.timeout(60_000);
      const random = randomOf(seed);
      const tree = new Tree(limits);
      const replica = new Replica();
      tree.follow((records, sequence) => replica.apply(structuredClone({ records, sequence })));
      let ended = 0;
      let pid = 0;
      let player = start();

      function start() {
        pid += 1;
        const line = new MessageChannel();
        const page = new MessageChannel();
        const heard: FromProcess[] = [];
        let tellExit: () => void = () => undefined;
        const exited = new Promise<void>((resolve) => (tellExit = resolve));
        page.port2.onmessage = ({ data }: MessageEvent<FromProcess>) => {
          heard.push(data);
          if (data.type === 'exited') tellExit();
        };
        const worker: PooledWorker = { port: line.port1, onfailed: undefined, terminate: () => undefined };
        let isOver = false;
        const pool = {
          take: () => worker,
          end: () => (isOver = true),
          giveBack: () => expect.fail('a process that may not be used again was'),
        } as unknown as WorkerPool;
        const lease = tree.lease();
        const process = new Process({
          pid,
          command: 'fuzz',
          loader: 'fuzz',
          transport: 'suspending',
          tree,
          pool,
          port: page.port1,
          stdin: 'pipe',
          timeoutMs: undefined,
          memoryBytes: 1,
          reusable: false,
          syscall: (_process, _number, args) => {
            if (pick(random, [true, false])) throw new Errno('EINVAL');
            return args.length;
          },
          onExit: () => (ended += 1),
        });
        process.start({ type: 'start', inodeLease: lease } as Parameters<Process['start']>[0]);
        const ground: Ground = { lease, inodes: [] };
        return { process, port: line.port2, heard, exited, ground, isOver: () => isOver };
      }

      for (let sent = 0; sent < messagesTotal;) {
        for (let index = 0; index < batch; index += 1, sent += 1) {
          const message = messageOf(random, player.ground);
          try {
            player.port.postMessage(message);
          } catch {
            // This engine does not clone it, so no program can send it either.
          }
        }
        await turn();
        await turn();
        if (player.process.state === 'zombie') {
          await player.exited;
          await turn();
          const exits = player.heard.filter((message) => message.type === 'exited');
          expect(exits, `exits of ${pid}`).to.have.length(1);
          expect(player.heard.at(-1)).to.equal(exits[0]);
          const { status } = exits[0] as FromProcess & { type: 'exited' };
          if (status.reason === 'protocol') expect(status.message).to.match(/^Stopped because .*\.$/);
          expect(player.isOver()).to.equal(true);
          expect(ended).to.equal(pid);
          player = start();
        }
        checkTree(tree.table);
      }
      expect(pid, 'processes that were ended').to.be.greaterThan(20);
      expect(tree.sequence, 'records that were applied').to.be.greaterThan(500);
      expect(replica.sequence).to.equal(tree.sequence);

      const again = new Tree(limits);
      again.restore(replica.records());
      expect(describeTree(again.table)).to.deep.equal(describeTree(tree.table));
      player.process.abandon({ code: 0, signal: null });
    });
  }
});

/** Everything posted by now has arrived. */
function turn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
