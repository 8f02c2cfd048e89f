// What the tests of the demos share: a demo page in a frame of the test page, used as a reader would.
import type { WasmElementEventMap, WasmRunnable } from 'wasm-elements';

export interface DemoPage {
  readonly document: Document;
  /** Errors of the page itself since it was loaded: uncaught, printed, or against its policy. */
  readonly errors: readonly string[];
  close(): void;
}

/** Opens `demos/<name>.html` and waits until its samples are there; `tag` null: it has none of its own. */
export async function openDemo(name: string, tag: string | null = 'wasm-runnable'): Promise<DemoPage> {
  const frame = document.createElement('iframe');
  frame.style.cssText = 'width: 900px; height: 900px; border: 0';
  frame.src = `/demos/${name}.html`;
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  document.body.append(frame);
  await loaded;
  const window = frame.contentWindow as Window & typeof globalThis;
  const errors: string[] = [];
  window.addEventListener('error', ({ message }) => errors.push(message));
  window.addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)));
  window.document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
    errors.push(`${effectiveDirective}: ${blockedURI}`),
  );
  window.console.error = (...words: unknown[]) => errors.push(words.map(String).join(' '));
  if (tag !== null) await window.customElements.whenDefined(tag);
  return { document: window.document, errors, close: () => frame.remove() };
}

/**
 * Presses Run and resolves, when the run is over, with what the reader sees below the code. `answer` is
 * asked for a line whenever the program waits for input.
 */
export async function runSample(
  page: DemoPage,
  id: string,
  answer?: (shown: string) => string,
): Promise<string> {
  const element = page.document.getElementById(id) as WasmRunnable;
  const root = element.shadowRoot as ShadowRoot;
  const shown = (): string => root.querySelector<HTMLElement>('[part="panel"]')?.innerText ?? '';
  const over = new Promise<void>((resolve) => {
    element.addEventListener('wasm-state', (event) => {
      const { state } = (event as WasmElementEventMap['wasm-state']).detail;
      if (state === 'waiting' && answer !== undefined) type(root, answer(shown()));
      if (state === 'exited' || state === 'failed') resolve();
    });
  });
  root.querySelector<HTMLElement>('[part="run-button"]')?.click();
  await over;
  return shown();
}

/** Resolves once what is shown below a sample matches; a page's console speaks after its run is over. */
export async function shows(page: DemoPage, id: string, text: RegExp): Promise<void> {
  const panel = page.document.getElementById(id)?.shadowRoot?.querySelector<HTMLElement>('[part="panel"]');
  while (!text.test(panel?.innerText ?? '')) await new Promise(requestAnimationFrame);
}

function type(root: ShadowRoot, line: string): void {
  const field = root.querySelector<HTMLInputElement>('[part="input"] input');
  if (field === null) throw new Error('There is no input field.');
  field.value = line;
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
}
