// What the tests of <wasm-terminal> share: terminals on the page, and what a reader sees of them.
import 'wasm-elements';
import type { WasmTerminal } from 'wasm-elements';
import { click } from '../input.js';
import { programUrl } from '../fixture-program.js';
import { part, until } from './page.js';

/** A terminal as a page's HTML makes it. */
export function showTerminal(markup: string): WasmTerminal {
  document.body.insertAdjacentHTML('beforeend', markup);
  return document.body.querySelector('wasm-terminal:last-of-type') as WasmTerminal;
}

/** One that runs a program of test/fixtures/c/console.c. */
export const consoleTerminal = (what: string, attributes = ''): WasmTerminal =>
  showTerminal(
    `<wasm-terminal runtime="wasi" src="${programUrl('c/console')}" args="${what}" ${attributes}><pre>$ console</pre></wasm-terminal>`,
  );

/** The lines on the screen, without what is blank at their ends. */
export function screenOf(element: WasmTerminal): string {
  const rows = [...(element.shadowRoot?.querySelectorAll('.xterm-rows > div') ?? [])];
  return rows
    .map((row) => row.textContent.replaceAll('\u00a0', ' ').trimEnd())
    .join('\n')
    .trimEnd();
}

/** Waits for the screen to be as wanted; one that is not so after 18 s is told in the error. */
export async function screenIs(element: WasmTerminal, wanted: string, shows: () => boolean): Promise<string> {
  let isLate = false;
  const late = setTimeout(() => (isLate = true), 18_000);
  await until(() => isLate || shows());
  clearTimeout(late);
  if (!shows()) throw new Error(`the terminal does not show ${wanted} but\n${screenOf(element)}`);
  return screenOf(element);
}

/** Resolves when the screen shows a text. */
export function seen(element: WasmTerminal, text: string | RegExp): Promise<string> {
  return screenIs(element, String(text), () =>
    typeof text === 'string' ? screenOf(element).includes(text) : text.test(screenOf(element)),
  );
}

/** Presses Start as a reader would; resolves when the program waits. */
export async function start(element: WasmTerminal, states = ['waiting']): Promise<void> {
  await until(() => part(element, 'run-button') !== null);
  await click(part(element, 'run-button') as HTMLElement);
  await until(() => states.includes(element.state));
}

/** What a reader pastes: the event that the browser fires. */
export function pasteEvent(element: WasmTerminal, text: string): void {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  const field = element.shadowRoot?.querySelector('textarea');
  // Which takes nothing else.
  const firefox = { dataType: 'text/plain', data: text };
  field?.dispatchEvent(
    new ClipboardEvent('paste', {
      ...firefox,
      clipboardData: data,
      bubbles: true,
      composed: true,
      cancelable: true,
    }),
  );
}

/** A button of the terminal by its words. */
export const buttonOf = (element: WasmTerminal, text: string): HTMLElement =>
  [...(element.shadowRoot?.querySelectorAll('button') ?? [])].find(
    (button) => button.textContent.trim() === text && !button.closest('[hidden]'),
  ) as HTMLElement;
