// elements/run: what the lazily loaded half may ask of the element, and the other way round. Types only.
import type { Process, RunResult, Sandbox } from '../../kernel-core/client/index.js';
import type { Sample } from '../markup/sample.js';
import type { CheckResult, ElementState } from '../types.js';
import type { CodeElement } from '../wasm-runnable.template.js';

/** The element as its lazy half sees it. Only the element draws what is here; only the lazy half changes it. */
export interface ElementHost {
  readonly element: HTMLElement;
  readonly sample: Sample;
  readonly root: ShadowRoot;
  /** Empty; everything that appears after the first click goes in here. */
  readonly panel: HTMLElement;
  /** Tells the world and draws Run or Stop. */
  setState(state: ElementState): void;
  /** Everything the runtime needs is on this machine now. */
  setCached(): void;
  /** Files or their texts have changed otherwise than by an editor. */
  refresh(): void;
}

/** The half of an element that is loaded at the first interaction. */
export interface LazyHalf {
  readonly result: RunResult | null;
  readonly sandbox: Sandbox | null;
  run(): Promise<RunResult>;
  stop(): Promise<void>;
  check(): Promise<CheckResult>;
  /** Ends the run, empties panel and sandbox. */
  reset(): void;
  /** Files have been replaced: open editors show the new text or close. */
  filesChanged(): void;
  /** Loads and boots what a run will need. Never rejects; the run says what is wrong. */
  prepare(): Promise<void>;
  /** Boots the kernel, which every run needs: the reader's hand is on the button. */
  boot(): void;
  /** Attributes changed that are shown. */
  settingsChanged(): void;
  /** The element stands elsewhere on the page now, which a frame does not survive. */
  moved(): void;
  /** The element has left the page for good. A later run starts anew. */
  release(): void;
}

/** That of <wasm-runnable>. */
export interface Runner extends LazyHalf {
  /** The reader turns to the code, with a pointer that goes up when `released` resolves. */
  edit(code: CodeElement, released: Promise<unknown> | undefined): void;
}

/** That of <wasm-terminal>. */
export interface TerminalHalf extends LazyHalf {
  readonly process: Process | null;
  /** The reader turns to the terminal. */
  focus(): void;
  /** Resolves when it is on the screen. */
  write(data: string | Uint8Array): Promise<void>;
  /** Resolves when the program has been given all of it. */
  paste(text: string): Promise<void>;
}
