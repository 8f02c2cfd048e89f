// kernel: what happens in its sandboxes, on the way to those who look at it. Nobody looks: nothing is kept, no
// timer runs. Must always hold: one batch at a time is on its way to a watcher, so that however much happens
// inside, the page is told as fast as it asks, and ten times a second at most.
import type { EventBatch, EventRequest, KernelEvent } from './protocol/events.js';

const intervalMs = 100;
/** Events that wait for the next batch; what happens beyond them is counted only. */
const waitingMax = 500;
/** Of a command, which a process chose. */
const commandMax = 200;

class Watcher {
  readonly #port: MessagePort;
  #events: KernelEvent[] = [];
  readonly #bytes = new Map<number, number>();
  #missed = 0;
  #isAsked = true;
  #sentAtMs = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(port: MessagePort, ended: () => void) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<EventRequest>) => {
      if (data === 'end') return ended();
      this.#isAsked = true;
      if (this.#hasNews) this.#sendSoon();
    };
  }

  add(event: KernelEvent): void {
    if (this.#events.length < waitingMax) this.#events.push(event);
    else this.#missed += 1;
    this.#sendSoon();
  }

  addBytes(sandbox: number, bytes: number): void {
    this.#bytes.set(sandbox, (this.#bytes.get(sandbox) ?? 0) + bytes);
    this.#sendSoon();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#port.close();
  }

  get #hasNews(): boolean {
    return this.#events.length > 0 || this.#bytes.size > 0 || this.#missed > 0;
  }

  #sendSoon(): void {
    if (!this.#isAsked || this.#timer !== undefined) return;
    const waitMs = Math.max(0, this.#sentAtMs + intervalMs - performance.now());
    this.#timer = setTimeout(() => this.#send(), waitMs);
  }

  #send(): void {
    const events = this.#events;
    for (const [sandbox, bytes] of this.#bytes) events.push({ type: 'bytes', sandbox, bytes });
    if (this.#missed > 0) events.push({ type: 'missed', count: this.#missed });
    this.#events = [];
    this.#bytes.clear();
    this.#missed = 0;
    this.#timer = undefined;
    this.#isAsked = false;
    this.#sentAtMs = performance.now();
    this.#port.postMessage({ events } satisfies EventBatch);
  }
}

export class EventOutlet {
  readonly #watchers = new Set<Watcher>();

  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  /** Tells what happens from now on over a port, until it says `end`. */
  watch(port: MessagePort): void {
    const watcher = new Watcher(port, () => {
      this.#watchers.delete(watcher);
      watcher.close();
    });
    this.#watchers.add(watcher);
  }

  add(event: KernelEvent): void {
    if (!this.isWatched) return;
    const told = event.type === 'start' ? { ...event, command: event.command.slice(0, commandMax) } : event;
    for (const watcher of this.#watchers) watcher.add(told);
  }

  addBytes(sandbox: number, bytes: number): void {
    for (const watcher of this.#watchers) watcher.addBytes(sandbox, bytes);
  }
}
