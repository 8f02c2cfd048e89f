// elements/markup: an element can be upgraded before the parser has reached its closing tag.
// One observer for all elements that wait, alive only while a page is being parsed.

const waiting = new Map<Element, () => void>();
let observer: MutationObserver | undefined;

/**
 * Calls back once the element's children are all there: at once, or when the parser has gone past its
 * closing tag. An element that leaves the document meanwhile is not forgotten; it counts as parsed then.
 */
export function whenParsed(element: Element, then: () => void): void {
  if (isParsed(element)) return then();
  waiting.set(element, then);
  if (observer) return;
  observer = new MutationObserver(settle);
  observer.observe(document, { childList: true, subtree: true });
  document.addEventListener('readystatechange', settle);
}

function settle(): void {
  for (const [element, then] of waiting) {
    if (!isParsed(element)) continue;
    waiting.delete(element);
    then();
  }
  if (waiting.size) return;
  observer?.disconnect();
  observer = undefined;
  document.removeEventListener('readystatechange', settle);
}

/** Something follows the element or one of its ancestors, or nothing is being parsed any more. */
function isParsed(element: Element): boolean {
  if (document.readyState !== 'loading' || !element.isConnected) return true;
  for (let node: Node | null = element; node; node = node.parentNode) if (node.nextSibling) return true;
  return false;
}
