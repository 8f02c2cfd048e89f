// The kernel's half of a process, against 10,000 messages a seed a program could send. No worker is involved:
// the test holds the other end of the process port.
import { expect } from 'chai';
import { testConfig } from '../test-config.js';
import type { KernelMessage } from '../../kernel-core/abi/messages.js';
import { Errno } from '../../kernel-core/abi/errno.js';
import { encodeRecords } from '../../kernel-core/abi/journal-codec.js';
import type { InodeTable } from '../../kernel-core/abi/inode-table.js';
import { Tree } from '../../kernel-core/fs/tree.js';
import { PageLink } from '../../kernel-core/proc/page-link.js';
import { Process } from '../../kernel-core/proc/process.js';
import type { PooledWorker, WorkerPool } from '../../kernel-core/proc/worker-pool.js';
import { WorkerPrograms } from '../../kernel-core/proc/worker-programs.js';
import { Replica } from '../../kernel-core/client/replica.js';
import type { FromProcess } from '../../kernel-core/protocol/process-port.js';
import { messageOf, pick, randomOf, type Ground } from './fuzz-values.js';

const limits = { inodes: 500, fileBytes: 1_000_000 };
/** A million in one browser; enough in the others to meet what is special about them. */
const messagesTotal = testConfig.lane === 'chromium' ? 500_000 : 10_000;
const batch = 40;

// The kernel lives in workers, which have it; nothing is read by it here before it is sealed.
if (!('FileReaderSync' in globalThis))
  Object.defineProperty(globalThis, 'FileReaderSync', { value: class {} });

/** The first promise the table breaks, of those it makes about itself. */
function problemOf(table: InodeTable): string | undefined {
  const names = new Map<number, number>([[1, 1]]);
  let total = 0;
  let bytes = 0;
  for (const inode of table.values()) {
    if (inode.type !== 'directory') bytes += inode.size;
    for (const [name, child] of inode.isDirectory ? table.entries(inode) : []) {
      const { number } = child;
      total += 1;
      names.set(number, (names.get(number) ?? 0) + 1);
      if (!table.has(number)) return `“${name}” names nothing`;
      if (name.length > 255 || /[/\0]/.test(name) || ['', '.', '..'].includes(name))
        return `bad name “${name}”`;
      if (child.type === 'directory' && child.parent !== inode.number) return `“${name}” has another parent`;
    }
  }
  for (const inode of table.values()) {
    if (inode.links !== (names.get(inode.number) ?? 0)) return `links of ${inode.number}`;
  }
  if (table.names !== total) return 'count of names';
  if (table.bytes !== bytes) return 'count of bytes';
  if (table.bytes > limits.fileBytes || table.size > limits.inodes) return 'limits';
  return undefined;
}

/** Names, types and contents, whatever the inodes' numbers are. */
function describeTree(table: InodeTable): string[] {
  const lines: string[] = [];
  const open = [{ directory: table.root, path: '' }];
  for (const { directory, path } of open) {
    for (const [name, inode] of table.entries(directory)) {
      const content =
        inode.type === 'file' ? table.contents(inode).reduce((sum, byte) => (sum * 31 + byte) % 1e9, 7) : '';
      lines.push(
        `${path}/${name} ${inode.type} ${inode.size} ${inode.links} ${content} ${inode.target ?? ''}`,
      );
      if (inode.isDirectory) open.push({ directory: inode, path: `${path}/${name}` });
    }
  }
  return lines.sort();
}

describe('the kernel’s half of a process', () => {
  for (const seed of [1, 20_261_121]) {
    it(`keeps its promises whatever comes over the port (seed ${seed})`, async function () {
      this.timeout(180_000);
      const random = randomOf(seed);
      const tree = new Tree(limits);
      const replica = new Replica();
      tree.follow((records, sequence) => replica.apply({ records: encodeRecords(records), sequence }));
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
        const worker: PooledWorker = {
          port: line.port1,
          onmessage: undefined,
          onmessageerror: undefined,
          onfailed: undefined,
          terminate: () => undefined,
          view: undefined,
          loader: undefined,
          programs: new WorkerPrograms(),
          slot: undefined,
        };
        let isOver = false;
        const pool = {
          take: () => worker,
          end: () => (isOver = true),
          giveBack: () => expect.fail('a process that may not be used again was'),
        } as unknown as WorkerPool;
        // None once the tree is full: whatever it goes on to create is then under numbers of others.
        const lease = tree.lease(pid).inodes[0] ?? { first: 2 ** 30, count: 1 };
        const process = new Process({
          pid,
          group: pid,
          session: pid,
          command: 'fuzz',
          argv: ['fuzz'],
          cwd: '/',
          loader: 'fuzz',
          transport: 'suspending',
          tree,
          pool,
          timeoutMs: undefined,
          memoryBytes: 1,
          openFiles: 64,
          ignored: [],
          reusable: false,
          syscall: (_process, _number, args) => {
            if (pick(random, [true, false])) throw new Errno('EINVAL');
            return args.length;
          },
          isOrphaned: () => false,
          onChange: () => undefined,
          onEnd: (_process, status) => {
            ended += 1;
            link.exited(status);
          },
        });
        const link = new PageLink({
          port: page.port1,
          input: true,
          outputBytesPerSecond: undefined,
          tty: undefined,
          signal: (number) => process.signal(number),
          waiting: () => undefined,
        });
        for (const stream of link.streams) process.handles.add(stream);
        process.start({ type: 'start', files: { missed: new Uint8Array() }, inodeLease: lease } as Parameters<
          Process['start']
        >[0]);
        const ground: Ground = { lease, inodes: [] };
        /** Resolves when everything sent has been handled: a call is answered behind it, or the process is over. */
        let calls = 2 ** 20;
        const heardAll = async (): Promise<void> => {
          calls += 1;
          const id = calls;
          const answered = new Promise<void>((resolve) => {
            line.port2.onmessage = ({ data }: MessageEvent<KernelMessage>) => {
              if (data.type === 'reply' && data.id === id) resolve();
            };
          });
          line.port2.postMessage({ type: 'syscall', id, number: 0, args: [] });
          await Promise.race([answered, exited]);
        };
        return { process, port: line.port2, heard, exited, heardAll, ground, isOver: () => isOver };
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
        await player.heardAll();
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
        expect(problemOf(tree.table)).to.equal(undefined);
        // Well below what counts as a flood.
        if (sent % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 25));
      }
      expect(pid, 'processes that were ended').to.be.greaterThan(20);
      expect(tree.sequence, 'records that were applied').to.be.greaterThan(50);
      expect(replica.sequence).to.equal(tree.sequence);

      const again = new Tree(limits);
      again.restore(replica.records([]).records);
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
