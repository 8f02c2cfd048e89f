// elements: one definition per tag and page, however many copies of the library a page loads.

// A second copy must find what the first one left, so the key is global; nothing else is.
const key = Symbol.for('wasm-elements.defined');
let joined = false;

/**
 * Defines an element. A tag that another copy of the library has defined stays with it: this copy says so
 * once, in one line, and joins.
 */
export function define(tag: string, constructor: CustomElementConstructor): void {
  const page = globalThis as { [key]?: Set<string> };
  const tags = (page[key] ??= new Set());
  if (!customElements.get(tag)) {
    customElements.define(tag, constructor);
    tags.add(tag);
  } else if (!joined) {
    joined = true;
    console.info(
      `wasm-elements: <${tag}> is defined already${tags.has(tag) ? ' by another copy of the library, which this one joins' : ', by something else'}.`,
    );
  }
}
