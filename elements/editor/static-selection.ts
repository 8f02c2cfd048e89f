// elements/editor: the reader's native selection in static code, as offsets into its text.

interface Boundary {
  readonly node: Node;
  readonly offset: number;
}

/** Shadow trees hide their selection differently in each engine; the first way that exists is taken. */
function selectionIn(root: Node): { anchor: Boundary; focus: Boundary } | undefined {
  const own = (root as { getSelection?: () => Selection | null }).getSelection?.();
  const selection = own ?? document.getSelection();
  if (!selection) return undefined;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  if (anchorNode && focusNode && root.contains(anchorNode) && anchorNode !== root) {
    return {
      anchor: { node: anchorNode, offset: anchorOffset },
      focus: { node: focusNode, offset: focusOffset },
    };
  }
  if (!(root instanceof ShadowRoot) || !('getComposedRanges' in selection)) return undefined;
  const range = selection.getComposedRanges({ shadowRoots: [root] })[0];
  if (range === undefined) return undefined;
  const start = { node: range.startContainer, offset: range.startOffset };
  const end = { node: range.endContainer, offset: range.endOffset };
  return selection.direction === 'backward' ? { anchor: end, focus: start } : { anchor: start, focus: end };
}

/** Characters of `element` before a boundary; undefined for one outside. */
function offsetIn(element: HTMLElement, { node, offset }: Boundary): number | undefined {
  if (!element.contains(node)) return undefined;
  const range = document.createRange();
  range.setStart(element, 0);
  range.setEnd(node, offset);
  return range.toString().length;
}

/** Anchor and head of the selection in `element`'s text; undefined where there is none (or half of one). */
export function selectionOffsets(element: HTMLElement): { anchor: number; head: number } | undefined {
  const selection = selectionIn(element.getRootNode());
  if (selection === undefined) return undefined;
  const anchor = offsetIn(element, selection.anchor);
  const head = offsetIn(element, selection.focus);
  return anchor === undefined || head === undefined ? undefined : { anchor, head };
}
