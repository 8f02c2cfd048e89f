// runtime-loaders: system calls of this process, over its one port to the kernel.
// Must always hold: replies are matched by id; what the process changed before a call is sent before it.
import { Errno, errnoName } from '../kernel-core/abi/errno.js';
import type { AnswerList, CallList, KernelMessage, ProcessMessage } from '../kernel-core/abi/messages.js';
import { syscall, type SyscallNumber } from '../kernel-core/abi/syscalls.js';
import type { Transport } from '../kernel-core/abi/runtime.js';
import { CannotBlock } from './stdio.js';
import {
  slotErrno,
  slotKind,
  slotKinds,
  slotLength,
  slotPayloadOffset,
  slotState,
} from '../kernel-core/abi/syscall-slot.js';

/** An Errno with the kernel's own sentence, where it has a better one than the errno's. */
export class SyscallError extends Errno {
  constructor(number: number, sentence: unknown) {
    super(errnoName(number));
    if (typeof sentence === 'string' && sentence !== '') this.message = sentence;
  }
}

export interface SyscallsOptions {
  /** Posts to the kernel. Taken before user code runs, which may replace what it finds on prototypes. */
  readonly post: (message: ProcessMessage | CallList, transfer?: Transferable[]) => void;
  readonly transport: Transport;
  readonly slot: SharedArrayBuffer | undefined;
  /** Sends what is not sent yet; called before every call that waits. */
  readonly beforeCall: () => void;
  /** The same before bytes go out: whoever reads them may look for the files they tell of. */
  readonly beforeWrite: () => void;
  /** Whether there is anything that is not sent yet. */
  readonly hasUnsent: () => boolean;
}

export class Syscalls {
  readonly #options: SyscallsOptions;
  readonly #words: Int32Array | undefined;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Errno) => void }
  >();
  #next = 1;
  #transport: Transport;
  /** Whether something was posted since the kernel last answered in place. */
  #isUnheard = false;

  constructor(options: SyscallsOptions) {
    this.#options = options;
    this.#transport = options.transport;
    this.#words = options.slot === undefined ? undefined : new Int32Array(options.slot);
  }

  /** How this process waits. */
  get transport(): Transport {
    return this.#transport;
  }

  /** The program can be suspended, although the engine cannot do it. */
  suspends(): void {
    this.#transport = 'suspending';
  }

  /** Something was posted to the kernel that is no call. */
  posted(): void {
    this.#isUnheard = true;
  }

  /** On `shared`: whether the kernel has heard of everything this process did. */
  get isSettled(): boolean {
    return !this.#isUnheard && !this.#options.hasUnsent();
  }

  /** Waits, in place, until it has. */
  settle(): void {
    if (!this.isSettled) this.callNow(syscall.identity, [0]);
  }

  /** Posts bytes for an open file, after what the process changed before. */
  send(message: ProcessMessage & { type: 'write' }, transfer: Transferable[]): void {
    this.#options.beforeWrite();
    this.#isUnheard = true;
    this.#options.post(message, transfer);
  }

  /** Tells the kernel that the other end of a pipe may look again; there is nothing in this to be in order with. */
  moved(handle: number): void {
    this.#options.post({ type: 'moved', handle });
  }

  /** A call whose answer nobody waits for. */
  tell(number: SyscallNumber, args: readonly unknown[]): void {
    this.#options.beforeCall();
    this.#isUnheard = true;
    const id = this.#next;
    this.#next += 1;
    this.#options.post(callMessage(id, number, args));
  }

  /** Whether `callNow` can be used: the transport is `shared`. */
  get canWait(): boolean {
    return this.#words !== undefined;
  }

  /** Resolves with the answer; rejects with an Errno. */
  call(number: SyscallNumber, args: readonly unknown[], transfer?: Transferable[]): Promise<unknown> {
    this.#options.beforeCall();
    this.#isUnheard = true;
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#options.post(callMessage(id, number, args), transfer);
    });
  }

  /**
   * A call for a program that waits for its answer: in place on `shared`, by the returned promise on
   * `suspending`. Throws `CannotBlock` on `local`.
   */
  invoke(
    number: SyscallNumber,
    args: readonly unknown[],
    transfer?: Transferable[],
  ): number | Uint8Array | Promise<number | Uint8Array> {
    switch (this.#transport) {
      case 'shared':
        return this.callNow(number, args, transfer);
      case 'suspending':
        return this.call(number, args, transfer) as Promise<number | Uint8Array>;
      case 'local':
        throw new CannotBlock();
    }
  }

  /** Waits in place for a number or bytes (copied); throws an Errno. Transport `shared` only. */
  callNow(number: SyscallNumber, args: readonly unknown[], transfer?: Transferable[]): number | Uint8Array {
    const words = this.#words;
    const slot = this.#options.slot;
    if (words === undefined || slot === undefined) throw new Errno('ENOSYS');
    this.#options.beforeCall();
    Atomics.store(words, slotState, 1);
    this.#options.post(callMessage(0, number, args), transfer);
    while (Atomics.load(words, slotState) !== 2) Atomics.wait(words, slotState, 1);
    Atomics.store(words, slotState, 0);
    this.#isUnheard = false;
    const code = words[slotErrno] ?? 0;
    if (code !== 0) throw new Errno(errnoName(code));
    const length = words[slotLength] ?? 0;
    if (words[slotKind] !== slotKinds.bytes) return length;
    return new Uint8Array(slot, slotPayloadOffset, length).slice();
  }

  /** Settles the call that was made with numbers alone. */
  answer(answer: AnswerList): void {
    const id = answer[0];
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.resolve(answer[1]);
  }

  /** Settles the call a reply answers. */
  reply(message: KernelMessage & { type: 'reply' }): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.errno === 0) waiting?.resolve(message.value);
    else waiting?.reject(new SyscallError(message.errno, message.value));
  }
}

function callMessage(id: number, number: SyscallNumber, args: readonly unknown[]): ProcessMessage | CallList {
  // By index, for a program may have replaced how lists are gone through.
  const list: [number, number, ...number[]] = [id, number];
  for (let index = 0; index < args.length; index += 1) {
    const each = args[index];
    if (typeof each !== 'number') return { type: 'syscall', id, number, args };
    list[index + 2] = each;
  }
  return list;
}
