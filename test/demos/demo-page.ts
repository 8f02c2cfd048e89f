// What the tests of the demos share: a demo page in a frame of the test page, used as a reader would.
import type { WasmElementEventMap, WasmRunnable } from 'wasm-elements';

export interface DemoPage {
  readonly document: Document;
  /** Errors of the page itself since it was loaded: uncaught, printed, or against its policy. */
  readonly errors: readonly string[];
  close(): void;
}

/** Opens `demos/<name>.html` and waits until its samples, if it has any, are elements. */
export async function openDemo(name: string): Promise<DemoPage> {
  const frame = globalThis.document.createElement('iframe');
  frame.style.cssText = 'width: 900px; height: 900px; border: 0';
  frame.src = `/demos/${name}.html`;
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  globalThis.document.body.append(frame);
  await loaded;
  const window = frame.contentWindow as Window & typeof globalThis;
  const { document, customElements } = window;
  const errors: string[] = [];
  window.addEventListener('error', ({ message }) => errors.push(message));
  window.addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)));
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
    errors.push(`${effectiveDirective}: ${blockedURI}`),
  );
  window.console.error = (...words: unknown[]) => errors.push(words.map(String).join(' '));
  for (const tag of ['wasm-runnable', 'wasm-terminal'])
    if (document.querySelector(tag) !== null) await customElements.whenDefined(tag);
  return { document, errors, close: () => frame.remove() };
}

/** What the reader sees below the code. */
export function shownBelow(page: DemoPage, id: string): string {
  const root = page.document.getElementById(id)?.shadowRoot;
  return root?.querySelector<HTMLElement>('[part="panel"]')?.innerText ?? '';
}

/**
 * Presses Run and resolves, when the run is over and drawn, with what the reader sees. Whenever the program
 * waits for input, `answer` is asked for a line and given what the program printed since the last one.
 */
export async function runSample(
  page: DemoPage,
  id: string,
  answer?: (printed: string) => string,
): Promise<string> {
  const element = page.document.getElementById(id) as WasmRunnable;
  const root = element.shadowRoot as ShadowRoot;
  let printed = '';
  element.addEventListener('wasm-output', (event) => {
    printed += (event as WasmElementEventMap['wasm-output']).detail.text;
  });
  const over = new Promise<void>((resolve) => {
    element.addEventListener('wasm-state', (event) => {
      const { state } = (event as WasmElementEventMap['wasm-state']).detail;
      if (state === 'waiting' && answer !== undefined) {
        type(root, answer(printed));
        printed = '';
      }
      if (state === 'exited' || state === 'failed') resolve();
    });
  });
  root.querySelector<HTMLElement>('[part="run-button"]')?.click();
  await over;
  await frames(3);
  return shownBelow(page, id);
}

/** Resolves once what is shown below a sample matches; a page's console speaks after its run is over. */
export async function shows(page: DemoPage, id: string, text: RegExp): Promise<void> {
  while (!text.test(shownBelow(page, id))) await frames(1);
}

/** Output is drawn in frames of its own. */
async function frames(count: number): Promise<void> {
  for (let frame = 0; frame < count; frame += 1) await new Promise(requestAnimationFrame);
}

function type(root: ShadowRoot, line: string): void {
  const field = root.querySelector<HTMLInputElement>('[part="input"] input');
  if (field === null) throw new Error('There is no input field.');
  field.value = line;
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
}
