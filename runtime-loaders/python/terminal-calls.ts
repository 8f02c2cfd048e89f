// runtime-loaders/python: terminals, as CPython's termios, tty, os and its own line editor ask for them: ioctl_tty(2).
// Emscripten's terminals have nothing behind them; these ask the kernel. Numbers as on Linux.
import { readWords, syscall, type SyscallNumber } from '../../kernel-core/abi/syscalls.js';
import { attributeTimes, termiosLayout, windowSizeLayout } from '../../kernel-core/abi/termios.js';
import type { FsStream, PyodideModule } from './emscripten.js';
import type { HandleStreams } from './handle-streams.js';
import type { KnownTerminal } from './known-terminal.js';
import { standardOf } from './standard-streams.js';
import type { Answer } from './suspension.js';

const requests = {
  TCGETS: 0x5401,
  TCSETS: 0x5402,
  TCSETSW: 0x5403,
  TCSETSF: 0x5404,
  TCSBRK: 0x5409,
  TCFLSH: 0x540b,
  TIOCGPGRP: 0x540f,
  TIOCSPGRP: 0x5410,
  TIOCGWINSZ: 0x5413,
  TIOCSWINSZ: 0x5414,
  FIONREAD: 0x541b,
  TIOCGSID: 0x5429,
} as const;

const times: Readonly<Record<number, number>> = {
  [requests.TCSETS]: attributeTimes.TCSANOW,
  [requests.TCSETSW]: attributeTimes.TCSADRAIN,
  [requests.TCSETSF]: attributeTimes.TCSAFLUSH,
};

/** What `terminal` answers. */
interface Facts {
  readonly columns: number;
  readonly rows: number;
  readonly foreground: number;
  readonly session: number;
  readonly unread: number;
}

/** ioctl(2) on terminals: undefined where the stream is none, or the request is not about terminals. */
export function terminalCalls(
  module: PyodideModule,
  streams: HandleStreams,
): (fd: number, request: number, argument: number) => Answer | undefined {
  const { syscalls } = streams.context;
  const setWord = (pointer: number, value: number): number => {
    module.HEAPU32[pointer >>> 2] = value;
    return 0;
  };
  const ask = (
    number: SyscallNumber,
    args: unknown[],
    done: (answer: Uint8Array) => number = () => 0,
  ): Answer =>
    streams.answerNegative(
      () => syscalls.invoke(number, args),
      (answer) => done(answer as Uint8Array),
    );
  const facts = (handle: number, done: (facts: Facts) => number): Answer =>
    ask(syscall.terminal, [handle], (answer) => {
      const [columns = 0, rows = 0, foreground = 0, session = 0, unread = 0] = readWords(answer);
      return done({ columns, rows, foreground, session, unread });
    });
  const size = (pointer: number): DataView =>
    new DataView(module.HEAPU8.buffer, pointer, windowSizeLayout.size);

  const setSize = (pointer: number, { columns, rows }: Pick<Facts, 'columns' | 'rows'>): number => {
    const data = size(pointer);
    data.setUint32(windowSizeLayout.xPixels, 0, true);
    data.setUint16(windowSizeLayout.columns, columns, true);
    data.setUint16(windowSizeLayout.rows, rows, true);
    return 0;
  };
  const ofKnown = (known: KnownTerminal, request: number, argument: number): Answer | undefined => {
    if (request === requests.TIOCGWINSZ) return setSize(argument, known.size);
    if (request === requests.TCGETS) module.HEAPU8.set(known.attributes, argument);
    else if (request in times) known.attributes = attributesAt(argument);
    else return undefined;
    return 0;
  };
  const attributesAt = (pointer: number): Uint8Array =>
    module.HEAPU8.slice(pointer, pointer + termiosLayout.size);

  return (fd, request, argument) => {
    const stream = module.FS.getStream(fd);
    const handle = stream == null ? undefined : terminalOf(streams, stream);
    if (handle === undefined) return undefined;
    if (!streams.canAsk) {
      // Else, in a call that cannot wait, it is a terminal of the usual size about which no more is known.
      return streams.known === undefined ? undefined : ofKnown(streams.known, request, argument);
    }
    switch (request) {
      case requests.TCGETS:
        return ask(syscall.terminalAttributes, [handle], (answer) => {
          module.HEAPU8.set(answer, argument);
          return 0;
        });
      case requests.TCSETS:
      case requests.TCSETSW:
      case requests.TCSETSF:
        return ask(syscall.setTerminalAttributes, [handle, attributesAt(argument), times[request]]);
      case requests.TCSBRK:
        // With 0 it would send a break, of which a terminal that is no serial line knows nothing.
        return argument === 0 ? 0 : ask(syscall.drainTerminal, [handle]);
      case requests.TCFLSH:
        return ask(syscall.flushTerminal, [handle, argument]);
      case requests.TIOCGPGRP:
        return facts(handle, ({ foreground }) => setWord(argument, foreground));
      case requests.TIOCSPGRP:
        return ask(syscall.setForeground, [handle, module.HEAPU32[argument >>> 2] ?? 0]);
      case requests.TIOCGSID:
        return facts(handle, ({ session }) => setWord(argument, session));
      case requests.FIONREAD:
        return facts(handle, ({ unread }) => setWord(argument, unread));
      case requests.TIOCGWINSZ:
        return facts(handle, (known) => setSize(argument, known));
      case requests.TIOCSWINSZ: {
        const data = size(argument);
        const columns = data.getUint16(windowSizeLayout.columns, true);
        return ask(syscall.setWindowSize, [handle, columns, data.getUint16(windowSizeLayout.rows, true)]);
      }
      default:
        return undefined;
    }
  };
}

/** The kernel's handle of a stream that is a terminal, be it fd 0, 1 or 2 or one the program opened. */
export function terminalOf(streams: HandleStreams, stream: FsStream): number | undefined {
  const { source } = stream.shared;
  if (source !== undefined) return source.file === 'tty' ? source.handle : undefined;
  const fd = standardOf(stream);
  return fd === undefined ? undefined : streams.context.stdio.terminalOf(fd);
}
