// proc: what a process does with each signal, as signal(7).
import { dispositions } from '../abi/syscalls.js';
import { signals } from '../abi/signals.js';

export type SignalAction = 'terminate' | 'stop' | 'continue' | 'ignore' | 'catch';

const ignoredByDefault: readonly number[] = [signals.SIGCHLD, signals.SIGWINCH, signals.SIGCONT];
const stopping: readonly number[] = [signals.SIGSTOP, signals.SIGTSTP, signals.SIGTTIN, signals.SIGTTOU];

export class SignalActions {
  readonly #set = new Map<number, number>();

  constructor(ignored: readonly number[] = [], blocked: readonly number[] = []) {
    for (const number of blocked) this.set(number, dispositions.catch);
    for (const number of ignored) this.#set.set(number, dispositions.ignore);
  }

  /** KILL and STOP are nobody's to change: false. */
  set(signal: number, disposition: number): boolean {
    if (signal === signals.SIGKILL || signal === signals.SIGSTOP) return false;
    this.#set.set(signal, disposition);
    return true;
  }

  isIgnored(signal: number): boolean {
    return this.#set.get(signal) === dispositions.ignore;
  }

  /** The same as another's, which a copy of its process begins with. */
  copy(other: SignalActions): void {
    for (const [signal, disposition] of other.#set) this.#set.set(signal, disposition);
  }

  /** Those ignored, which a child inherits. */
  get ignored(): number[] {
    return [...this.#set]
      .filter(([, disposition]) => disposition === dispositions.ignore)
      .map(([each]) => each);
  }

  of(signal: number): SignalAction {
    const set = this.#set.get(signal);
    if (set === dispositions.ignore) return 'ignore';
    if (set === dispositions.catch) return 'catch';
    if (stopping.includes(signal)) return 'stop';
    if (signal === signals.SIGCONT) return 'continue';
    return ignoredByDefault.includes(signal) ? 'ignore' : 'terminate';
  }
}
