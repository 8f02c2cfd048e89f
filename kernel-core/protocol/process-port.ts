// protocol: page ↔ kernel for one process, over a MessagePort of its own.
//
//   page                                  kernel
//     │ ── stdin, stdin-end ───────────────▶ │
//     │ ── credit: bytes it has taken ─────▶ │   back-pressure reaches the program
//     │ ── signal, resize ─────────────────▶ │
//     │ ── reply: a terminal's answer ─────▶ │   for the program that asked, or for nobody
//     │ ── room ──────────────────────────▶ │   may more be typed?
//     │ ◀── room ─────────────────────────── │   it may, now
//     │ ── request ────────────────────────▶ │   for a program that asks for them; input begins anew with each
//     │ ◀── answer ───────────────────────── │   after all output that came before it
//     │ ◀── ask, unask ────────────────────── │   a question to the reader (`abi/ask.ts`); taken back
//     │ ── answered ──────────────────────▶ │
//     │ ◀── output ───────────────────────── │
//     │ ◀── waiting, resumed ─────────────── │   it reads stdin and there is none
//     │ ◀── exited ───────────────────────── │   last message; all output came before

export interface ExitStatusWire {
  readonly code: number | null;
  readonly signal: string | null;
  readonly reason?: 'timeout' | 'memory' | 'output' | 'trap' | 'protocol';
  readonly message?: string;
}

/** Nobody there who would ask the reader; the reader did not want to; it could not be done. */
export type AskRefusal = 'ENOTSUP' | 'ECANCELED' | 'EIO';

export type ToProcess =
  | { readonly type: 'stdin'; readonly bytes: Uint8Array }
  | { readonly type: 'stdin-end' }
  | { readonly type: 'credit'; readonly fd: number; readonly bytes: number }
  | { readonly type: 'signal'; readonly number: number }
  | { readonly type: 'request'; readonly bytes: Uint8Array; readonly timeoutMs?: number }
  | { readonly type: 'reply'; readonly bytes: Uint8Array }
  | { readonly type: 'room' }
  | {
      readonly type: 'answered';
      readonly number: number;
      readonly text: string;
      readonly refusal: AskRefusal | undefined;
    }
  /** Of the terminal, in characters. */
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number };

export type FromProcess =
  | { readonly type: 'output'; readonly fd: number; readonly bytes: Uint8Array }
  | { readonly type: 'waiting' }
  | { readonly type: 'resumed' }
  | { readonly type: 'room' }
  | { readonly type: 'answer'; readonly bytes: Uint8Array }
  | { readonly type: 'ask'; readonly number: number; readonly kind: number; readonly text: string }
  | { readonly type: 'unask'; readonly number: number }
  | { readonly type: 'exited'; readonly status: ExitStatusWire };
