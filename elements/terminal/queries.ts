// elements/terminal: what programs ask a terminal. Its answers are typed into whoever reads next, which need not be
// who asked: a file that is only shown can hold a question, and the shell would find the answer on its command line.
// Must always hold: no output makes anything be typed but the answers named here, and those go through `reply`, which
// the kernel hands to the program that asked, or to nobody.
//
//   answered       where is the cursor (CSI 6 n), are you well (CSI 5 n), what are you (CSI c)
//   not answered   everything that could give back what a program has put there: title, window (CSI t), settings
//                  (DCS $ q, CSI $ p), colours (OSC 4, 10 to 12, 17, 19), clipboard (OSC 52), secondary identity
import type { Terminal } from '@xterm/xterm';

/** Colours that a program may set and not ask for. */
const colours = [4, 5, 10, 11, 12, 17, 19, 21];
/** Written by nobody, read by nobody: title, icon name, folder, clipboard, what other terminals have made up. */
const ignored = [0, 1, 2, 7, 9, 52, 99, 133, 777, 1337];

/** Reports of the focus are no keys of the reader's; xterm sends one as soon as a program wants them. */
export const isFocusReport = (data: string): boolean => data === '\x1b[I' || data === '\x1b[O';

/** Answers, or does not. `reply` is given what is typed for the program that asked. */
export function answerQueries(terminal: Terminal, reply: (answer: string) => void): void {
  const { parser } = terminal;
  const first = (params: (number | number[])[]): number => {
    const [value = 0] = params;
    return typeof value === 'number' ? value : (value[0] ?? 0);
  };
  parser.registerCsiHandler({ final: 'n' }, (params) => {
    const { cursorX, cursorY } = terminal.buffer.active;
    // Behind the last column it is on it, as far as anybody is told.
    const column = Math.min(cursorX + 1, terminal.cols);
    if (first(params) === 5) reply('\x1b[0n');
    if (first(params) === 6) reply(`\x1b[${cursorY + 1};${column}R`);
    return true;
  });
  parser.registerCsiHandler({ final: 'c' }, (params) => {
    if (first(params) === 0) reply('\x1b[?1;2c');
    return true;
  });
  const silent = (): boolean => true;
  for (const prefix of ['>', '=', '?']) {
    parser.registerCsiHandler({ prefix, final: 'c' }, silent);
    parser.registerCsiHandler({ prefix, final: 'n' }, silent);
  }
  parser.registerCsiHandler({ final: 't' }, silent);
  parser.registerCsiHandler({ prefix: '>', final: 'q' }, silent);
  parser.registerCsiHandler({ intermediates: '$', final: 'p' }, silent);
  parser.registerCsiHandler({ prefix: '?', intermediates: '$', final: 'p' }, silent);
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, silent);
  parser.registerDcsHandler({ intermediates: '+', final: 'q' }, silent);
  for (const number of colours) parser.registerOscHandler(number, (data) => data.includes('?'));
  for (const number of ignored) parser.registerOscHandler(number, silent);
}
