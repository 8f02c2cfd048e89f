// elements/run: what the elements tell the page.
import type { WasmElementDetails } from '../types.js';

/** Dispatches a bubbling, composed event on the element. */
export function emit<Name extends keyof WasmElementDetails>(
  element: Element,
  type: Name,
  detail: WasmElementDetails[Name],
): void {
  element.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}
