// elements/terminal: keys that are the reader's and not the program's: copy and paste as on the reader's platform,
// leaving by Escape and Tab, finding.
import type { Terminal } from '@xterm/xterm';

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

/** What stands beside a menu item. */
export const shortcuts = isApple
  ? { copy: '⌘C', paste: '⌘V', find: '⌘F', interrupt: '⌃C' }
  : { copy: 'Ctrl+Shift+C', paste: 'Ctrl+V', find: 'Ctrl+Shift+F', interrupt: 'Ctrl+C' };

export interface KeyActions {
  find(): void;
  copy(): void;
  /** Enter, where no program runs. True: it was wanted. */
  again(): boolean;
}

/**
 * Escape goes to the program; Tab right after it goes to the page, so that nobody is caught (WCAG 2.1.2). Everything
 * that is not said here goes to the program.
 */
export function handleKeys(terminal: Terminal, actions: KeyActions): void {
  let isLeaving = false;
  terminal.attachCustomKeyEventHandler((event) => {
    const { key, type } = event;
    if (type !== 'keydown') return !(isLeaving && key === 'Tab');
    if (key === 'Tab' && isLeaving) return false;
    if (key !== 'Shift') isLeaving = key === 'Escape';
    if (key === 'Enter' && actions.again()) {
      event.preventDefault();
      return false;
    }
    const command = commandOf(event, terminal.hasSelection());
    if (command === undefined) return true;
    if (command === 'browser') return false;
    event.preventDefault();
    actions[command]();
    return false;
  });
}

/** `browser`: it does that itself, with a `copy` or `paste` event. */
function commandOf(event: KeyboardEvent, hasSelection: boolean): 'browser' | 'find' | 'copy' | undefined {
  const { ctrlKey, metaKey, shiftKey, altKey } = event;
  const key = event.key.toLowerCase();
  if (altKey) return undefined;
  if (isApple) {
    if (!metaKey || ctrlKey) return undefined;
    if (key === 'f') return 'find';
    return ['c', 'v', 'a'].includes(key) ? 'browser' : undefined;
  }
  if (!ctrlKey || metaKey) return undefined;
  if (key === 'v') return 'browser';
  if (shiftKey) return key === 'c' ? 'copy' : key === 'f' ? 'find' : undefined;
  // Without a selection it is the program's ^C.
  return key === 'c' && hasSelection ? 'copy' : undefined;
}
