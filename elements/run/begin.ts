// elements/run: `boot` and `autorun`, once in an element's life. Imported only by elements that ask for them.
import { whenParsed } from '../markup/parsed.js';
import type { WasmElement } from '../types.js';
import type { LazyHalf } from './host.js';

/** Boots or runs the element when its attributes say: at once, when it is seen, when the page rests. */
export function begin(element: WasmElement, load: () => Promise<LazyHalf>): void {
  const go = (): void => {
    if (!element.isConnected) return;
    const work = element.hasAttribute('autorun') ? element.run() : load().then((half) => half.prepare());
    // The element has told the reader.
    work.catch(() => undefined);
  };
  whenParsed(element, () => {
    switch (element.getAttribute('boot')) {
      case 'visible':
        return whenSeen(element, go);
      case 'idle':
        if ('requestIdleCallback' in globalThis) requestIdleCallback(go, { timeout: 5_000 });
        else setTimeout(go, 200);
        return;
      case 'eager':
        return go();
      default:
        // click, or a word that is none of these: the run will say so.
        if (element.hasAttribute('autorun')) go();
    }
  });
}

/** An element that leaves the page unseen is forgotten with its observer. */
function whenSeen(element: Element, go: () => void): void {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    go();
  });
  observer.observe(element);
}
