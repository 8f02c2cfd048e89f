// frame/preview: loops that do not end. A preview runs on the thread of the page around it (in Firefox and
// WebKit always, in Chromium often), so an endless loop would freeze both. Every loop of the author's scripts
// counts its turns and is stopped when one task has gone on for too long. This is for accidents: code from
// eval or an attribute is not guarded, and neither are workers, which freeze nobody.
import { parse } from 'acorn';
import type { Edit } from './script-edits.js';

/** Name of the global function that every turn of a loop calls. True means stop. */
export const turnName = '__loopTurn';

/** Longer scripts are libraries, and parsing them takes longer than it is worth. */
const sourceMax = 300_000;
const budgetMs = 2_000;

interface AstNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly body?: AstNode;
}

/**
 * Thrown in the author's script, not in ours: WebKit does not say what an error of another script was, and
 * ours counts as one.
 */
const turn = `if(${turnName}())throw RangeError(${turnName}.reason);`;

/** The edits that guard a script's loops; none for one that does not parse. */
export function guardLoops(source: string): Edit[] {
  if (source.length > sourceMax || !/\b(for|while|do)\b/.test(source)) return [];
  const program = parseScript(source);
  if (program === undefined) return [];
  const edits: Edit[] = [];
  const waiting: unknown[] = [program];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node !== 'object' || node === null) continue;
    if (isNode(node) && /^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type))
      edits.push(...guard(node));
    // Backwards, so that outer loops come first where two begin at one place.
    waiting.push(...(Object.values(node) as unknown[]).reverse());
  }
  return edits;
}

function guard({ body }: AstNode): Edit[] {
  if (body === undefined) return [];
  const { type, start, end } = body;
  if (type === 'BlockStatement') return [{ start: start + 1, end: start + 1, text: turn }];
  return [
    { start, end: start, text: `{${turn}` },
    { start: end, end, text: '}' },
  ];
}

const isNode = (value: object): value is AstNode => typeof (value as { type?: unknown }).type === 'string';

function parseScript(source: string): unknown {
  for (const sourceType of ['script', 'module'] as const) {
    try {
      return parse(source, { ecmaVersion: 'latest', sourceType, allowHashBang: true });
    } catch {
      // Tried as the other; if it is neither, the browser says what is wrong with it.
    }
  }
  return undefined;
}

/** What the loops call; `reason` is for people. */
export type LoopTurn = (() => boolean) & { reason: string };

/** True once a task has looped for `budgetMs`, and ever sooner after the first time. */
export function loopTurn(): LoopTurn {
  const now = performance.now.bind(performance);
  const { port1, port2 } = new MessageChannel();
  const post = port2.postMessage.bind(port2);
  let turns = 0;
  let since = -1;
  let over = false;
  let budget = budgetMs;
  const reason = (): string =>
    `This loop kept the page from doing anything else for ${budget / 1000} s, so it was stopped.`;
  // A message, because timers are throttled in the background: this arrives when the task has ended.
  port1.onmessage = () => {
    since = -1;
    if (!over) return;
    over = false;
    budget = Math.max(100, budget / 4);
    check.reason = reason();
  };
  const check = (): boolean => {
    // Once over, every turn is stopped, or a loop that catches what its inner loop throws would go on.
    if (over) return true;
    turns = (turns + 1) & 15;
    if (turns !== 0) return false;
    const at = now();
    if (since < 0) {
      since = at;
      post(0);
      return false;
    }
    over = at - since > budget;
    return over;
  };
  check.reason = reason();
  return check;
}
