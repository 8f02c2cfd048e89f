// proc: the processes of one sandbox, their families, groups and sessions (POSIX.1-2024, 3.275 on).
// Must always hold: a process is here from its start until it has been waited for; an orphan's parent is
// nobody, and nobody waits for those: they are reaped as they end.
import { Errno } from '../abi/errno.js';
import { signals } from '../abi/signals.js';
import { waitOptions } from '../abi/syscalls.js';
import { continued, stoppedBy } from '../abi/wait-status.js';
import { WaitQueue, type Caller } from '../file/wait-queue.js';
import type { Process } from './process.js';

interface Family {
  parent: Process | undefined;
  readonly children: Set<Process>;
  readonly changed: WaitQueue;
}

/** A worker that computes when it is ended goes on for so long in Chromium, and its processor time with it. */
const dyingMs = 2500;

export class ProcessTable {
  readonly #processes = new Map<number, Process>();
  readonly #families = new Map<Process, Family>();
  #dying = 0;

  /** Everyone, zombies too. */
  get all(): readonly Process[] {
    return [...this.#processes.values()];
  }

  /** How many count against the limit of processes. */
  get count(): number {
    return this.#processes.size + this.#dying;
  }

  add(process: Process, parent: Process | undefined): void {
    this.#processes.set(process.pid, process);
    this.#families.set(process, { parent, children: new Set(), changed: new WaitQueue() });
    if (parent !== undefined) this.#families.get(parent)?.children.add(process);
  }

  /** Another program in the place of a process's, under its pid: its family, group and session are the new one's. */
  replace(old: Process, next: Process): void {
    const family = this.#families.get(old);
    if (family === undefined) throw new Errno('ESRCH');
    next.group = old.group;
    next.session = old.session;
    this.#processes.set(next.pid, next);
    this.#families.delete(old);
    this.#families.set(next, family);
    const siblings = family.parent === undefined ? undefined : this.#families.get(family.parent)?.children;
    if (siblings?.delete(old) === true) siblings.add(next);
    for (const child of family.children) {
      const childFamily = this.#families.get(child);
      if (childFamily !== undefined) childFamily.parent = next;
    }
  }

  get(pid: number): Process | undefined {
    return this.#processes.get(pid);
  }

  /** The parent's pid; 0 for a process of the page's or an orphan. */
  parentOf(process: Process): number {
    return this.#families.get(process)?.parent?.pid ?? 0;
  }

  /** Whether nobody else is alive. */
  isAlone(process: Process): boolean {
    return this.all.every((each) => each === process || each.state === 'zombie');
  }

  /** Those of a group who are alive. */
  group(group: number): Process[] {
    return this.all.filter((process) => process.group === group && process.state !== 'zombie');
  }

  session(session: number): Process[] {
    return this.all.filter((process) => process.session === session && process.state !== 'zombie');
  }

  /** The session of a group; undefined when there is no such group. It is there until its last member was waited for. */
  sessionOfGroup(group: number): number | undefined {
    return this.all.find((process) => process.group === group)?.session;
  }

  /** Whether no member of its group has a parent elsewhere in the session that could continue it. */
  isOrphaned(process: Process): boolean {
    return !this.group(process.group).some((member) => {
      const parent = this.#families.get(member)?.parent;
      return parent !== undefined && parent.group !== member.group && parent.session === member.session;
    });
  }

  /** A process has stopped, gone on or ended: whoever waits for it looks. */
  changed(process: Process): void {
    this.#tell(this.#families.get(process)?.parent);
  }

  /** A process has ended. `wasComputing`: its worker may burn on for a moment. */
  ended(process: Process, wasComputing: boolean): void {
    const family = this.#families.get(process);
    for (const child of family?.children ?? []) {
      const orphan = this.#families.get(child);
      if (orphan !== undefined) orphan.parent = undefined;
      if (child.state === 'zombie') this.#reap(child);
    }
    family?.children.clear();
    if (wasComputing) {
      this.#dying += 1;
      setTimeout(() => (this.#dying -= 1), dyingMs);
    }
    const parent = family?.parent;
    if (parent === undefined || !parent.wantsZombies) this.#reap(process);
    this.#tell(parent);
  }

  /** A child has news: who waits for it looks, and then whoever catches SIGCHLD hears of it. */
  #tell(parent: Process | undefined): void {
    if (parent === undefined) return;
    this.#families.get(parent)?.changed.wake();
    parent.signal(signals.SIGCHLD);
  }

  /**
   * wait(2) for children of `process`: pid > 0 that one, -1 any, 0 its own group, -n group n. Resolves with
   * pid and status word; pid 0: `noHang` and none yet; with `others`, how many children there are now, and how many of
   * them have news. ECHILD, EINTR.
   */
  async wait(process: Process, pid: number, options: number, caller: Caller): Promise<readonly number[]> {
    const family = this.#families.get(process);
    const others = () => ((options & waitOptions.others) === 0 ? [] : rest(family?.children ?? new Set()));
    for (;;) {
      const children = [...(family?.children ?? [])].filter((child) => matches(child, pid, process.group));
      if (family === undefined || children.length === 0) throw new Errno('ECHILD');
      for (const child of children) {
        const status = this.#statusOf(child, options);
        if (status !== undefined) return [child.pid, status, ...others()];
      }
      if ((options & waitOptions.noHang) !== 0) return [0, 0, ...others()];
      await family.changed.wait(caller);
    }
  }

  /** A process that never began: nobody waits for it. */
  forget(process: Process): void {
    this.#reap(process);
  }

  #statusOf(child: Process, options: number): number | undefined {
    if (child.state === 'zombie') {
      this.#reap(child);
      return child.waitStatus;
    }
    const news = child.takeNews(
      (options & waitOptions.untraced) !== 0,
      (options & waitOptions.continued) !== 0,
    );
    if (news === undefined) return undefined;
    return news === 'continued' ? continued : stoppedBy(news);
  }

  #reap(process: Process): void {
    const parent = this.#families.get(process)?.parent;
    if (parent !== undefined) this.#families.get(parent)?.children.delete(process);
    this.#families.delete(process);
    this.#processes.delete(process.pid);
  }
}

/** How many, and how many of them have news of any kind. */
function rest(children: ReadonlySet<Process>): [number, number] {
  let withNews = 0;
  for (const child of children) if (child.hasNews) withNews += 1;
  return [children.size, withNews];
}

function matches(child: Process, pid: number, group: number): boolean {
  if (pid > 0) return child.pid === pid;
  if (pid === -1) return true;
  return child.group === (pid === 0 ? group : -pid);
}
