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
  /** Of whoever has joined, from 1. */
  readonly #numbers = new WeakMap<Member, number>();
  #lastNumber = 0;
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

  /** The session of that name, whoever is in it. */
  static named(name: string): Session {
    const session = sessions.get(name) ?? new Session(name);
    sessions.set(name, session);
    return session;
  }

  /** An element is in the session until it leaves or joins another. */
  join(member: Member): void {
    const before = sessionOf.get(member);
    if (before !== this) before?.leave(member);
    sessionOf.set(member, this);
    this.#present.add(member);
    if (!this.#numbers.has(member)) this.#numbers.set(member, (this.#lastNumber += 1));
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
    this.#order = come
      .then(() => ended)
      .then(() => {
        this.#turns -= 1;
        this.#forget();
      });
    return { waits, come, end };
  }

  /**
   * What tracebacks call a cell: as its author does, if nobody else in the session is called so, or by the element's
   * number.
   */
  nameOf(member: Member, given: string): string {
    const owner = given === '' ? undefined : (this.#names.get(given) ?? member);
    const name = owner === member ? given : `cell ${this.#numbers.get(member) ?? 0}`;
    this.#names.set(name, member);
    return name;
  }

  /** Whose cell is called so. */
  whose(name: string): Member | undefined {
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

  /** Whether cells of this runtime find an interpreter. */
  isLive(spec: string): boolean {
    return this.#live.has(spec);
  }

  get hasInterpreter(): boolean {
    return this.#live.size > 0;
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
    for (const [name, owner] of this.#names) if (owner === member) this.#names.delete(name);
    if (this.#present.size === 0) this.restart();
    this.#forget();
  }

  /** Nobody is in it, and nobody is about to be. */
  #forget(): void {
    if (this.#present.size > 0 || this.#turns > 0) return;
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
