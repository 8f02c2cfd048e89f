// A shell on a terminal, used by keys.
import type { WasmTerminal } from 'wasm-elements';
import { press, type } from '../input.js';
import { screenIs, screenOf, seen, showTerminal, start } from './terminal.js';

/** A shell with a prompt that is easily told. */
export async function shell(env = "PS1='> '"): Promise<WasmTerminal> {
  const element = showTerminal(`<wasm-terminal env="${env}"></wasm-terminal>`);
  element.style.cssText = 'display: block; width: 800px; height: 400px';
  await start(element);
  await seen(element, /^> *$/m);
  return element;
}

export const lastLine = (element: WasmTerminal): string => screenOf(element).split('\n').at(-1)?.trim() ?? '';

/** Resolves when the shell asks for the next command, the screen then. */
export const prompted = (element: WasmTerminal): Promise<string> =>
  screenIs(element, 'a prompt', () => lastLine(element) === '>');

/** Types a command; resolves with the screen when the next prompt is there. */
export async function command(element: WasmTerminal, text: string): Promise<string> {
  await type(text);
  await screenIs(element, `what was typed, ${text},`, () => lastLine(element) === `> ${text}`);
  await press('Enter');
  return prompted(element);
}

/** A program that says that it is there, and waits. */
export const waiter = 'sh -c "echo up; sleep 100; :"';

/** Types a command whose program says that it is there; resolves when it has. */
export async function begun(element: WasmTerminal, text: string): Promise<void> {
  await type(`${text}\n`);
  await seen(element, /^up$/m);
}
