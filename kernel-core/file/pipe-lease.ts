// file: the bytes of a pipe while its two ends hand them over in shared memory (abi/pipe-ring.ts), and how that
// begins and ends. docs/decisions/0018 says why nothing is lost or repeated.
// Must always hold: while it is on, the pipe's queue is empty, and each end has one handle.
import { pipeCapacityBytes } from '../abi/messages.js';
import { makeRingMemory, PipeRing } from '../abi/pipe-ring.js';
import type { ByteQueue } from './byte-queue.js';
import type { UntakenBudget } from './untaken-budget.js';

const countedMask = 2 ** 30 - 1;

/** What the writer's process lends it by. */
export interface LeaseTerms {
  readonly budget: UntakenBudget;
  /** Bytes are its writer's, as of a write; the result is told when they are taken. */
  readonly add: (bytes: number) => (taken: number) => void;
}

export class PipeLease {
  readonly #queue: ByteQueue;
  #memory: SharedArrayBuffer | undefined;
  #on: { readonly ring: PipeRing; readonly terms: LeaseTerms; counted: number } | undefined;
  /** The one that reads has said that it would, and nothing has changed about the pipe since. */
  #isOffered = false;
  #polls = 0;

  constructor(queue: ByteQueue) {
    this.#queue = queue;
  }

  get isOn(): boolean {
    return this.#on !== undefined;
  }

  /** Bytes that lie in it. */
  get length(): number {
    return this.#on?.ring.length ?? 0;
  }

  /** What processes are given with an end of the pipe; made when the first one is. */
  get memory(): SharedArrayBuffer {
    return (this.#memory ??= makeRingMemory());
  }

  /** Memory that a process has already, for a pipe that it has made and nobody else knows yet. */
  use(memory: SharedArrayBuffer): void {
    this.#memory = memory;
  }

  /** Who reads has the memory, is alone, and makes a call: it takes nothing out meanwhile. */
  offer(): void {
    this.#isOffered = true;
  }

  /** Who writes asks for it, in a call as well. False: not now. */
  begin(terms: LeaseTerms): boolean {
    const queue = this.#queue;
    if (this.#on !== undefined) return true;
    if (this.#memory === undefined || !this.#isOffered || this.#polls > 0) return false;
    if (queue.ended || queue.length > pipeCapacityBytes || !terms.budget.hold(pipeCapacityBytes))
      return false;
    const ring = new PipeRing(this.#memory);
    ring.open(queue.takePieces(queue.length));
    this.#on = { ring, terms, counted: ring.put30 };
    // Who waits for bytes of the queue finds them here, or waits for those to come.
    queue.changed.wake();
    return true;
  }

  /** The kernel has the bytes again, at once and whatever the two are doing. */
  end(): void {
    const on = this.#on;
    if (on === undefined) return;
    this.#isOffered = false;
    const bytes = on.ring.revoke();
    this.#count();
    // Counted again as they are added.
    on.terms.budget.passed(-bytes.length);
    on.terms.budget.take(pipeCapacityBytes);
    this.#on = undefined;
    if (bytes.length > 0) this.#queue.push(bytes, on.terms.add(bytes.length));
    // Whoever waits for room waits for the queue's from here on.
    else this.#queue.changed.wake();
  }

  /** `end`, and what was offered counts no more: another may read from here on. */
  withdraw(): void {
    this.#isOffered = false;
    this.end();
  }

  /** Takes bytes out for who reads by a call; none: there are none, and who writes will say so. Undefined: it is not on. */
  take(max: number): Uint8Array | undefined {
    const ring = this.#on?.ring;
    if (ring === undefined) return undefined;
    this.#count();
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const bytes = new Uint8Array(Math.min(max, ring.length));
      const taken = ring.take([bytes]);
      if (taken < 0) break;
      if (ring.mustTell) this.#queue.changed.wake();
      if (taken > 0 || max === 0) return bytes.subarray(0, taken);
      if (ring.waitForBytes()) return bytes;
    }
    // One of the two has written where it has no business.
    this.end();
    return undefined;
  }

  /** Whether it is on and who writes must wait; who reads will say when that is over. */
  mustWaitForRoom(): boolean {
    return this.#on?.ring.waitForRoom() ?? false;
  }

  /** One of the two says that the other, which waits, may look again. */
  moved(): void {
    if (this.#on === undefined) return;
    this.#count();
    this.#queue.changed.wake();
  }

  /** Somebody waits to see whether there are bytes; the result ends that. */
  poll(): () => void {
    this.#polls += 1;
    this.withdraw();
    return () => {
      this.#polls -= 1;
    };
  }

  /** What was put into it since it was last looked at. */
  #count(): void {
    const on = this.#on;
    if (on === undefined) return;
    const put = on.ring.put30;
    on.terms.budget.passed((put - on.counted) & countedMask);
    on.counted = put;
  }
}
