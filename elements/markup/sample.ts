// elements/markup: the files of one element and which language they are in; what the author gave, by markup or
// by script, and what the reader made of it. Whichever of markup and script changed last counts.
import { runtimeLabels, type RuntimeLabel } from 'virtual:runtime-labels';
import type { FileTree } from '../../kernel-core/client/index.js';
import { fileName, languageOf, readChildren, textIn, type Markup } from './children.js';
import { blockBefore, referred } from './reference.js';
import { entryOf, filesOf, labelNamed, labelOfFile, textOf, type SourceFile } from './source-file.js';

export class Sample {
  readonly #element: Element;
  readonly #hasTranscript: boolean;
  #markup: Markup | undefined;
  #files: SourceFile[] = [];
  /** By script: stands until the markup changes. */
  #given = false;

  /** `hasTranscript`: a block or text without a name is no code, but what a session looked like. */
  constructor(element: Element, hasTranscript = false) {
    this.#element = element;
    this.#hasTranscript = hasTranscript;
  }

  get markup(): Markup {
    if (!this.#markup) this.read();
    return this.#markup as Markup;
  }

  get files(): readonly SourceFile[] {
    if (!this.#markup) this.read();
    return this.#files;
  }
  /** Those with a tab. */
  get visible(): readonly SourceFile[] {
    return this.files.filter((file) => !file.hidden);
  }

  /** The file to run, unless it is yet to be read. */
  get entry(): SourceFile | undefined {
    return entryOf(this.files, this.label, this.#element.getAttribute('entry'));
  }

  /** Code elsewhere on the page: what `for` names, or the block right before an element without code. */
  get borrowed(): Element | null {
    const reference = this.#element.getAttribute('for');
    if (reference) return referred(reference);
    return this.files.length || this.#hasTranscript ? null : blockBefore(this.#element);
  }

  /** By attribute, file names or a highlighter's class; undefined: not among the runtimes. */
  get label(): RuntimeLabel | undefined {
    const spec = this.#element.getAttribute('runtime');
    if (spec) return labelNamed(runtimeLabels, spec);
    const files = this.#hasTranscript ? [] : this.files.map((file) => file.name);
    const src = fileName(this.#element.getAttribute('src') ?? '');
    for (const name of [this.#element.getAttribute('entry') ?? '', src, ...files]) {
      const label = labelOfFile(runtimeLabels, name);
      if (label) return label;
    }
    if (this.#hasTranscript) return labelNamed(runtimeLabels, 'sh');
    const borrowed = this.borrowed;
    return labelNamed(runtimeLabels, borrowed ? languageOf(borrowed) : this.markup.language);
  }

  get code(): string {
    const borrowed = this.borrowed;
    return borrowed ? textIn(borrowed) : textOf(this.entry);
  }
  set code(text: string) {
    const entry = this.entry;
    const file = { name: '', ...entry, content: text, edit: undefined, shown: null };
    this.#files = entry ? this.files.map((old) => (old === entry ? file : old)) : [file];
    this.#given = true;
  }

  get tree(): FileTree {
    const unnamed = this.label?.entry ?? 'main';
    return Object.fromEntries(this.files.map((file) => [file.name || unnamed, file.edit ?? file.content]));
  }
  set tree(tree: FileTree) {
    this.#files = filesOf(tree);
    this.#given = true;
  }

  /**
   * Reads the markup and says whether the files are others now. What the reader wrote stays as long as the
   * author's text does: a highlighter at work changes the nodes, not the text.
   */
  read(): boolean {
    const before = this.#markup;
    const markup = (this.#markup = readChildren(this.#element, this.#hasTranscript));
    const src = this.#element.getAttribute('src');
    if (src) {
      // Code without a name beside `src` is what readers without JavaScript see of it.
      const preview = markup.files.findIndex((file) => !file.name);
      const shown = markup.files[preview]?.shown ?? null;
      const file = { name: fileName(src), content: new URL(src, document.baseURI), shown };
      markup.files.splice(Math.max(preview, 0), preview < 0 ? 0 : 1, file);
    }
    const same = before && fingerprint(markup) === fingerprint(before);
    if (this.#given && (same || !before)) return false;
    if (same)
      this.#files.forEach((file, index) => {
        if (file.shown) file.shown = markup.files[index]?.shown ?? null;
      });
    else this.#files = markup.files.map((file) => ({ ...file }));
    this.#given = false;
    return !same;
  }

  /** Back to what the markup says. */
  reset(): void {
    this.#markup = undefined;
    this.#given = false;
    this.read();
  }
}

const fingerprint = ({ files, expected, check }: Markup): string =>
  JSON.stringify([
    files.map((file) => [file, file.content instanceof URL && file.content.href, !!file.shown]),
    expected,
    check,
  ]);
