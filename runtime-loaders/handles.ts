// runtime-loaders: open files the kernel owns (pipes, sockets, terminals, inherited files), by handle.
// What a call may do depends on the transport: `shared` waits in place, `suspending` returns a promise for the
// loader to suspend on (`WebAssembly.Suspending`, run_sync), `local` never waits.
// Small writes are posted at once while they are few, so that output is prompt, and gathered when they
// come fast, so that a printing loop is not taken for a flood (`proc/flood-budget.ts` of the kernel).
import { Errno, isErrno } from '../kernel-core/abi/errno.js';
import { pipeCapacityBytes } from '../kernel-core/abi/messages.js';
import { ringRevoked } from '../kernel-core/abi/pipe-ring.js';
import { pollEvents, readFlags, readWords, syscall } from '../kernel-core/abi/syscalls.js';
import { slotPayloadBytes } from '../kernel-core/abi/syscall-slot.js';
import { ReadAhead } from './read-ahead.js';
import { SharedPipes } from './shared-pipes.js';
import { CannotBlock } from './stdio.js';
import type { Syscalls } from './syscalls.js';

const windowMs = 20;
/** Messages a window may carry before writes are gathered; well under the kernel's budget. */
const promptMax = 400;
const gatheredBytesMax = 64 * 1024;
/** The kernel does not say at once that fewer bytes than these were taken. */
const toldLateBytes = 64 * 1024;
/** PIPE_BUF: who has asked may write so much at a time. */
const atomicBytes = 4096;

const empty = new Uint8Array(0);
// Taken before user code runs, which may replace the global. A turn of the event loop, not a microtask:
// those would be as many messages again.
const later = setTimeout.bind(globalThis);

interface Output {
  gathered: Uint8Array[];
  gatheredBytes: number;
  /** Bytes posted, and of these the bytes the reader has taken. */
  written: number;
  taken: number;
  closed: boolean;
}

export class Handles {
  readonly #syscalls: Syscalls;
  readonly #outputs = new Map<number, Output>();
  readonly #ahead = new ReadAhead();
  readonly #shared = new SharedPipes({
    ask: (handle, wanted) => this.#syscalls.callNow(syscall.ring, [handle, wanted]) === 1,
    moved: (handle) => this.#syscalls.moved(handle),
    left: (handle, bytes) => {
      this.#output(handle).written += bytes;
      this.#untaken += bytes;
    },
  });
  readonly #unaskedBytes: number;
  readonly #hasSignal: () => boolean;
  /** Written and not known to be taken, over all handles. */
  #untaken = 0;
  #windowStart = -Infinity;
  #posts = 0;
  #flushScheduled = false;

  /** `unaskedBytes`: what may be on its way before a write waits for the kernel's word. `hasSignal`: one waits to be handled. */
  constructor(syscalls: Syscalls, unaskedBytes: number, hasSignal: () => boolean = () => false) {
    this.#hasSignal = hasSignal;
    this.#syscalls = syscalls;
    this.#unaskedBytes = unaskedBytes;
  }

  /** Memory in which the bytes of a pipe may be handed over, of one end of it. */
  share(handle: number, memory: SharedArrayBuffer): void {
    this.#shared.add(handle, memory);
  }

  /** Whether there is something written that is not posted yet. */
  get hasGathered(): boolean {
    for (const { gatheredBytes } of this.#outputs.values()) if (gatheredBytes > 0) return true;
    return false;
  }

  /**
   * Writes past the kernel, waiting where there is no room, and says how many bytes: fewer than all where a signal ended
   * the wait, or, if then not `isShared` any more, where the rest is for `writeWaiting`. Throws EPIPE, EINTR.
   */
  put(handle: number, bytes: Uint8Array): number {
    let at = 0;
    if (this.#shared.isLent(handle)) this.#syscalls.settle();
    while (at < bytes.length && this.#shared.isLent(handle)) {
      const put = this.#shared.put(handle, bytes, at);
      if (put === ringRevoked) break;
      at += put;
      if (put > 0) continue;
      try {
        if (this.#hasSignal()) throw new Errno('EINTR');
        this.credit(handle, this.#syscalls.callNow(syscall.drain, [handle]) as number);
      } catch (error) {
        if (at === 0 || !isErrno(error) || error.code !== 'EINTR') throw error;
        break;
      }
    }
    return at;
  }

  /** Whether what is written to a pipe goes past the kernel. */
  isShared(handle: number): boolean {
    return this.#shared.isLent(handle);
  }

  /** Reads past the kernel into `buffers`; 0: there is nothing, or it must be asked (`stream`). Throws EINTR. */
  take(handle: number, buffers: readonly Uint8Array[], atOnce: boolean): number {
    if (!this.#shared.isOn(handle) || this.#ahead.available(handle) > 0) return 0;
    // What this process did before it reads is for the kernel to know first.
    if (!this.#syscalls.isSettled) return 0;
    const taken = this.#shared.take(handle, buffers, !atOnce);
    // The kernel has not seen it wait, and so would not end the wait for a signal that came meanwhile.
    if (taken === 0 && !atOnce && this.#hasSignal()) throw new Errno('EINTR');
    return taken;
  }

  /** Hands over bytes (copied) without waiting. Throws EPIPE once nobody reads them any more. */
  write(handle: number, bytes: Uint8Array): void {
    const output = this.#output(handle);
    if (bytes.length === 0) return;
    this.#shared.leave(handle);
    output.gathered.push(bytes.slice());
    output.gatheredBytes += bytes.length;
    const now = performance.now();
    if (now - this.#windowStart > windowMs) {
      this.#windowStart = now;
      this.#posts = 0;
    }
    if (this.#posts < promptMax || output.gatheredBytes >= gatheredBytesMax) this.#post(handle, output);
    else this.#scheduleFlush();
    // Posted all the same: whether SIGPIPE ends the process is for the kernel to say.
    if (output.closed) throw new Errno('EPIPE');
  }

  /** `write`, then waits while the reader lags by more than a pipe holds. Rejects with EPIPE, EINTR. */
  writeWaiting(handle: number, bytes: Uint8Array): undefined | Promise<void> {
    const output = this.#output(handle);
    if (output.closed) return this.#waitForRoom(handle, bytes, output);
    this.write(handle, bytes);
    if (this.#syscalls.transport === 'local') return undefined;
    const isFar = output.written - output.taken >= pipeCapacityBytes || this.#untaken > this.#unaskedBytes;
    const waits = isFar || output.gatheredBytes > 0 ? this.#waitForRoom(handle, empty, output) : undefined;
    if (waits === undefined) this.#shared.wrote(handle, bytes.length);
    return waits;
  }

  /** Bytes that may be written without waiting. Throws EPIPE where nobody reads them. */
  room(handle: number): number | Promise<number> {
    this.#shared.leave(handle);
    const { written, taken, gatheredBytes } = this.#output(handle);
    const known = pipeCapacityBytes - (written - taken + gatheredBytes);
    const mustAsk = this.#untaken > this.#unaskedBytes && this.#syscalls.transport !== 'local';
    if (known > 0 && !mustAsk) return known;
    const args = [[handle, pollEvents.write], 0];
    if (this.#syscalls.transport !== 'shared') {
      if (known <= 0) return 0;
      this.flush();
      return this.#syscalls
        .call(syscall.poll, args)
        .then((bits) => ((readWords(bits as Uint8Array)[0] ?? 0) === 0 ? 0 : atomicBytes));
    }
    if (mustAsk) this.flush();
    // Credits come over the port, which is not read while the program runs; the kernel knows.
    const bits = this.#syscalls.callNow(syscall.poll, args);
    const [ready = 0] = readWords(bits as Uint8Array);
    // Nobody reads: that is an answer at once, EPIPE where something was lost.
    if ((ready & (pollEvents.hangup | pollEvents.error)) !== 0)
      this.#syscalls.callNow(syscall.drain, [handle]);
    if ((ready & pollEvents.write) === 0) return 0;
    return mustAsk ? atomicBytes : gatheredBytesMax;
  }

  /** `read` of a pipe, of which more may be fetched than is asked for. Who uses it looks at `available` too. */
  stream(handle: number, max: number): Uint8Array | Promise<Uint8Array> {
    const here = this.#ahead.take(handle, max);
    if (here !== undefined) return here;
    this.flush();
    const most = this.#syscalls.transport === 'shared' ? Math.min(max, slotPayloadBytes) : max;
    const flags = this.#ahead.flags(handle, most) | (this.#shared.has(handle) ? readFlags.ring : 0);
    const read = this.#syscalls.invoke(syscall.read, [handle, most, flags]);
    const keep = (bytes: unknown): Uint8Array =>
      this.#ahead.keep(handle, most, bytes as Uint8Array | readonly Uint8Array[]);
    return read instanceof Promise ? read.then(keep) : keep(read);
  }

  /** Bytes that a read takes without asking the kernel. */
  available(handle: number): number {
    return this.#ahead.available(handle) + this.#shared.available(handle);
  }

  /** Before another reads what this handle names, or the kernel is asked about it: nothing of it is kept here. */
  giveBack(handle: number): void {
    const left = this.#ahead.remove(handle);
    if (left !== undefined) this.#syscalls.tell(syscall.unread, [handle, left]);
  }

  /** Up to `max` bytes, none at the end of file. Throws EINTR, EBADF; `CannotBlock` on `local`. */
  read(handle: number, max: number): Uint8Array | Promise<Uint8Array> {
    this.flush();
    switch (this.#syscalls.transport) {
      case 'shared': {
        const bytes = this.#syscalls.callNow(syscall.read, [handle, Math.min(max, slotPayloadBytes)]);
        return bytes instanceof Uint8Array ? bytes : empty;
      }
      case 'suspending':
        return this.readLater(handle, max);
      case 'local':
        throw new CannotBlock();
    }
  }

  /** `read` for code that lives on an event loop: a promise on every transport. */
  async readLater(handle: number, max: number): Promise<Uint8Array> {
    this.flush();
    const bytes = await this.#syscalls.call(syscall.read, [handle, max]);
    return bytes instanceof Uint8Array ? bytes : empty;
  }

  close(handle: number): void {
    this.#ahead.remove(handle);
    this.#shared.remove(handle);
    const output = this.#outputs.get(handle);
    if (output !== undefined) {
      this.#post(handle, output);
      // Nobody says any more when they are taken. Many, and the kernel is asked from now on.
      const left = output.written - output.taken;
      if (left <= toldLateBytes) this.#untaken -= left;
    }
    this.#outputs.delete(handle);
    this.#syscalls.tell(syscall.close, [handle]);
  }

  /** Posts everything gathered. */
  flush(): void {
    for (const [handle, output] of this.#outputs) this.#post(handle, output);
  }

  /** The reader has taken so many bytes of all that was written. */
  credit(handle: number, taken: number): void {
    const output = this.#outputs.get(handle);
    if (output === undefined || taken <= output.taken) return;
    this.#untaken -= taken - output.taken;
    output.taken = taken;
  }

  hangup(handle: number): void {
    this.#output(handle).closed = true;
  }

  #waitForRoom(handle: number, bytes: Uint8Array, output: Output): undefined | Promise<void> {
    if (bytes.length > 0) output.gathered.push(bytes.slice());
    output.gatheredBytes += bytes.length;
    this.flush();
    if (this.#syscalls.transport === 'local') throw new Errno('EPIPE');
    if (this.#syscalls.transport === 'shared') {
      const taken = this.#syscalls.callNow(syscall.drain, [handle]);
      // Credits come over the port, which is not read while the program runs.
      if (typeof taken === 'number') this.credit(handle, taken);
      return undefined;
    }
    return this.#syscalls.call(syscall.drain, [handle]).then((taken) => this.credit(handle, taken as number));
  }

  #output(handle: number): Output {
    let output = this.#outputs.get(handle);
    if (output === undefined) {
      output = { gathered: [], gatheredBytes: 0, written: 0, taken: 0, closed: false };
      this.#outputs.set(handle, output);
    }
    return output;
  }

  #post(handle: number, output: Output): void {
    if (output.gatheredBytes === 0) return;
    const [first] = output.gathered;
    const bytes = output.gathered.length === 1 && first !== undefined ? first : concat(output);
    output.gathered = [];
    output.gatheredBytes = 0;
    output.written += bytes.length;
    this.#untaken += bytes.length;
    this.#posts += 1;
    const transfer = bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
    this.#syscalls.send({ type: 'write', handle, bytes }, transfer);
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
