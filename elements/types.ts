// elements: the public types every element shares. No code.
import type { FileTree, KernelError, RunResult, Sandbox } from '../kernel-core/client/index.js';

/**
 * What an element is doing. A cell of a session that waits for its turn is `loading`.
 *
 *              run()              started             reads stdin, nothing there
 *   idle ───────────▶ loading ───────────▶ running ◀────────────────────▶ waiting
 *    ▲                 │    │                 │                              │
 *    │      could not  │    │ stop()          │ the program ended            │
 *    │      start      ▼    └───────▶ exited ◀┴──────────────────────────────┘
 *    │               failed             │
 *    └───────── reset() ────────────────┘        run() leads from every state to loading
 */
export type ElementState = 'idle' | 'loading' | 'running' | 'waiting' | 'exited' | 'failed';

/** The answer of a hidden test, `<script type="text/x-check">`. */
export interface CheckResult {
  correct: boolean;
  /** One sentence for the reader. */
  message: string;
  type?: 'success' | 'info' | 'warning' | 'danger';
}

/** `detail` of every event; all of them bubble and are composed. */
export interface WasmElementDetails {
  'wasm-state': { readonly state: ElementState };
  'wasm-run': { readonly runtime: string; readonly entry: string };
  'wasm-output': { readonly stream: 'stdout' | 'stderr'; readonly text: string };
  /** The program showed an object: `data` by MIME type, images as bytes; `alt` stands for it. */
  'wasm-display': {
    readonly stream: 'stdout' | 'stderr';
    readonly data: Readonly<Record<string, string | Uint8Array>>;
    readonly alt: string;
  };
  'wasm-exit': RunResult;
  'wasm-error': KernelError;
  'wasm-restart': { readonly session: string };
  'wasm-check': CheckResult;
  'wasm-change': { readonly path: string };
  'wasm-progress': { readonly loadedBytes: number; readonly totalBytes: number; readonly cached: boolean };
}

export type WasmElementEventMap = {
  [Name in keyof WasmElementDetails]: CustomEvent<WasmElementDetails[Name]>;
};

/** What `<wasm-runnable>`, `<wasm-terminal>` and `<wasm-sandbox>` have in common. */
export interface WasmElement extends HTMLElement {
  /** `python`, `python@3.14`, `javascript`, `wasi` …; empty: told from the files. */
  runtime: string;
  /** Text of the entry file as it is now. Setting it resets the reader's edits of that file. */
  code: string;
  /** All files as they are now, hidden ones included. Setting it replaces what the markup says. */
  files: FileTree;
  readonly state: ElementState;
  /** How the last run ended; null before, and after one that could not start. */
  readonly result: RunResult | null;
  /** Where the files live; null before the first run and once the element has left the page. */
  readonly sandbox: Sandbox | null;
  /**
   * Runs the code. A newer run ends an older one, which resolves with reason `superseded`.
   * Rejects with a KernelError only when the program could not be started.
   */
  run(): Promise<RunResult>;
  /** Ends the run, if there is one, and resolves once it has ended. */
  stop(): Promise<void>;
  /** Ends the run, empties the output and takes back the reader's edits; of a session, ends the interpreter too. */
  reset(): void;
  /** Runs the hidden tests of the markup on the reader's code. */
  check(): Promise<CheckResult>;
}
