// What the tests of the elements share: a place on the page, and ways to wait for what an element says.
import 'wasm-elements';
import type { WasmElement, WasmElementDetails, WasmElementEventMap, WasmRunnable } from 'wasm-elements';

/** Elements as a page's HTML makes them; returns the first. */
export function show(markup: string): WasmRunnable {
  document.body.insertAdjacentHTML('beforeend', markup);
  return document.body.querySelector('wasm-runnable:last-of-type') as WasmRunnable;
}

/** Takes everything away again. */
export function clearPage(): void {
  document.body.replaceChildren();
}

/** The first event of a name, from anywhere on the page. */
export function next<Name extends keyof WasmElementDetails>(
  target: EventTarget,
  name: Name,
  matches: (detail: WasmElementDetails[Name]) => boolean = () => true,
): Promise<WasmElementDetails[Name]> {
  return new Promise((resolve) => {
    const listener = (event: Event): void => {
      const { detail } = event as WasmElementEventMap[Name];
      if (!matches(detail)) return;
      target.removeEventListener(name, listener);
      resolve(detail);
    };
    target.addEventListener(name, listener);
  });
}

export const stateOf = (element: WasmElement, state: string): Promise<unknown> =>
  element.state === state
    ? Promise.resolve()
    : next(element, 'wasm-state', (detail) => detail.state === state);

/** Resolves when the element has drawn itself. */
export async function drawn(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await Promise.resolve();
}

export function part(element: HTMLElement, name: string): HTMLElement | null {
  return element.shadowRoot?.querySelector<HTMLElement>(`[part~="${name}"]`) ?? null;
}

export const runButton = (element: HTMLElement): HTMLElement => part(element, 'run-button') as HTMLElement;

/** What a reader sees below the code. */
export const shownBelow = (element: WasmRunnable): string => part(element, 'panel')?.innerText ?? '';

/** Calls back until it is true, once a frame: for what only the page can see. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => requestAnimationFrame(resolve));
}
