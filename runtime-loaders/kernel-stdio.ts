// runtime-loaders: fds 0, 1 and 2 over syscalls; the contract is `stdio.ts`.
// Small writes are posted at once while they are few, so that output is prompt, and gathered when they
// come fast, so that a printing loop is not taken for a flood (`proc/flood-budget.ts` of the kernel).
import { Errno } from '../kernel-core/abi/errno.js';
import { pipeCapacityBytes, syscall, type StartDescriptor } from '../kernel-core/abi/messages.js';
import { slotPayloadBytes } from '../kernel-core/abi/syscall-slot.js';
import type { Transport } from './runtime.js';
import { CannotBlock, type Stdio } from './stdio.js';
import type { Syscalls } from './syscalls.js';

const windowMs = 20;
/** Messages a window may carry before writes are gathered; well under the kernel's budget. */
const promptMax = 400;
const gatheredBytesMax = 64 * 1024;

const empty = new Uint8Array(0);
// Taken before user code runs, which may replace the global. A turn of the event loop, not a microtask:
// those would be as many messages again.
const later = setTimeout.bind(globalThis);

interface Output {
  gathered: Uint8Array[];
  gatheredBytes: number;
  /** Posted and not taken by the reader yet. */
  untaken: number;
  closed: boolean;
}

export class KernelStdio implements Stdio {
  readonly #syscalls: Syscalls;
  readonly #transport: Transport;
  readonly #input: StartDescriptor;
  readonly #outputs = new Map<number, Output>();
  #inputPosition = 0;
  #windowStart = -Infinity;
  #posts = 0;
  #flushScheduled = false;
  #sleepCell: Int32Array | undefined;

  constructor(syscalls: Syscalls, transport: Transport, descriptors: readonly StartDescriptor[]) {
    this.#syscalls = syscalls;
    this.#transport = transport;
    this.#input = descriptors[0] ?? { kind: 'null' };
    for (const fd of [1, 2]) {
      this.#outputs.set(fd, { gathered: [], gatheredBytes: 0, untaken: 0, closed: false });
    }
  }

  get inputGiven(): boolean {
    return this.#input.kind !== 'pipe';
  }

  isTerminal(): boolean {
    return false;
  }

  write(fd: number, bytes: Uint8Array): void {
    const output = this.#output(fd);
    if (bytes.length === 0) return;
    output.gathered.push(bytes.slice());
    output.gatheredBytes += bytes.length;
    const now = performance.now();
    if (now - this.#windowStart > windowMs) {
      this.#windowStart = now;
      this.#posts = 0;
    }
    if (this.#posts < promptMax || output.gatheredBytes >= gatheredBytesMax) this.#post(fd, output);
    else this.#scheduleFlush();
  }

  writeWaiting(fd: number, bytes: Uint8Array): undefined | Promise<void> {
    this.write(fd, bytes);
    if (this.#transport === 'local') return undefined;
    const output = this.#output(fd);
    if (output.untaken < pipeCapacityBytes && output.gatheredBytes === 0) return undefined;
    this.flush();
    if (this.#transport === 'shared') {
      this.#syscalls.callNow(syscall.drain, [fd]);
      // Credits come over the port, which is not read while the program runs: half the pipe is free now.
      output.untaken = Math.min(output.untaken, pipeCapacityBytes / 2);
      return undefined;
    }
    return this.#syscalls.call(syscall.drain, [fd]).then(() => undefined);
  }

  read(fd: number, max: number): Uint8Array | Promise<Uint8Array> {
    const given = this.#given(fd, max);
    if (given !== undefined) return given;
    this.flush();
    switch (this.#transport) {
      case 'shared': {
        const bytes = this.#syscalls.callNow(syscall.read, [fd, Math.min(max, slotPayloadBytes)]);
        return bytes instanceof Uint8Array ? bytes : empty;
      }
      case 'suspending':
        return this.readLater(fd, max);
      case 'local':
        throw new CannotBlock();
    }
  }

  async readLater(fd: number, max: number): Promise<Uint8Array> {
    const given = this.#given(fd, max);
    if (given !== undefined) return given;
    this.flush();
    const bytes = await this.#syscalls.call(syscall.read, [fd, max]);
    return bytes instanceof Uint8Array ? bytes : empty;
  }

  sleep(ms: number): undefined | Promise<void> {
    this.flush();
    if (this.#transport === 'suspending') return new Promise((resolve) => setTimeout(resolve, ms));
    // A shared wasm memory can be made, and waited on inside one worker, without isolation too.
    this.#sleepCell ??= new Int32Array(
      new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer,
    );
    Atomics.wait(this.#sleepCell, 0, 0, ms);
    return undefined;
  }

  /** Posts everything gathered. */
  flush(): void {
    for (const [fd, output] of this.#outputs) this.#post(fd, output);
  }

  /** The reader has taken so many bytes. */
  credit(fd: number, bytes: number): void {
    const output = this.#outputs.get(fd);
    if (output !== undefined) output.untaken = Math.max(0, output.untaken - bytes);
  }

  hangup(fd: number): void {
    const output = this.#outputs.get(fd);
    if (output !== undefined) output.closed = true;
  }

  #output(fd: number): Output {
    const output = this.#outputs.get(fd);
    if (output === undefined) throw new Errno('EBADF');
    if (output.closed) throw new Errno('EPIPE');
    return output;
  }

  #given(fd: number, max: number): Uint8Array | undefined {
    if (fd !== 0) throw new Errno('EBADF');
    const input = this.#input;
    if (input.kind === 'pipe') return undefined;
    if (input.kind === 'null') return empty;
    const bytes = input.bytes.subarray(this.#inputPosition, this.#inputPosition + max);
    this.#inputPosition += bytes.length;
    return bytes;
  }

  #post(fd: number, output: Output): void {
    if (output.gatheredBytes === 0) return;
    const [first] = output.gathered;
    const bytes = output.gathered.length === 1 && first !== undefined ? first : concat(output);
    output.gathered = [];
    output.gatheredBytes = 0;
    output.untaken += bytes.length;
    this.#posts += 1;
    const transfer = bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
    this.#syscalls.post({ type: 'write', fd, bytes }, transfer);
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    later(() => {
      this.#flushScheduled = false;
      this.flush();
    });
  }
}

function concat(output: Output): Uint8Array {
  const bytes = new Uint8Array(output.gatheredBytes);
  let offset = 0;
  for (const part of output.gathered) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
