// elements/markup: attributes that name an element.

/** The element a bare id or a selector names; null for none. */
export function referred(reference: string): Element | null {
  try {
    return document.getElementById(reference) ?? document.querySelector(reference);
  } catch {
    return null; // an id need not be a selector too
  }
}

/** The block of code right before an element that has none of its own, as one line after a Markdown fence. */
export function blockBefore(element: Element): Element | null {
  const before = element.previousElementSibling;
  return before?.matches('pre,:has(pre)') ? before : null;
}
