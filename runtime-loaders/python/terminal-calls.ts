// runtime-loaders/python: ioctl(2) of terminals: their attributes and their size are the kernel's. Emscripten's own
// makes them up, and CPython's prompt would edit lines that the terminal edits already.
import { readWords, syscall } from '../../kernel-core/abi/syscalls.js';
import { termiosLayout, windowSizeLayout } from '../../kernel-core/abi/termios.js';
import type { PyodideModule, WasmImport } from './emscripten.js';
import type { HandleStreams } from './handle-streams.js';
import { standardOf } from './standard-streams.js';
import type { Answer } from './suspension.js';

const requests = { TCGETS: 0x5401, TCSETS: 0x5402, TCSETSF: 0x5404, TIOCGWINSZ: 0x5413 } as const;

/** (fd, request, pointer to its argument), for requests that are of terminals. */
export function terminalCall(
  module: PyodideModule,
  streams: HandleStreams,
  original: WasmImport,
): (fd: number, request: number, varargs: number) => Answer {
  const { syscalls, stdio } = streams.context;
  const handleOf = (fd: number): number | undefined => {
    const stream = module.FS.getStream(fd);
    const source = stream?.shared.source;
    if (stream == null || source !== undefined) return source?.file === 'tty' ? source.handle : undefined;
    const standard = standardOf(stream);
    return standard === undefined ? undefined : stdio.terminalOf(standard);
  };
  return (fd, request, varargs) => {
    const handle = handleOf(fd);
    // In a call that cannot wait: as if nobody had ever changed it.
    if (handle === undefined || !streams.canAsk) return original(fd, request, varargs);
    const argument = module.HEAPU32[varargs >>> 2] ?? 0;
    if (request === requests.TCGETS)
      return streams.answerNegative(
        () => syscalls.invoke(syscall.terminalAttributes, [handle]),
        (answer) => {
          module.HEAPU8.set(answer as Uint8Array, argument);
          return 0;
        },
      );
    if (request >= requests.TCSETS && request <= requests.TCSETSF) {
      const bytes = module.HEAPU8.slice(argument, argument + termiosLayout.size);
      const when = request - requests.TCSETS;
      return streams.answerNegative(
        () => syscalls.invoke(syscall.setTerminalAttributes, [handle, bytes, when]),
        () => 0,
      );
    }
    if (request === requests.TIOCGWINSZ)
      return streams.answerNegative(
        () => syscalls.invoke(syscall.terminal, [handle]),
        (answer) => {
          const [columns = 0, rows = 0] = readWords(answer as Uint8Array);
          const size = new DataView(module.HEAPU8.buffer, argument, windowSizeLayout.size);
          size.setUint16(windowSizeLayout.rows, rows, true);
          size.setUint16(windowSizeLayout.columns, columns, true);
          size.setUint32(windowSizeLayout.xPixels, 0, true);
          return 0;
        },
      );
    return original(fd, request, varargs);
  };
}
