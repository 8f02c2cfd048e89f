// runtime-loaders/wasi: poll_oneoff and sched_yield, the calls that do nothing but wait. Files and known input
// are always ready; the kernel is asked about its own open files, and waits with us.
import { Errno, isErrno, errno } from '../../kernel-core/abi/errno.js';
import type { Calls } from './calls.js';
import { nowMs, clocks } from './clock.js';
import type { Layout } from './layout.js';
import { pollEvents, readWords, syscall } from '../../kernel-core/abi/syscalls.js';
import { CannotBlock } from '../stdio.js';
import { rights } from './rights.js';
import type { WasiProcess } from './wasi-process.js';

const eventBytes = 32;
const eventTypes = { clock: 0, read: 1, write: 2 } as const;
const absoluteTime = 1;
const hangup = 1;
/** Timers take no more than 2^31 ms; a longer sleep is several. */
const longestSleepMs = 60_000;
/** What a pipe may have room for. */
const writeBytes = 65_536n;

interface Event {
  readonly userdata: bigint;
  readonly type: number;
  readonly error: number;
  readonly bytes: bigint;
  readonly flags: number;
}

/** A subscription that nothing has answered yet. */
type Waiting =
  | { readonly type: 'clock'; readonly userdata: bigint; readonly untilMs: number }
  | {
      readonly type: 'handle';
      readonly userdata: bigint;
      readonly handle: number;
      readonly event: typeof eventTypes.read | typeof eventTypes.write;
    };

type Answer = Event | Waiting;
const isWaiting = (answer: Answer): answer is Waiting => answer.type === 'clock' || answer.type === 'handle';

export function pollCalls(process: WasiProcess, layout: Layout): Calls {
  const { memory } = process;
  return {
    poll_oneoff(subscriptions: number, events: number, count: number, result: number) {
      if (count === 0) throw new Errno('EINVAL');
      memory.bytes(events, (count >>> 0) * eventBytes);
      const ready: Event[] = [];
      const waiting: Waiting[] = [];
      for (let index = 0; index < count >>> 0; index += 1) {
        const answer = subscribe(process, layout, (subscriptions >>> 0) + index * layout.subscription.bytes);
        if (isWaiting(answer)) waiting.push(answer);
        else ready.push(answer);
      }
      const finish = (found: readonly Event[]): void => {
        const all = [...ready, ...found, ...due(waiting)];
        for (const [index, event] of all.entries())
          writeEvent(process, (events >>> 0) + index * eventBytes, event);
        memory.setU32(result, all.length);
      };
      const found = wait(process, waiting, ready.length > 0);
      return found instanceof Promise ? found.then(finish) : finish(found);
    },

    sched_yield: () => undefined,
  };
}

function subscribe(process: WasiProcess, layout: Layout, at: number): Answer {
  const { memory } = process;
  const { clock, timeout, clockFlags } = layout.subscription;
  const userdata = memory.u64(at);
  const type = memory.u8(at + 8);
  if (type === eventTypes.clock) {
    const id = memory.u32(at + clock);
    const ns = memory.u64(at + timeout);
    const absolute = (memory.u16(at + clockFlags) & absoluteTime) !== 0;
    if (id > clocks.threadCpu) return { userdata, type, error: errno.EINVAL, bytes: 0n, flags: 0 };
    const ms = Number(ns) / 1_000_000;
    const restMs = absolute ? ms - nowMs(process, id) : ms;
    return { type: 'clock', userdata, untilMs: performance.now() + restMs };
  }
  if (type !== eventTypes.read && type !== eventTypes.write) throw new Errno('EINVAL');
  return subscribeDescriptor(process, userdata, type, memory.u32(at + 16));
}

function subscribeDescriptor(
  process: WasiProcess,
  userdata: bigint,
  type: typeof eventTypes.read | typeof eventTypes.write,
  fd: number,
): Answer {
  const event = { userdata, type, error: 0, bytes: 0n, flags: 0 };
  try {
    const descriptor = process.descriptors.get(fd, rights.pollFdReadwrite);
    if (descriptor.kind === 'directory') return { ...event, error: errno.EBADF };
    const needed = type === eventTypes.read ? rights.fdRead : rights.fdWrite;
    if ((descriptor.rights & needed) === 0) return { ...event, error: errno.EBADF };
    if (descriptor.kind === 'file') {
      process.context.view.look();
      const left = BigInt(Math.max(0, descriptor.inode.size - descriptor.position));
      return { ...event, bytes: type === eventTypes.read ? left : writeBytes };
    }
    const { source } = descriptor;
    if (source.type === 'handle' && type === eventTypes.read) {
      const here = process.context.handles.available(source.handle);
      if (here > 0) return { ...event, bytes: BigInt(here) };
    }
    // Where nothing can wait, writes go through at once.
    const asks = type === eventTypes.read || process.context.transport !== 'local';
    if (source.type === 'handle' && asks)
      return { type: 'handle', userdata, handle: source.handle, event: type };
    const left = source.type === 'given' ? source.bytes.length - source.position : 0;
    return { ...event, bytes: type === eventTypes.read ? BigInt(left) : writeBytes };
  } catch (error) {
    if (isErrno(error)) return { ...event, error: error.errno };
    throw error;
  }
}

/** The clocks that have come. */
function due(waiting: readonly Waiting[]): Event[] {
  const now = performance.now();
  return waiting
    .filter((each) => each.type === 'clock' && each.untilMs <= now)
    .map(({ userdata }) => ({ userdata, type: eventTypes.clock, error: 0, bytes: 0n, flags: 0 }));
}

/** Waits until one of them can be answered (`atOnce`: only looks): in place, or by the promise. */
function wait(
  process: WasiProcess,
  waiting: readonly Waiting[],
  atOnce: boolean,
): readonly Event[] | Promise<readonly Event[]> {
  const untilMs = Math.min(...waiting.map((each) => (each.type === 'clock' ? each.untilMs : Infinity)));
  if (waiting.some(({ type }) => type === 'handle')) return waitForHandles(process, waiting, atOnce, untilMs);
  if (atOnce) return [];
  return sleepUntil(process, untilMs)?.then(() => []) ?? [];
}

function waitForHandles(
  process: WasiProcess,
  waiting: readonly Waiting[],
  atOnce: boolean,
  untilMs: number,
): readonly Event[] | Promise<readonly Event[]> {
  const { syscalls, handles, transport } = process.context;
  const asked = waiting.filter((each) => each.type === 'handle');
  if (transport === 'local') {
    // Nothing arrives while it waits in place: input is never there, and time passes.
    if (atOnce) return [];
    if (untilMs === Infinity) throw new CannotBlock();
    return sleepUntil(process, untilMs)?.then(() => []) ?? [];
  }
  handles.flush();
  const restMs = Math.max(0, Math.ceil(untilMs - performance.now()));
  const timeoutMs = atOnce ? 0 : untilMs === Infinity ? -1 : Math.min(restMs, longestSleepMs);
  const pairs = asked.flatMap(({ handle, event }) => [
    handle,
    event === eventTypes.read ? pollEvents.read : pollEvents.write,
  ]);
  const answer = syscalls.invoke(syscall.poll, [pairs, timeoutMs]);
  const found = (bits: number | Uint8Array): readonly Event[] | Promise<readonly Event[]> => {
    const events = eventsOf(asked, readWords(bits as Uint8Array));
    const again = events.length === 0 && !atOnce && untilMs > performance.now();
    return again ? waitForHandles(process, waiting, atOnce, untilMs) : events;
  };
  return answer instanceof Promise ? answer.then(found) : found(answer);
}

function eventsOf(asked: readonly (Waiting & { type: 'handle' })[], bits: readonly number[]): Event[] {
  return asked.flatMap(({ userdata, event: type }, index) => {
    const ready = bits[index] ?? 0;
    if (ready === 0) return [];
    const error = (ready & pollEvents.invalid) !== 0 ? errno.EBADF : 0;
    const ended = (ready & (pollEvents.hangup | pollEvents.error)) !== 0;
    const bytes = type === eventTypes.write ? writeBytes : (ready & pollEvents.read) !== 0 ? 1n : 0n;
    return [{ userdata, type, error, bytes, flags: ended ? hangup : 0 }];
  });
}

function sleepUntil(process: WasiProcess, untilMs: number): undefined | Promise<void> {
  for (;;) {
    const restMs = untilMs - performance.now();
    if (restMs <= 0) return undefined;
    const slept = process.context.stdio.sleep(Math.min(Math.ceil(restMs), longestSleepMs));
    if (slept !== undefined) {
      return slept.then(() => {
        if (process.hasSignal) throw new Errno('EINTR');
        return sleepUntil(process, untilMs);
      });
    }
    if (process.hasSignal) throw new Errno('EINTR');
  }
}

function writeEvent({ memory }: WasiProcess, at: number, event: Event): void {
  memory.clear(at, eventBytes);
  memory.setU64(at, event.userdata);
  memory.setU16(at + 8, event.error);
  memory.setU8(at + 10, event.type);
  memory.setU64(at + 16, event.bytes);
  memory.setU16(at + 24, event.flags);
}
