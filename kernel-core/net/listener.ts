// net: what a listening socket has beyond others: the connections nobody has accepted yet.
// Must always hold: at most `backlog` of them; when it closes none is left in doubt.
import { Errno } from '../abi/errno.js';
import { WaitQueue, type Caller } from '../file/wait-queue.js';
import type { StreamSocket } from './sockets.js';

/** A backlog is a hint (POSIX listen); so many wait at least, or a page's burst of requests would be refused. */
const backlogMin = 1024;
const backlogMax = 4096;

export class Listener {
  readonly changed = new WaitQueue();
  #backlog = backlogMin;
  #waiting: StreamSocket[] = [];
  #closed = false;

  /** How many connections wait to be accepted. */
  get length(): number {
    return this.#waiting.length;
  }

  get full(): boolean {
    return this.#closed || this.#waiting.length >= this.#backlog;
  }

  set backlog(wanted: number) {
    this.#backlog = Math.min(backlogMax, Math.max(backlogMin, Math.trunc(wanted) || 0));
  }

  /** A connection has come; the caller has seen that it is not `full`. */
  push(socket: StreamSocket): void {
    this.#waiting.push(socket);
    this.changed.wake();
  }

  /** accept(2): the connection that waits longest. EINTR when interrupted, EINVAL when it stops listening. */
  accept(caller: Caller): StreamSocket | Promise<StreamSocket> {
    if (this.#closed) throw new Errno('EINVAL');
    const socket = this.#waiting.shift();
    if (socket !== undefined) {
      this.changed.wake();
      return socket;
    }
    return this.changed.wait(caller).then(() => this.accept(caller));
  }

  /** Those who wait to be accepted are reset. */
  close(): void {
    this.#closed = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const socket of waiting) socket.reset();
    this.changed.wake();
  }
}
