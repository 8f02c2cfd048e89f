// frame/preview: replacements in a script, and the way back from the columns of the changed text. Lines stay.

export interface Edit {
  /** Offsets in the original. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface EditedScript {
  readonly text: string;
  /** Column in the original of a place in the changed text; lines and columns count from 1. */
  column(line: number, column: number): number;
}

interface Shift {
  /** Column from which the text of this line stands `by` further right than it did. */
  readonly from: number;
  readonly by: number;
}

/** Makes the edits. Of two that overlap the one that begins first is made. */
export function editScript(source: string, edits: readonly Edit[]): EditedScript {
  // Insertions at one place keep their order: the sort is stable.
  const sorted = [...edits].sort((a, b) => a.start - b.start);
  const shifts = new Map<number, Shift[]>();
  let text = '';
  let from = 0;
  let line = 1;
  let lineStart = 0;
  let by = 0;
  const append = (piece: string): void => {
    for (let at = piece.indexOf('\n'); at !== -1; at = piece.indexOf('\n', at + 1)) {
      line += 1;
      lineStart = text.length + at + 1;
      by = 0;
    }
    text += piece;
  };
  for (const { start, end, text: replacement } of sorted) {
    if (start < from) continue;
    append(source.slice(from, start));
    append(replacement);
    from = end;
    by += replacement.length - (end - start);
    const shift = { from: text.length - lineStart + 1, by };
    shifts.set(line, [...(shifts.get(line) ?? []), shift]);
  }
  append(source.slice(from));
  return {
    text,
    column(atLine, column) {
      const shift = shifts.get(atLine)?.findLast((each) => each.from <= column);
      return shift === undefined ? column : Math.max(1, column - shift.by);
    },
  };
}
