// protocol: page ↔ kernel for one process, over a MessagePort of its own.
//
//   page                                  kernel
//     │ ── stdin, stdin-end ───────────────▶ │
//     │ ── credit: bytes it has taken ─────▶ │   back-pressure reaches the program
//     │ ── signal, resize ─────────────────▶ │
//     │ ◀── output ───────────────────────── │
//     │ ◀── waiting, resumed ─────────────── │   it reads stdin and there is none
//     │ ◀── exited ───────────────────────── │   last message; all output came before

export interface ExitStatusWire {
  readonly code: number | null;
  readonly signal: string | null;
  readonly reason?: 'timeout' | 'memory' | 'output' | 'trap' | 'protocol';
  readonly message?: string;
}

export type ToProcess =
  | { readonly type: 'stdin'; readonly bytes: Uint8Array }
  | { readonly type: 'stdin-end' }
  | { readonly type: 'credit'; readonly fd: number; readonly bytes: number }
  | { readonly type: 'signal'; readonly number: number }
  /** Of the terminal, in characters. */
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number };

export type FromProcess =
  | { readonly type: 'output'; readonly fd: number; readonly bytes: Uint8Array }
  | { readonly type: 'waiting' }
  | { readonly type: 'resumed' }
  | { readonly type: 'exited'; readonly status: ExitStatusWire };
