import { executeServerCommand } from '@web/test-runner-commands';

/** Presses one key or a chord as a reader would: `'Tab'`, `'Shift+Tab'`, `'Control+Enter'`, `'a'`. */
export function press(keys: string): Promise<unknown> {
  return executeServerCommand('input-press', { keys });
}

/** Types into whatever has the focus. */
export function type(text: string): Promise<unknown> {
  return executeServerCommand('input-type', { text });
}

/** Clicks the middle of an element, after scrolling it into view; elements in shadow trees are fine. */
export function click(element: Element): Promise<unknown> {
  element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  const { left, top, width, height } = element.getBoundingClientRect();
  return executeServerCommand('input-click', { x: left + width / 2, y: top + height / 2 });
}
