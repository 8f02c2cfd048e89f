// runtime-loaders: signals this process catches. They arrive between calls: over the port where the event loop
// turns, in the slot where the process waits in place.
import { slotSignals } from '../kernel-core/abi/syscall-slot.js';
import { dispositions, syscall } from '../kernel-core/abi/syscalls.js';
import type { Syscalls } from './syscalls.js';

export class Signals {
  readonly #syscalls: Syscalls;
  readonly #slot: Int32Array | undefined;
  #pending: number[] = [];
  #received = 0;
  readonly #listeners = new Set<(signal: number) => void>();
  #wake: (() => void) | undefined;
  #cell: Int32Array | undefined;

  constructor(syscalls: Syscalls, slot: SharedArrayBuffer | undefined) {
    this.#syscalls = syscalls;
    this.#slot = slot === undefined ? undefined : new Int32Array(slot);
  }

  /** Says what is to happen with a signal from now on; those caught are told to listeners or to `take`. */
  set(signal: number, disposition: keyof typeof dispositions): void {
    this.#syscalls.tell(syscall.disposition, [signal, dispositions[disposition]]);
  }

  /** Called for every signal caught while the event loop turns. */
  listen(listener: (signal: number) => void): void {
    this.#listeners.add(listener);
  }

  /** The kernel has posted a signal. In `shared` the slot has it too, and only that counts. */
  receive(signal: number): void {
    if (this.#slot === undefined) this.#add(signal);
    else this.#readSlot();
    this.#wake?.();
    if (this.#listeners.size === 0) return;
    for (let next = this.take(); next !== undefined; next = this.take()) {
      for (const listener of this.#listeners) listener(next);
    }
  }

  /** The process sends itself a signal that it catches. */
  raise(signal: number): void {
    this.#pending.push(signal);
  }

  /** How many the kernel has sent so far. */
  get received(): number {
    this.#readSlot();
    return this.#received;
  }

  /** Whether a signal waits to be taken. */
  get pending(): boolean {
    this.#readSlot();
    return this.#pending.length > 0;
  }

  /** The next signal caught, for programs that are told between their calls. */
  take(): number | undefined {
    this.#readSlot();
    return this.#pending.shift();
  }

  /** Resolves after `ms`, or at the next signal. */
  async sleep(ms: number): Promise<void> {
    if (this.pending) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  /** Sleeps in place, until the next signal where one can arrive. */
  sleepInPlace(ms: number): void {
    const { pending } = this;
    if (pending) return;
    if (this.#slot !== undefined) {
      Atomics.wait(this.#slot, slotSignals, 0, ms);
      return;
    }
    // A shared wasm memory can be made, and waited on inside one worker, without isolation too.
    this.#cell ??= new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer);
    Atomics.wait(this.#cell, 0, 0, ms);
  }

  #readSlot(): void {
    if (this.#slot === undefined || Atomics.load(this.#slot, slotSignals) === 0) return;
    const bits = Atomics.exchange(this.#slot, slotSignals, 0);
    for (let signal = 1; signal <= 31; signal += 1) {
      if ((bits & (1 << (signal - 1))) !== 0) this.#add(signal);
    }
  }

  #add(signal: number): void {
    this.#received += 1;
    this.#pending.push(signal);
  }
}
