// elements/terminal: xterm writes <style> elements, which a page with a Content-Security-Policy of its own blocks. What
// they say then goes into sheets that no policy blocks. Owns those sheets.

/** Follows the style elements below `parent`, which stands in `root`. Returns the end of it. */
export function keepStyles(root: ShadowRoot, parent: HTMLElement): () => void {
  const sheets = new Map<HTMLStyleElement, CSSStyleSheet>();
  const look = (): void => {
    const present = new Set(parent.querySelectorAll('style'));
    for (const style of present) {
      const sheet = sheets.get(style);
      if (style.sheet !== null && sheet === undefined) continue;
      if (sheet === undefined) {
        const made = new CSSStyleSheet();
        made.replaceSync(style.textContent);
        sheets.set(style, made);
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, made];
      } else sheet.replaceSync(style.textContent);
    }
    for (const [style] of sheets) if (!present.has(style)) drop(style);
  };
  const drop = (style: HTMLStyleElement): void => {
    const sheet = sheets.get(style);
    sheets.delete(style);
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((each) => each !== sheet);
  };
  const isOfStyle = ({ target, addedNodes, removedNodes }: MutationRecord): boolean =>
    target instanceof HTMLStyleElement ||
    [...addedNodes, ...removedNodes].some((node) => node instanceof HTMLStyleElement);
  const observer = new MutationObserver((records) => {
    if (records.some(isOfStyle)) look();
  });
  look();
  observer.observe(parent, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    for (const [style] of sheets) drop(style);
  };
}
