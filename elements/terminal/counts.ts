// elements/terminal: how often something is done at one word of a program's. xterm counts such words down in a loop, up
// to two thousand million times, and the page stands still meanwhile: twelve bytes in a file that is shown suffice. More
// than the screen has lines or columns is never of use; it is left undone.
import type { Terminal } from '@xterm/xterm';

/** Scroll up and down, insert and delete lines. */
const ofLines = ['S', 'T', 'L', 'M'];
/** Tabs forward and back, the last letter again. */
const ofColumns = ['I', 'Z', 'b'];

export function boundCounts(terminal: Terminal): void {
  const bound = (final: string, most: () => number): void => {
    terminal.parser.registerCsiHandler({ final }, ([count]) => typeof count === 'number' && count > most());
  };
  for (const final of ofLines) bound(final, () => terminal.rows);
  for (const final of ofColumns) bound(final, () => terminal.cols);
}
