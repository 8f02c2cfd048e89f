// elements/run: what elements of one session share besides their sandbox: the order in which their cells run and, of
// each runtime that runs cells, one interpreter. Owns the interpreter; the sandbox it lives in is leased by its elements.
// Must always hold: one cell runs at a time; whoever has run in an interpreter hears of its end.
//
//   run() ──▶ turn taken ──▶ (others before it end) ──▶ turn comes ──▶ cell runs ──▶ turn ends
import { Interpreter, type Cell, type CellRequest, type Sandbox } from '../../kernel-core/client/index.js';
import type { OutputStream } from '../output/output-view.js';

/** What readers are told of an interpreter that has ended with all it had in memory. */
export const restarted = 'The session was restarted; its variables are gone.';

/** An element, as its session sees it. */
export interface Member {
  /** What opens a line of its cell; undefined: the reader does not see it. */
  place(line: number): (() => void) | undefined;
  /** The interpreter in which it has run a cell is no more. */
  onRestart(session: string): void;
  /** What its cell has left running prints, after the cell has ended. */
  onLateOutput(stream: OutputStream, bytes: Uint8Array): void;
}

/** A place in the order of a session. */
export interface Turn {
  /** Whether somebody is before it. */
  readonly waits: boolean;
  readonly come: Promise<void>;
  /** Lets the next one come; to be called once, whatever became of it. */
  end(): void;
}

/** An interpreter, and who has to do with it. */
interface Live {
  readonly interpreter: Interpreter;
  readonly ran: Set<Member>;
  last: Member;
}

const sessions = new Map<string, Session>();
const sessionOf = new WeakMap<Member, Session>();

export class Session {
  readonly #name: string;
  /** By their numbers, which begin with 1. */
  readonly #members: Member[] = [];
  readonly #present = new Set<Member>();
  /** Of cells: who is called so. */
  readonly #names = new Map<string, Member>();
  readonly #live = new Map<string, Live>();
  #turns = 0;
  #order: Promise<void> = Promise.resolve();

  private constructor(name: string) {
    this.#name = name;
  }

  /** The session an element is in. */
  static of(member: Member): Session | undefined {
    return sessionOf.get(member);
  }

  /** The session of that name, with this element in it until it leaves or joins another. */
  static join(name: string, member: Member): Session {
    const session = sessions.get(name) ?? new Session(name);
    const before = sessionOf.get(member);
    if (before !== session) before?.leave(member);
    sessions.set(name, session);
    sessionOf.set(member, session);
    session.#present.add(member);
    if (!session.#members.includes(member)) session.#members.push(member);
    return session;
  }

  /** Its place is the one after all that were taken before. */
  turn(): Turn {
    const come = this.#order;
    const waits = this.#turns > 0;
    let end!: () => void;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#turns += 1;
    this.#order = come.then(() => ended).then(() => void (this.#turns -= 1));
    return { waits, come, end };
  }

  /**
   * What tracebacks call a cell: as its author does, if nobody else in the session is called so, or by the element's
   * number.
   */
  nameOf(member: Member, given: string): string {
    const owner = given === '' ? undefined : (this.#names.get(given) ?? member);
    const name = owner === member ? given : `cell ${this.#members.indexOf(member) + 1}`;
    this.#names.set(name, member);
    return name;
  }

  /** Whose cell is called so. */
  named(name: string): Member | undefined {
    return this.#names.get(name);
  }

  /**
   * Runs a cell in the interpreter of that runtime, which is started when there is none. Undefined: nobody wants it any
   * more. Rejects as `spawn`.
   */
  async run(
    member: Member,
    spec: string,
    sandbox: Sandbox,
    request: CellRequest,
    timeoutMs: number | undefined,
    isOver: () => boolean,
  ): Promise<Cell | undefined> {
    const before = this.#live.get(spec);
    const interpreter = before?.interpreter ?? (await Interpreter.start(sandbox, spec));
    const live = before ?? { interpreter, ran: new Set(), last: member };
    if (before === undefined) this.#follow(spec, live);
    if (isOver()) return undefined;
    live.ran.add(member);
    live.last = member;
    return live.interpreter.run(request, timeoutMs);
  }

  /** Ends its interpreters; the next cell starts another. */
  restart(): void {
    for (const { interpreter } of this.#live.values()) interpreter.end();
  }

  /** The element has left. */
  leave(member: Member): void {
    this.#present.delete(member);
    sessionOf.delete(member);
    for (const { ran } of this.#live.values()) ran.delete(member);
    if (this.#present.size > 0) return;
    this.restart();
    if (sessions.get(this.#name) === this) sessions.delete(this.#name);
  }

  #follow(spec: string, live: Live): void {
    const { interpreter, ran } = live;
    this.#live.set(spec, live);
    const late = async (stream: OutputStream): Promise<void> => {
      const reader = interpreter[stream].getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        if (ran.has(live.last)) live.last.onLateOutput(stream, value);
      }
    };
    void late('stdout');
    void late('stderr');
    void interpreter.exited.then(() => {
      this.#live.delete(spec);
      for (const member of ran) member.onRestart(this.#name);
    });
  }
}
