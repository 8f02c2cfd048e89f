// A process for loader tests: a real view over an empty tree, and standard streams that a test looks into.
import { Errno } from '../../../kernel-core/abi/errno.js';
import type { StartDescriptor } from '../../../kernel-core/abi/messages.js';
import { doubles, pollEvents, syscall, words } from '../../../kernel-core/abi/syscalls.js';
import type { HoldRecord, JournalRecord } from '../../../kernel-core/abi/journal.js';
import { InodeTable, type Inode } from '../../../kernel-core/abi/inode-table.js';
import type { ProcessContext, Transport } from '../../../runtime-loaders/runtime.js';
import { CannotBlock, type Stdio } from '../../../runtime-loaders/stdio.js';
import { PageCache } from '../../../runtime-loaders/view/page-cache.js';
import { View } from '../../../runtime-loaders/view/view.js';

export interface FakeProcessOptions {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly preopens?: Readonly<Record<string, string>>;
  readonly transport?: Transport;
  readonly memoryBytes?: number;
  readonly program?: WebAssembly.Module;
  readonly files?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  /** All of the input; absent: it has to be waited for, and comes by `type`. */
  readonly stdin?: string;
}

/** What a loader is given, and what a test sees of it. */
export class FakeProcess {
  readonly view: View;
  readonly context: ProcessContext;
  readonly records: (JournalRecord | HoldRecord)[] = [];
  readonly #input: FakeInput;
  readonly #output = new Map([1, 2].map((fd) => [fd, new Uint8Array(0)]));
  /** Of every write to fds 1 and 2, its length. */
  readonly writes: number[] = [];
  /** Whether nobody reads fds 1 and 2. */
  hungUp = false;

  constructor(options: FakeProcessOptions = {}) {
    this.view = new View({
      image: new InodeTable(() => undefined).image(0),
      pages: new PageCache(),
      inodeLease: { first: 2, count: 1000 },
      byteLease: 1024 * 1024,
      // A kernel that has nothing against it.
      send: (records) => {
        this.records.push(...records);
        this.view.receive({ records: [], sequence: 0, acknowledged: this.records.length });
      },
    });
    const cwd = options.cwd ?? '/home/user';
    this.directory(cwd);
    this.directory('/tmp');
    for (const [path, text] of Object.entries(options.files ?? {})) this.file(path, text);
    const input = new FakeInput(options.transport ?? 'suspending', options.stdin);
    this.#input = input;
    this.context = {
      pid: 1,
      argv: options.argv ?? ['./program.wasm'],
      env: options.env ?? {},
      cwd,
      runtime: { name: 'wasi', version: '1.0.0' },
      get transport() {
        return input.transport;
      },
      suspends: () => (input.transport = 'suspending'),
      alone: true,
      limits: { memoryBytes: options.memoryBytes ?? 64 * 1024 * 1024, openFiles: 1024 },
      view: this.view,
      stdio: this.#stdio(options),
      outbound: {
        fetch: () => Promise.reject(new Error('no network')),
      },
      asset: () => Promise.reject(new Error('no assets')),
      part: () => Promise.reject(new Error('no parts')),
      begin: () => undefined,
      parent: 0,
      umask: 0o022,
      ignored: [],
      blocked: [],
      descriptors: this.#descriptors(options),
      handles: this.#handles(),
      takePipeMemory: () => undefined,
      signals: { pending: false } as ProcessContext['signals'],
      syscalls: this.#syscalls(),
      ...(options.preopens === undefined ? {} : { preopens: options.preopens }),
      ...(options.program === undefined ? {} : { program: options.program }),
    };
  }

  get stdout(): string {
    return new TextDecoder().decode(this.#output.get(1));
  }

  get stderr(): string {
    return new TextDecoder().decode(this.#output.get(2));
  }

  /** Types into standard input. */
  type(text: string): void {
    this.#input.push(new TextEncoder().encode(text));
  }

  /** Makes a directory and what is above it. */
  directory(path: string): Inode {
    let current = this.view.root;
    for (const name of path.split('/').filter((each) => each !== '')) {
      current = this.view.lookup(current, name) ?? this.view.create(current, name, 'directory', 0o755);
    }
    return current;
  }

  file(path: string, content: string | Uint8Array): Inode {
    const slash = path.lastIndexOf('/');
    const parent = this.directory(path.slice(0, slash));
    const inode = this.view.create(parent, path.slice(slash + 1), 'file', 0o644);
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    if (bytes.length > 0) this.view.write(inode, 0, bytes);
    return inode;
  }

  read(path: string): string {
    return new TextDecoder().decode(this.view.contents(this.view.resolve(path)));
  }

  #descriptors({ stdin, terminal }: FakeProcessOptions): StartDescriptor[] {
    const handle = (fd: number, access: number): StartDescriptor => ({
      ...{ fd, kind: 'handle', handle: fd, access },
      file: terminal === true ? 'tty' : 'pipe',
    });
    const bytes = new TextEncoder().encode(stdin ?? '');
    return [stdin === undefined ? handle(0, 1) : { fd: 0, kind: 'given', bytes }, handle(1, 2), handle(2, 2)];
  }

  #write(fd: number, bytes: Uint8Array): void {
    if (this.hungUp) throw Object.assign(new Error('EPIPE'), { name: 'Errno', errno: 64 });
    const before = this.#output.get(fd)!;
    const after = new Uint8Array(before.length + bytes.length);
    after.set(before);
    after.set(bytes, before.length);
    this.#output.set(fd, after);
  }

  #handles(): ProcessContext['handles'] {
    const handles: Partial<ProcessContext['handles']> = {
      write: (handle, bytes) => this.#write(handle, bytes),
      writeWaiting: (handle, bytes) => {
        this.#write(handle, bytes);
        this.writes.push(bytes.length);
        return undefined;
      },
      room: () => 65_536,
      read: (_handle, max) => this.#input.read(max),
      stream: (_handle, max) => this.#input.read(max),
      available: () => 0,
      put: () => 0,
      take: () => 0,
      flush: () => undefined,
      close: () => undefined,
    };
    return handles as ProcessContext['handles'];
  }

  #syscalls(): ProcessContext['syscalls'] {
    const syscalls: Partial<ProcessContext['syscalls']> = {
      invoke: (number, args) => {
        if (number === syscall.commit) return this.#commit(args[0] as JournalRecord);
        if (number === syscall.append) {
          const [inode, bytes] = args as [number, Uint8Array];
          const position = this.view.get(inode).size;
          this.view.write(this.view.get(inode), position, bytes);
          return doubles(position);
        }
        if (number === syscall.read) return this.#input.readAtOnce(args[1] as number);
        if (number === syscall.poll) return this.#input.poll(args[0] as number[], args[1] as number);
        throw new Error(`call ${number}`);
      },
    };
    return syscalls as ProcessContext['syscalls'];
  }

  /** As the kernel does: decides, and tells the view. */
  #commit(record: JournalRecord): number {
    const { view } = this;
    if (record.op === 'rename') {
      view.rename(view.get(record.parent), record.name, view.get(record.toParent), record.toName);
    } else if (record.op === 'link') {
      view.link(view.get(record.inode), view.get(record.parent), record.name);
    } else {
      view.receive({ records: [record], sequence: view.sequence + 1 });
    }
    return 0;
  }

  #stdio(options: FakeProcessOptions): Stdio {
    return {
      write: (fd, bytes) => this.#write(fd, bytes),
      writeWaiting: () => undefined,
      flush: () => undefined,
      read: (_fd, max) => this.#input.read(max),
      readLater: (_fd, max) => this.#input.readLater(max),
      inputGiven: options.stdin !== undefined,
      inputLeft: undefined,
      sleep: (ms) => {
        if (this.context.transport !== 'local') return new Promise((resolve) => setTimeout(resolve, ms));
        // In place; a window may not wait otherwise.
        for (const end = performance.now() + ms; performance.now() < end;);
        return undefined;
      },
      isTerminal: () => options.terminal === true,
      terminalOf: () => undefined,
    };
  }
}

class FakeInput {
  transport: Transport;
  readonly #given: boolean;
  #arrived = new Uint8Array(0);
  #wake: (() => void) | undefined;

  constructor(transport: Transport, given: string | undefined) {
    this.transport = transport;
    this.#given = given !== undefined;
    if (given !== undefined) this.push(new TextEncoder().encode(given));
  }

  push(bytes: Uint8Array): void {
    const all = new Uint8Array(this.#arrived.length + bytes.length);
    all.set(this.#arrived);
    all.set(bytes, this.#arrived.length);
    this.#arrived = all;
    this.#wake?.();
  }

  read(max: number): Uint8Array | Promise<Uint8Array> {
    if (this.#given) return this.#take(max);
    if (this.transport === 'local') throw new CannotBlock();
    return this.readLater(max);
  }

  async readLater(max: number): Promise<Uint8Array> {
    if (this.#arrived.length === 0 && !this.#given)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#take(max);
  }

  /** As the kernel's read that does not wait. */
  readAtOnce(max: number): Uint8Array {
    if (this.#arrived.length === 0) throw new Errno('EAGAIN');
    return this.#take(max);
  }

  /** As the kernel's poll, of handle 0 and of others that can always be written to. */
  async poll(pairs: readonly number[], timeoutMs: number): Promise<Uint8Array> {
    const look = (): number[] =>
      pairs.flatMap((handle, index) => {
        if (index % 2 === 1) return [];
        if (handle !== 0) return [pollEvents.write];
        return [this.#arrived.length > 0 ? pollEvents.read : 0];
      });
    if (timeoutMs !== 0 && look().every((bits) => bits === 0)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (timeoutMs > 0) setTimeout(resolve, timeoutMs);
      });
    }
    return words(...look());
  }

  #take(max: number): Uint8Array {
    const bytes = this.#arrived.slice(0, max);
    this.#arrived = this.#arrived.slice(bytes.length);
    return bytes;
  }
}
