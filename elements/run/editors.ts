// elements/run: the editors of an element's files. The editor itself is imported when the reader first turns
// to the code; until then, and for whoever only selects and copies, the code is the text it was.
import { runtimeLabels } from 'virtual:runtime-labels';
import type { CodeEditor } from '../editor/code-editor.js';
import type { CodeElement } from '../wasm-runnable.template.js';
import { labelOfFile, textOf, type SourceFile } from '../markup/source-file.js';
import { emit } from './events.js';
import type { ElementHost } from './host.js';
import { load } from './sources.js';

export class Editors {
  readonly #host: ElementHost;
  readonly #onRun: () => void;
  readonly #open = new Map<SourceFile, CodeEditor>();
  readonly #opening = new Set<SourceFile>();

  constructor(host: ElementHost, onRun: () => void) {
    this.#host = host;
    this.#onRun = onRun;
  }

  /** Opens an editor in place of the code once the reader's pointer is up and the code has focus. */
  async edit(code: CodeElement, released: Promise<unknown> | undefined): Promise<void> {
    const { file } = code;
    if (!file || !this.#editable(file)) return;
    await this.#mount(code, file, released, () => {
      // A selection is there to be copied; a swipe scrolls and leaves no focus.
      const focused = this.#host.root.activeElement === code;
      const selected = !document.getSelection()?.isCollapsed;
      return focused && !(released && selected) && this.#editable(file);
    });
  }

  /** Puts the caret into a line (from 1) of a file that has this tab, in an editor, which is opened if need be. */
  async show(file: SourceFile, line: number, tab: number): Promise<void> {
    const { root } = this.#host;
    root.getElementById(`tab${tab}`)?.click();
    // The element draws itself in a microtask.
    await Promise.resolve();
    const codes = [...root.querySelectorAll<CodeElement>('.code')];
    const code = codes.find((each) => each.file === file);
    if (code) await this.#mount(code, file, undefined, () => true);
    this.#open.get(file)?.reveal(line);
  }

  /** Opens an editor, if it is still wanted once it is here. */
  async #mount(
    code: CodeElement,
    file: SourceFile,
    released: Promise<unknown> | undefined,
    isWanted: () => boolean,
  ): Promise<void> {
    if (this.#open.has(file) || this.#opening.has(file)) return;
    const { element } = this.#host;
    this.#opening.add(file);
    try {
      const module = import('../editor/code-editor.js');
      await Promise.all([module, released, load(file, this.#host, new AbortController().signal)]);
      const { CodeEditor } = await module;
      if (!isWanted() || !this.#current(file)) return;
      const replaces = replaced(code);
      if (!replaces) return;
      const gutter = code.querySelector<HTMLElement>('.gutter');
      const theme = element.getAttribute('theme');
      const editor = CodeEditor.mount({
        replaces,
        parent: code,
        text: textOf(file),
        language: languageOf(file, this.#host),
        lineNumbers: gutter ?? element.hasAttribute('line-numbers'),
        focus: true,
        readonly: !this.#editable(file),
        label: file.name || 'Code',
        theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
        onChange: (text) => {
          file.edit = text;
          emit(element, 'wasm-change', { path: file.name || (this.#host.sample.label?.entry ?? 'main') });
        },
        onRun: this.#onRun,
      });
      code.removeAttribute('tabindex');
      this.#open.set(file, editor);
    } finally {
      this.#opening.delete(file);
    }
  }

  /** Theme or readonly may have changed. */
  settingsChanged(): void {
    const theme = this.#host.element.getAttribute('theme');
    for (const [file, editor] of this.#open) {
      editor.setTheme(theme === 'light' || theme === 'dark' ? theme : 'auto');
      editor.setReadonly(!this.#editable(file));
    }
  }

  /** Closes all of them; the element draws the texts as they are now. */
  close(): void {
    for (const [file, editor] of this.#open) {
      editor.element.closest<HTMLElement>('.code')?.setAttribute('tabindex', '0');
      editor.dispose();
      if (file.edit !== undefined) file.shown = null;
    }
    this.#open.clear();
    this.#host.refresh();
  }

  #editable(file: SourceFile): boolean {
    const bytes = typeof file.content !== 'string' && !(file.content instanceof URL);
    return !file.readonly && !bytes && !this.#host.element.hasAttribute('readonly');
  }

  #current(file: SourceFile): boolean {
    return this.#host.element.isConnected && this.#host.sample.files.includes(file);
  }
}

/** The pre that shows the code: our own, or the author's in the slot. */
function replaced(code: HTMLElement): HTMLElement | undefined {
  const slotted = code.querySelector('slot')?.assignedElements()[0];
  if (!slotted) return code.querySelector<HTMLElement>('pre:not(.gutter)') ?? undefined;
  return slotted instanceof HTMLPreElement ? slotted : [...slotted.querySelectorAll('pre')].at(-1);
}

function languageOf(file: SourceFile, host: ElementHost): string {
  if (!file.name) return host.sample.label?.language ?? '';
  const extension = /\.(\w+)$/.exec(file.name)?.[1] ?? '';
  return labelOfFile(runtimeLabels, file.name)?.language || extension;
}
