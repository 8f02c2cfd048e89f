// elements/terminal: the cursor blinks by a timer. xterm's animation keeps the browser drawing sixty times a second,
// and while it draws Chromium holds what comes from a worker, the echo of a key, back until the next frame.
import type { Terminal } from '@xterm/xterm';

const phaseMs = 600;

/** Puts the class `unlit` on the screen and takes it away, while the reader is in the terminal. Returns what ends it. */
export function blinkCursor(terminal: Terminal, screen: HTMLElement): () => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    screen.classList.remove('unlit');
  };
  const begin = (): void => {
    stop();
    timer = setInterval(() => screen.classList.toggle('unlit'), phaseMs);
  };
  // Where it goes it is seen.
  const moved = terminal.onCursorMove(() => {
    if (timer !== undefined) begin();
  });
  const field = terminal.textarea;
  field?.addEventListener('focus', begin);
  field?.addEventListener('blur', stop);
  return () => {
    stop();
    moved.dispose();
    field?.removeEventListener('focus', begin);
    field?.removeEventListener('blur', stop);
  };
}
