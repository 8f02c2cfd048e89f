// elements/editor: the CodeMirror editor that takes the place of static code without moving a pixel.
// Loaded by dynamic import when the reader first focuses the code. Owns its view, its wrapper and its
// observers until `dispose`, which puts the static element back.
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { Compartment, EditorState, Prec, Transaction, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers, type KeyBinding } from '@codemirror/view';
import { themeBehind, watchTheme } from '../output/page-theme.js';
import { editorLook } from './editor-theme.js';
import { addMark, clearMarks, errorMarks } from './error-marks.js';
import { indentationOf, languageSupport } from './languages.js';
import { Placement } from './placement.js';
import { textElementOf, wrapsLines } from './static-look.js';
import { selectionOffsets } from './static-selection.js';

/** A position in the text by offset, or by the point the reader clicked (client coordinates). */
export type EditorSelection =
  | { readonly anchor: number; readonly head?: number }
  | { readonly point: { readonly x: number; readonly y: number } };

export interface CodeEditorOptions {
  /** The static block (in the shadow root or slotted): hidden in place, its box and type are taken over. */
  readonly replaces: HTMLElement;
  /** Where the editor goes; default: right after `replaces`, or after the slot that shows it. */
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
  /** Default `auto`: by what stands behind the static text. */
  readonly theme?: 'auto' | 'light' | 'dark';
  /** After each change by the reader (not by `setText`). */
  readonly onChange?: (text: string) => void;
  /** Ctrl+Enter or Cmd+Enter. */
  readonly onRun?: () => void;
}

const howToLeave = 'Control+Enter runs the code. Tab indents; press Escape, then Tab, to leave the editor.';

export class CodeEditor {
  /** Mounts in place of `options.replaces`. Synchronous; the language's highlighting follows when loaded. */
  static mount(options: CodeEditorOptions): CodeEditor {
    return new CodeEditor(options);
  }

  readonly #options: CodeEditorOptions;
  /** What is replaced; see `wholeBlock`. */
  readonly #block: HTMLElement;
  readonly #placement: Placement;
  readonly #view: EditorView;
  readonly #languagePart = new Compartment();
  readonly #readonlyPart = new Compartment();
  #language: string;
  #readonly: boolean;
  /** What the language brings, once it is loaded. */
  #support: Extension = [];
  /** A last line feed that static code does not show as an empty line; the editor would. */
  #end: string;
  #stopWatching: (() => void) | undefined;
  #disposed = false;

  private constructor(options: CodeEditorOptions) {
    this.#options = options;
    this.#language = options.language;
    this.#readonly = options.readonly ?? false;
    this.#end = endOf(options.text);
    const gutter = options.lineNumbers instanceof HTMLElement ? options.lineNumbers : undefined;
    this.#block = wholeBlock(options.replaces);
    this.#placement = new Placement(this.#block, gutter);
    const text = textElementOf(this.#block);
    const native = selectionOffsets(text);
    const scroller = [text, ...ancestorsUpTo(text, this.#block)].find(
      (element) => element.scrollTop !== 0 || element.scrollLeft !== 0,
    );
    const scroll = options.scroll ?? { top: scroller?.scrollTop ?? 0, left: scroller?.scrollLeft ?? 0 };

    this.#placement.enter(options.parent);
    this.#view = new EditorView({ state: this.#state(options.text), parent: this.element });
    this.setTheme(options.theme ?? 'auto');
    this.#placement.align(this.#view);
    this.#restore(options.selection ?? native, scroll);
    if (options.focus === true) this.focus();
    void this.#loadLanguage();
  }

  /** The wrapper that stands in place of the static element, `part="editor"`. */
  get element(): HTMLElement {
    return this.#placement.element;
  }

  get text(): string {
    return this.#view.state.doc.toString() + this.#end;
  }

  get hasFocus(): boolean {
    return this.#view.hasFocus;
  }

  /** Replaces the text and forgets history and marks; `onChange` is not called. */
  setText(text: string, language = this.#language): void {
    const other = language !== this.#language;
    this.#language = language;
    this.#end = endOf(text);
    this.#view.setState(this.#state(text));
    this.#placement.releaseHeight();
    if (other) this.#support = [];
    void this.#loadLanguage();
  }

  setReadonly(readonly: boolean): void {
    if (readonly === this.#readonly) return;
    this.#readonly = readonly;
    this.#view.dispatch({ effects: this.#readonlyPart.reconfigure(this.#readonlyExtension()) });
  }

  setTheme(theme: 'auto' | 'light' | 'dark'): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    const text = textElementOf(this.#block);
    const dress = (scheme: 'light' | 'dark'): void => this.#placement.dress(scheme);
    if (theme !== 'auto') {
      dress(theme);
      return;
    }
    dress(themeBehind(text));
    this.#stopWatching = watchTheme(text, dress);
  }

  /** Puts the caret at the beginning of a line (from 1; the last, if there are fewer) and shows it. */
  reveal(line: number): void {
    const { doc } = this.#view.state;
    const { from, text } = doc.line(Math.max(1, Math.min(line, doc.lines)));
    const anchor = from + (text.length - text.trimStart().length);
    this.#view.dispatch({
      selection: { anchor },
      effects: EditorView.scrollIntoView(anchor, { y: 'nearest' }),
    });
    this.focus();
  }

  focus(): void {
    this.#view.contentDOM.focus({ preventScroll: true });
  }

  /** Marks a line (from 1) as the place of an error, until it is edited. Lines outside the text are ignored. */
  mark(line: number, message: string): void {
    this.#view.dispatch({ effects: addMark.of({ line, message }) });
  }

  clearMarks(): void {
    this.#view.dispatch({ effects: clearMarks.of(null) });
  }

  /** Removes the editor and shows `replaces` again; its text is the caller's to update. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#stopWatching?.();
    this.#view.destroy();
    this.#placement.leave();
  }

  #state(text: string): EditorState {
    const { label, lineNumbers: numbers, onChange } = this.#options;
    const tabSize = Number.parseInt(getComputedStyle(textElementOf(this.#block)).tabSize, 10);
    return EditorState.create({
      doc: text.slice(0, text.length - this.#end.length),
      extensions: [
        history(),
        indentOnInput(),
        bracketMatching(),
        EditorState.tabSize.of(Number.isFinite(tabSize) && tabSize > 0 ? tabSize : 8),
        indentUnit.of(indentationOf(text, this.#language)),
        Prec.highest(keymap.of(this.#keys())),
        keymap.of([...historyKeymap, ...defaultKeymap]),
        numbers === undefined || numbers === false ? [] : lineNumbers(),
        wrapsLines(this.#block) ? EditorView.lineWrapping : [],
        this.#readonlyPart.of(this.#readonlyExtension()),
        this.#languagePart.of(this.#support),
        EditorView.contentAttributes.of({
          'aria-label': label ?? 'Code',
          'aria-description': howToLeave,
          enterkeyhint: 'enter',
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange?.(this.text);
          // Escape has set Tab free; any other step means that the reader stayed.
          if (update.docChanged || update.selectionSet || (update.focusChanged && !update.view.hasFocus)) {
            update.view.setTabFocusMode(false);
          }
        }),
        errorMarks,
        editorLook,
      ],
    });
  }

  #keys(): KeyBinding[] {
    const run = (): boolean => {
      this.#options.onRun?.();
      return true;
    };
    const editable = (command: (view: EditorView) => boolean) => (view: EditorView) =>
      view.state.readOnly ? false : command(view);
    return [
      { key: 'Ctrl-Enter', run, preventDefault: true },
      { key: 'Cmd-Enter', run, preventDefault: true },
      { key: 'Escape', run: freeTab },
      { key: 'Tab', run: editable(indentOrInsert), shift: editable(indentLess) },
    ];
  }

  #readonlyExtension(): Extension {
    if (!this.#readonly) return [];
    // Not editable but in the tab order: the text can be selected, copied and run by keyboard.
    return [
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.contentAttributes.of({ tabindex: '0', 'aria-readonly': 'true' }),
    ];
  }

  async #loadLanguage(): Promise<void> {
    const language = this.#language;
    let support: Extension | undefined;
    try {
      support = await languageSupport(language);
    } catch {
      return; // offline or blocked: plain text is still an editor; the next `setText` tries again
    }
    if (support === undefined || this.#disposed || language !== this.#language) return;
    this.#support = support;
    this.#view.dispatch({ effects: this.#languagePart.reconfigure(support) });
  }

  #restore(
    selection: EditorSelection | undefined,
    scroll: { readonly top: number; readonly left: number },
  ): void {
    const view = this.#view;
    view.scrollDOM.scrollTop = scroll.top;
    view.scrollDOM.scrollLeft = scroll.left;
    if (selection === undefined) return;
    const clamp = (offset: number): number => Math.max(0, Math.min(offset, view.state.doc.length));
    const { anchor, head } =
      'point' in selection
        ? { anchor: view.posAtCoords(selection.point, false), head: undefined }
        : selection;
    view.dispatch({
      selection: { anchor: clamp(anchor), head: clamp(head ?? anchor) },
      annotations: Transaction.addToHistory.of(false),
    });
  }
}

const endOf = (text: string): string => (/\r?\n$/.exec(text) ?? [''])[0];

/** A highlighter's wrapper goes with its `pre`: the outermost element that a slot shows. */
function wholeBlock(element: HTMLElement): HTMLElement {
  for (let at: HTMLElement | null = element; at !== null; at = at.parentElement)
    if (at.assignedSlot) return at;
  return element;
}

function ancestorsUpTo(element: HTMLElement, last: HTMLElement): HTMLElement[] {
  const ancestors: HTMLElement[] = [];
  for (let at = element; at !== last && at.parentElement;) ancestors.push((at = at.parentElement));
  return ancestors;
}

/** Escape first drops a selection or closes what is open; it also lets the next Tab leave. */
function freeTab(view: EditorView): boolean {
  view.setTabFocusMode(true);
  view.dispatch({ effects: EditorView.announce.of('Tab now leaves the editor.') });
  return false;
}

/** With a selection, whole lines move; at a caret, spaces up to the next step (or a tab) come in. */
function indentOrInsert(view: EditorView): boolean {
  const { state } = view;
  if (state.selection.ranges.some((range) => !range.empty)) return indentMore(view);
  const unit = state.facet(indentUnit);
  const { head } = state.selection.main;
  const column = head - state.doc.lineAt(head).from;
  const insert = unit === '\t' ? unit : ' '.repeat(unit.length - (column % unit.length));
  view.dispatch(state.replaceSelection(insert), { scrollIntoView: true, userEvent: 'input' });
  return true;
}
