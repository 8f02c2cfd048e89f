// elements/output: the line a reader types when the program reads its standard input.
// Sits at the end of the output, on the prompt's own line. Takes focus only where focus already was inside.
import type { OutputView } from './output-view.js';

export interface InputFieldOptions {
  readonly output: OutputView;
  /** The host element; focus inside it (or inside its shadow root) lets the field take focus. */
  readonly host: HTMLElement;
  /** Accessible name. Default: "Program input". */
  readonly label?: string;
  /** A line without its line feed; the caller sends `text + "\n"`. Already echoed into the output. */
  readonly onLine: (text: string) => void;
  /** End of file: Ctrl+D on an empty line, or the "End input" button. */
  readonly onEof: () => void;
}

export class InputField {
  constructor(options: InputFieldOptions) {
    void options;
  }
  /** Shows the field. Lines pasted or typed ahead answer at once. Calling it again changes nothing. */
  ask(): void {}
  /** Takes the field away (the process ended or goes on by itself). Keeps the history. */
  hide(): void {}
  get visible(): boolean {
    return false;
  }
  dispose(): void {}
}
