// runtime-loaders: fds 0, 1 and 2 over the handles they were at the start; the contract is `stdio.ts`.
import { Errno } from '../kernel-core/abi/errno.js';
import type { StartDescriptor } from '../kernel-core/abi/messages.js';
import type { Handles } from './handles.js';
import type { Signals } from './signals.js';
import type { Stdio } from './stdio.js';
import type { Syscalls } from './syscalls.js';

const empty = new Uint8Array(0);

export class StandardStreams implements Stdio {
  readonly #handles: Handles;
  readonly #syscalls: Pick<Syscalls, 'transport'>;
  readonly #signals: Signals;
  readonly #streams: ReadonlyMap<number, StartDescriptor>;
  #inputPosition = 0;

  constructor(
    handles: Handles,
    syscalls: Pick<Syscalls, 'transport'>,
    signals: Signals,
    descriptors: readonly StartDescriptor[],
  ) {
    this.#handles = handles;
    this.#syscalls = syscalls;
    this.#signals = signals;
    this.#streams = new Map(descriptors.map((each) => [each.fd, each]));
  }

  get inputGiven(): boolean {
    return this.#streams.get(0)?.kind !== 'handle';
  }

  get inputLeft(): Uint8Array | undefined {
    const stream = this.#streams.get(0);
    return stream?.kind === 'given' ? stream.bytes.subarray(this.#inputPosition) : undefined;
  }

  isTerminal(fd: number): boolean {
    return this.terminalOf(fd) !== undefined;
  }

  terminalOf(fd: number): number | undefined {
    const stream = this.#streams.get(fd);
    return stream?.kind === 'handle' && stream.file === 'tty' ? stream.handle : undefined;
  }

  write(fd: number, bytes: Uint8Array): void {
    const handle = this.#output(fd);
    if (handle !== undefined) this.#handles.write(handle, bytes);
  }

  writeWaiting(fd: number, bytes: Uint8Array): undefined | Promise<void> {
    const handle = this.#output(fd);
    return handle === undefined ? undefined : this.#handles.writeWaiting(handle, bytes);
  }

  read(fd: number, max: number): Uint8Array | Promise<Uint8Array> {
    const source = this.#input(fd, max);
    return typeof source === 'number' ? this.#handles.read(source, max) : source;
  }

  async readLater(fd: number, max: number): Promise<Uint8Array> {
    const source = this.#input(fd, max);
    return typeof source === 'number' ? this.#handles.readLater(source, max) : source;
  }

  sleep(ms: number): undefined | Promise<void> {
    this.#handles.flush();
    if (this.#syscalls.transport === 'suspending') return this.#signals.sleep(ms);
    this.#signals.sleepInPlace(ms);
    return undefined;
  }

  flush(): void {
    this.#handles.flush();
  }

  /** The handle to write to; undefined where what is written goes nowhere. */
  #output(fd: number): number | undefined {
    const stream = this.#streams.get(fd);
    if (stream === undefined || fd === 0) throw new Errno('EBADF');
    return stream.kind === 'handle' ? stream.handle : undefined;
  }

  /** The handle to read from, or the bytes where they are known. */
  #input(fd: number, max: number): number | Uint8Array {
    const stream = this.#streams.get(fd);
    if (stream === undefined || fd !== 0) throw new Errno('EBADF');
    if (stream.kind === 'handle') return stream.handle;
    if (stream.kind === 'null') return empty;
    const bytes = stream.bytes.subarray(this.#inputPosition, this.#inputPosition + max);
    this.#inputPosition += bytes.length;
    return bytes;
  }
}
