// elements/editor: the CodeMirror editor that takes the place of static code without moving a pixel.
// Loaded by dynamic import when the reader first focuses the code. Owns its view, its wrapper and its
// observers until `dispose`, which puts the static element back.

/** A position in the text by offset, or by the point the reader clicked (client coordinates). */
export type EditorSelection =
  | { readonly anchor: number; readonly head?: number }
  | { readonly point: { readonly x: number; readonly y: number } };

export interface CodeEditorOptions {
  /** The static `<pre>` (in the shadow root or slotted): hidden in place, its box and type are taken over. */
  readonly replaces: HTMLElement;
  /** Where the editor goes; default: right after `replaces`. */
  readonly parent?: HTMLElement | ShadowRoot;
  readonly text: string;
  /** A runtime's or file's language: `python`, `javascript`, `typescript`, `html`, `css`, `sh`, `c` …; unknown: plain. */
  readonly language: string;
  readonly readonly?: boolean;
  /** True for a gutter; an element for a static gutter that stands left of the code and is taken over. */
  readonly lineNumbers?: boolean | HTMLElement;
  /** Default: the reader's native selection in `replaces`, mapped. */
  readonly selection?: EditorSelection;
  /** Default: the scroll position of `replaces`. */
  readonly scroll?: { readonly top: number; readonly left: number };
  /** Focus the editor at once. Default false. */
  readonly focus?: boolean;
  /** Accessible name, say the file's name. Default: "Code". */
  readonly label?: string;
  /** Default `auto`: by the background of `replaces`. */
  readonly theme?: 'auto' | 'light' | 'dark';
  /** After each change by the reader (not by `setText`). */
  readonly onChange?: (text: string) => void;
  /** Ctrl+Enter or Cmd+Enter. */
  readonly onRun?: () => void;
}

export class CodeEditor {
  /** Mounts in place of `options.replaces`. Synchronous; the language's highlighting follows when loaded. */
  static mount(options: CodeEditorOptions): CodeEditor {
    return new CodeEditor(options);
  }
  /** The wrapper that stands in place of the static element, `part="editor"`. */
  readonly element: HTMLElement;

  private constructor(options: CodeEditorOptions) {
    this.element = document.createElement('div');
    void options;
  }
  get text(): string {
    return '';
  }
  /** Replaces the text and forgets history and marks; `onChange` is not called. */
  setText(text: string, language?: string): void {
    void [text, language];
  }
  setReadonly(readonly: boolean): void {
    void readonly;
  }
  setTheme(theme: 'auto' | 'light' | 'dark'): void {
    void theme;
  }
  focus(): void {}
  get hasFocus(): boolean {
    return false;
  }
  /** Marks a line (from 1) as the place of an error, until it is edited. Lines outside the text are ignored. */
  mark(line: number, message: string): void {
    void [line, message];
  }
  clearMarks(): void {}
  /** Removes the editor and shows `replaces` again; its text is the caller's to update. */
  dispose(): void {}
}
