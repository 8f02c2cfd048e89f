// What one sandbox does to the machine ends in an error of its own, while a program of another goes on making its
// calls in the same kernel.
import { expect } from 'chai';
import { Kernel, type Process, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../test-config.js';
import { replaceLibraryFile } from './bare-worker.js';

// As an attacker who has got at the process port.
replaceLibraryFile(
  'process.worker.js',
  (source) => `addEventListener('message', ({ data }) => { self.stolenPort = data.port; });\n${source}`,
);

const canWait = testConfig.lane !== 'webkit';
const limits = { processes: 12, memoryBytes: 32e6, fileBytes: 20e6, inodes: 3000 };

interface Bomb {
  readonly start: (sandbox: Sandbox) => Promise<Process>;
  /** What it ends with; absent: it is only stopped. */
  readonly ends?: (status: Awaited<Process['exited']>) => void;
  /** What it says before. */
  readonly says?: string;
  /** It has to wait for the kernel. */
  readonly waits?: true;
  readonly unread?: true;
}

const program =
  (kind: string) =>
  (sandbox: Sandbox): Promise<Process> =>
    sandbox.spawn('./self.wasm', [kind], { stdin: 'null', timeoutMs: 25_000 });

const script =
  (code: string) =>
  async (sandbox: Sandbox): Promise<Process> => {
    await sandbox.fs.writeFile('bomb.mjs', code);
    return sandbox.spawn('javascript', ['bomb.mjs'], { stdin: 'null', timeoutMs: 5000 });
  };

const bombs: Readonly<Record<string, Bomb>> = {
  'a fork bomb': { start: program('fork'), says: 'EAGAIN\n', waits: true },
  'a bomb of memory': {
    start: program('memory'),
    ends: ({ code, reason, message }) => {
      expect({ code, reason }).to.deep.equal({ code: 134, reason: 'memory' });
      expect(message).to.contain('ran out of memory: its limit is').and.match(/\.$/);
    },
  },
  'a disk bomb': { start: program('disk'), says: 'ENOSPC\n', ends: ({ code }) => expect(code).to.equal(1) },
  'a bomb of empty files': {
    start: program('inodes'),
    says: 'ENOSPC\n',
    ends: ({ code }) => expect(code).to.equal(1),
  },
  'a flood of output': {
    start: script(`const chunk = 'x'.repeat(65536); for (;;) process.stdout.write(chunk);`),
    unread: true,
    ends: ({ reason, message }) => {
      expect(reason).to.be.oneOf(['output', 'protocol']);
      expect(message).to.match(/^Stopped .*\.$/);
    },
  },
  'a flood of messages': {
    start: script(`for (;;) stolenPort.postMessage({ type: 'syscall', id: 1, number: 999, args: [] });`),
    ends: ({ reason, message }) => {
      // In Firefox the messages of a worker that never yields stay on its own side.
      expect(reason).to.be.oneOf(testConfig.lane === 'firefox' ? ['protocol', 'timeout'] : ['protocol']);
      expect(message).to.match(/^Stopped .*\.$/);
    },
  },
  'a flood of calls': { start: program('calls'), waits: true },
};

describe('In one kernel with', () => {
  let kernel: Kernel;
  let sibling: Sandbox;
  let self: Uint8Array;
  let lost = 0;

  const load = async (name: string): Promise<Uint8Array> =>
    new Uint8Array(await (await fetch(`/build/test-fixtures/c/${name}.wasm`)).arrayBuffer());

  before(async () => {
    kernel = await Kernel.boot();
    kernel.addEventListener('lost', () => (lost += 1));
    self = await load('bomb');
    sibling = await kernel.sandbox({
      files: { 'latency.wasm': await load('latency'), 'kept.txt': 'kept' },
    });
  });

  /** The other sandbox starts a program, which makes its calls, all of them. */
  async function siblingWorks(): Promise<void> {
    const { stdout, code, message } = await sibling.run('./latency.wasm', [
      canWait ? 'calls' : 'files',
      '300',
    ]);
    expect(code, message ?? stdout).to.equal(0);
    expect(stdout).to.match(/^300 \d+\n$/);
    expect(await sibling.fs.readFile('kept.txt', 'utf-8')).to.equal('kept');
  }

  for (const [name, bomb] of Object.entries(bombs)) {
    it(`${name}, the others go on, and it ends with an error of its own`, async function () {
      this.timeout(60_000);
      if (bomb.waits === true && !canWait) return this.skip();
      await siblingWorks();
      const sandbox = await kernel.sandbox({ files: { 'self.wasm': self }, limits });
      const process = await bomb.start(sandbox);
      const said =
        bomb.says !== undefined && bomb.ends === undefined
          ? process.stdout.getReader().read()
          : bomb.unread === true
            ? undefined
            : new Response(process.stdout).text();
      await siblingWorks();
      await siblingWorks();
      if (bomb.says !== undefined && bomb.ends === undefined) {
        const { value } = (await said) as ReadableStreamReadResult<Uint8Array>;
        expect(new TextDecoder().decode(value)).to.equal(bomb.says);
        await siblingWorks();
      }
      if (bomb.ends === undefined) process.kill('SIGKILL');
      const status = await process.exited;
      if (bomb.ends === undefined) expect(status.signal).to.equal('SIGKILL');
      else bomb.ends(status);
      if (bomb.says !== undefined && bomb.ends !== undefined) expect(await said).to.equal(bomb.says);
      await siblingWorks();
      await sandbox.dispose();
      await siblingWorks();
      expect({ lost, state: kernel.state }).to.deep.equal({ lost: 0, state: 'ready' });
    });
  }
});
