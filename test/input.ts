import { executeServerCommand } from '@web/test-runner-commands';

/** Presses one key or a chord as a reader would: `'Tab'`, `'Shift+Tab'`, `'Control+Enter'`, `'a'`. */
export function press(keys: string): Promise<unknown> {
  return executeServerCommand('input-press', { keys });
}

/** Types into whatever has the focus. */
export function type(text: string): Promise<unknown> {
  return executeServerCommand('input-type', { text });
}

let clicks = 0;

/**
 * Clicks an element, after scrolling it into view; elements in shadow trees are fine. Two clicks in a row land
 * left and right of the middle: at one place, a quick second one would be a double click, which selects a word.
 */
export function click(element: Element): Promise<unknown> {
  element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  const { left, top, width, height } = element.getBoundingClientRect();
  const x = left + (width * (clicks++ % 2 === 0 ? 2 : 3)) / 5;
  return executeServerCommand('input-click', { x, y: top + height / 2 });
}

/** Clicks at a point of the page, as it stands. */
export const clickAt = (x: number, y: number): Promise<unknown> =>
  executeServerCommand('input-click', { x, y });

/** Chromium only: the reader's own colours come into force, or go. */
export const forceColors = (active: boolean): Promise<unknown> =>
  executeServerCommand('input-forced-colors', { active });
