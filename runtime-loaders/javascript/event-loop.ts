// javascript loader: turns of the event loop, and when nothing is pending any more.
// A program without an event loop of its own ends when its modules are evaluated and nothing it began can
// still call it: timers, requests, reads, promises of the browser. Whoever begins such a thing holds.
// Must always hold: `held` is the number of unreleased holds; idle is told after everything queued has run.
import { NativePromise, now, settle } from './intrinsics.js';

const setNativeTimeout = setTimeout.bind(globalThis);

interface Turn {
  readonly callback: () => void;
  next: Turn | undefined;
}

let first: Turn | undefined;
let last: Turn | undefined;
const channel = new MessageChannel();
const ring = channel.port2.postMessage.bind(channel.port2);
channel.port1.onmessage = () => {
  const turn = first;
  if (turn === undefined) return;
  first = turn.next;
  if (first === undefined) last = undefined;
  turn.callback();
};

/** Calls back in a turn of its own, without the delay of a nested timer. */
export function atNextTurn(callback: () => void): void {
  const turn: Turn = { callback, next: undefined };
  if (last === undefined) first = turn;
  else last.next = turn;
  last = turn;
  ring(0);
}

/** After activity whose end cannot be seen (messages between the program's own ports, streams). */
const slackMs = 50;

export class EventLoop {
  #held = 0;
  #checking = false;
  #activeUntil = 0;
  /** Called when nothing is pending; again after every new hold was released. */
  onIdle: () => void = () => undefined;

  /** Something began that will call the program; the result ends it, once. */
  hold(): () => void {
    this.#held += 1;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#held -= 1;
      if (this.#held === 0) this.check();
    };
  }

  /** Something happened whose consequences cannot be counted. */
  touch(): void {
    this.#activeUntil = now() + slackMs;
  }

  /** Holds until a promise of the browser or the loader settles; gives the program a promise of its own. */
  track<T>(promise: Promise<T>): Promise<T> {
    const release = this.hold();
    return new NativePromise<T>((resolve, reject) => {
      settle(
        promise,
        (value) => {
          resolve(value);
          release();
        },
        (reason) => {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever it was
          reject(reason);
          release();
        },
      );
    });
  }

  /** Looks, after what is queued now has run, whether anything is pending. */
  check(): void {
    if (this.#checking) return;
    this.#checking = true;
    // Two turns: the first may stand before a task that was queued by another source.
    atNextTurn(() => atNextTurn(() => this.#look()));
  }

  #look(): void {
    if (this.#held > 0) {
      this.#checking = false;
      return;
    }
    const wait = this.#activeUntil - now();
    if (wait > 0) {
      setNativeTimeout(() => this.#look(), wait);
      return;
    }
    this.#checking = false;
    this.onIdle();
  }
}
