// runtime-loaders/wasi/extension: terminals. See `include/wasm-elements.h`.
import { Errno } from '../../../kernel-core/abi/errno.js';
import { readWords, syscall } from '../../../kernel-core/abi/syscalls.js';
import { termiosLayout } from '../../../kernel-core/abi/termios.js';
import type { Calls } from '../calls.js';
import { handleOf } from '../descriptors.js';
import type { WasiProcess } from '../wasi-process.js';
import { after } from '../after.js';

const ignored = (): void => undefined;

export function terminalExtension(process: WasiProcess): Calls {
  const { memory, context, descriptors } = process;
  const { syscalls, handles } = context;

  const handle = (fd: number): number => {
    const descriptor = descriptors.get(fd);
    const found = handleOf(descriptor);
    const isTerminal =
      descriptor.kind === 'stream' && descriptor.source.type === 'handle' && descriptor.source.file === 'tty';
    if (found === undefined || !isTerminal) throw new Errno('ENOTTY');
    // What was written before is drawn before.
    handles.flush();
    return found;
  };

  return {
    terminal_attributes(fd: number, result: number) {
      memory.bytes(result, termiosLayout.size);
      return after(syscalls.invoke(syscall.terminalAttributes, [handle(fd)]), (answer) =>
        memory.setBytes(result, answer as Uint8Array),
      );
    },

    set_terminal_attributes(fd: number, attributes: number, when: number) {
      const bytes = memory.bytes(attributes, termiosLayout.size).slice();
      return after(syscalls.invoke(syscall.setTerminalAttributes, [handle(fd), bytes, when]), ignored);
    },

    terminal(fd: number, result: number) {
      memory.bytes(result, 16);
      return after(syscalls.invoke(syscall.terminal, [handle(fd)]), (answer) => {
        for (const [index, word] of readWords(answer as Uint8Array)
          .slice(0, 4)
          .entries())
          memory.setU32((result >>> 0) + index * 4, word);
      });
    },

    set_window_size: (fd: number, columns: number, rows: number) =>
      after(syscalls.invoke(syscall.setWindowSize, [handle(fd), columns, rows]), ignored),

    set_foreground: (fd: number, group: number) =>
      after(syscalls.invoke(syscall.setForeground, [handle(fd), group]), ignored),

    flush_terminal: (fd: number, queue: number) =>
      after(syscalls.invoke(syscall.flushTerminal, [handle(fd), queue]), ignored),

    drain_terminal: (fd: number) => after(syscalls.invoke(syscall.drainTerminal, [handle(fd)]), ignored),
  };
}
