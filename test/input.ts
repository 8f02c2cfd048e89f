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
 * An element that had moved away by the time the pointer came down is clicked again, as a reader would.
 */
export async function click(element: Element): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const { left, top, width, height } = element.getBoundingClientRect();
    const x = left + (width * (clicks++ % 2 === 0 ? 2 : 3)) / 5;
    let hasMissed = false;
    const look = (event: Event): void => {
      hasMissed = !event.composedPath().includes(element);
    };
    window.addEventListener('pointerdown', look, { capture: true });
    await executeServerCommand('input-click', { x, y: top + height / 2 });
    window.removeEventListener('pointerdown', look, { capture: true });
    if (!hasMissed) return;
  }
}

/** Clicks at a point of the page, as it stands. */
export const clickAt = (x: number, y: number): Promise<unknown> =>
  executeServerCommand('input-click', { x, y });

/** Chromium only: the reader's own colours come into force, or go. */
export const forceColors = (active: boolean): Promise<unknown> =>
  executeServerCommand('input-forced-colors', { active });
