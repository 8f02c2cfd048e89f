// runtime-loaders/wasi: poll_oneoff and sched_yield, the calls that do nothing but wait.
import { Errno, isErrno, errno } from '../../kernel-core/abi/errno.js';
import type { Calls } from './calls.js';
import { nowNs, clocks } from './clock.js';
import type { Layout } from './layout.js';
import { rights } from './rights.js';
import type { WasiProcess } from './wasi-process.js';

const eventBytes = 32;
const eventTypes = { clock: 0, read: 1, write: 2 } as const;
const absoluteTime = 1;
const hangup = 1;
/** Timers take no more than 2^31 ms; a longer sleep is several. */
const longestSleepMs = 60_000;

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
  | { readonly type: 'input'; readonly userdata: bigint };

export function pollCalls(process: WasiProcess, layout: Layout): Calls {
  const { memory } = process;
  return {
    poll_oneoff(subscriptions: number, events: number, count: number, result: number) {
      if (count === 0) throw new Errno('EINVAL');
      memory.bytes(events, (count >>> 0) * eventBytes);
      const ready: Event[] = [];
      const waiting: Waiting[] = [];
      for (let index = 0; index < count >>> 0; index += 1) {
        const at = (subscriptions >>> 0) + index * layout.subscription.bytes;
        const answer = subscribe(process, layout, at);
        if ('untilMs' in answer || answer.type === 'input') waiting.push(answer);
        else ready.push(answer);
      }
      const finish = () => {
        ready.push(...arrived(process, waiting));
        for (const [index, event] of ready.entries()) {
          writeEvent(process, (events >>> 0) + index * eventBytes, event);
        }
        memory.setU32(result, ready.length);
      };
      if (ready.length > 0 || arrived(process, waiting).length > 0) return finish();
      return wait(process, waiting)?.then(finish) ?? finish();
    },

    sched_yield: () => undefined,
  };
}

function subscribe(process: WasiProcess, layout: Layout, at: number): Event | Waiting {
  const { memory } = process;
  const { clock, timeout, clockFlags } = layout.subscription;
  const userdata = memory.u64(at);
  const type = memory.u8(at + 8);
  if (type === eventTypes.clock) {
    const id = memory.u32(at + clock);
    const ns = memory.u64(at + timeout);
    const absolute = (memory.u16(at + clockFlags) & absoluteTime) !== 0;
    if (id > clocks.threadCpu) return { userdata, type, error: errno.EINVAL, bytes: 0n, flags: 0 };
    const restNs = absolute ? ns - nowNs(process, id) : ns;
    return { type: 'clock', userdata, untilMs: performance.now() + Number(restNs) / 1_000_000 };
  }
  if (type !== eventTypes.read && type !== eventTypes.write) throw new Errno('EINVAL');
  return subscribeDescriptor(process, userdata, type, memory.u32(at + 16));
}

function subscribeDescriptor(
  process: WasiProcess,
  userdata: bigint,
  type: number,
  fd: number,
): Event | Waiting {
  const event = { userdata, type, error: 0, bytes: 0n, flags: 0 };
  try {
    const descriptor = process.descriptors.get(fd, rights.pollFdReadwrite);
    if (descriptor.kind === 'directory') return { ...event, error: errno.EBADF };
    const needed = type === eventTypes.read ? rights.fdRead : rights.fdWrite;
    if ((descriptor.rights & needed) === 0) return { ...event, error: errno.EBADF };
    if (type === eventTypes.write) return { ...event, bytes: 65536n };
    if (descriptor.kind === 'stream') return { type: 'input', userdata };
    return { ...event, bytes: BigInt(Math.max(0, descriptor.inode.size - descriptor.position)) };
  } catch (error) {
    if (isErrno(error)) return { ...event, error: error.errno };
    throw error;
  }
}

/** The subscriptions that can be answered now. */
function arrived({ input }: WasiProcess, waiting: readonly Waiting[]): Event[] {
  const events: Event[] = [];
  const nowMs = performance.now();
  for (const subscription of waiting) {
    const { userdata } = subscription;
    if (subscription.type === 'clock') {
      if (subscription.untilMs <= nowMs) {
        events.push({ userdata, type: eventTypes.clock, error: 0, bytes: 0n, flags: 0 });
      }
    } else if (input.ready) {
      events.push({
        userdata,
        type: eventTypes.read,
        error: 0,
        bytes: BigInt(Math.max(input.aheadBytes, input.atEnd ? 0 : 1)),
        flags: input.atEnd ? hangup : 0,
      });
    }
  }
  return events;
}

/** Waits until one of them can be answered: in place, or by the promise. */
function wait(process: WasiProcess, waiting: readonly Waiting[]): undefined | Promise<void> {
  const wantsInput = waiting.some(({ type }) => type === 'input');
  const untilMs = Math.min(...waiting.map((each) => (each.type === 'clock' ? each.untilMs : Infinity)));
  if (process.jspi === undefined) {
    // Without JSPI only one thing can be waited for in place. Where input can be, it goes before the time.
    if (wantsInput && (untilMs === Infinity || process.context.transport === 'shared')) {
      process.input.lookAheadInPlace();
      return undefined;
    }
    return sleepUntil(process, untilMs);
  }
  if (!wantsInput) return sleepUntil(process, untilMs);
  const input = process.input.lookAhead();
  if (untilMs === Infinity) return input;
  // Not `stdio.sleep`: where that waits in place, no input could arrive meanwhile.
  return Promise.race([input, timer(untilMs)]);
}

function sleepUntil(process: WasiProcess, untilMs: number): undefined | Promise<void> {
  for (;;) {
    const restMs = untilMs - performance.now();
    if (restMs <= 0) return undefined;
    const slept = process.context.stdio.sleep(Math.min(Math.ceil(restMs), longestSleepMs));
    if (slept !== undefined) return slept.then(() => sleepUntil(process, untilMs));
  }
}

async function timer(untilMs: number): Promise<void> {
  for (let restMs; (restMs = untilMs - performance.now()) > 0;) {
    const ms = Math.min(Math.ceil(restMs), longestSleepMs);
    await new Promise((resolve) => setTimeout(resolve, ms));
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
