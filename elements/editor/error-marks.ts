// elements/editor: lines marked as the place of an error, with its message at their end.
// A mark moves with its line and goes away as soon as that line is edited.
import { StateEffect, StateField, type Extension, type Transaction } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';

class Message extends WidgetType {
  readonly #text: string;

  constructor(text: string) {
    super();
    this.#text = text;
  }

  override eq(other: Message): boolean {
    return other.#text === this.#text;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement('span');
    element.className = 'cm-error-message';
    element.ariaHidden = 'true'; // the output says it to a screen reader; here it would read as code
    element.textContent = this.#text;
    return element;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** Adds a mark; `line` counts from 1. */
export const addMark = StateEffect.define<{ readonly line: number; readonly message: string }>();
export const clearMarks = StateEffect.define<null>();

function withoutEdited(marks: DecorationSet, transaction: Transaction): DecorationSet {
  if (!transaction.docChanged || marks.size === 0) return marks;
  const { doc } = transaction.startState;
  let kept = marks;
  transaction.changes.iterChangedRanges((from, to) => {
    const [start, end] = [doc.lineAt(from).from, doc.lineAt(to).to];
    kept = kept.update({ filterFrom: start, filterTo: end, filter: () => false });
  });
  return kept.map(transaction.changes);
}

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = withoutEdited(value, transaction);
    for (const effect of transaction.effects) {
      if (effect.is(clearMarks)) next = Decoration.none;
      if (!effect.is(addMark) || effect.value.line < 1 || effect.value.line > transaction.newDoc.lines)
        continue;
      const line = transaction.newDoc.line(effect.value.line);
      const add = [
        Decoration.line({ class: 'cm-error-line' }).range(line.from),
        Decoration.widget({ widget: new Message(effect.value.message), side: 1 }).range(line.to),
      ];
      next = next.update({ add, sort: true });
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The extension that holds and shows the marks. */
export const errorMarks: Extension = marks;
