// syscalls: terminals, as termios(3) and ioctl_tty(2).
import { Errno } from '../abi/errno.js';
import { syscall, words } from '../abi/syscalls.js';
import {
  attributeTimes,
  controlCharacterCount,
  flushQueues,
  termiosLayout as layout,
  type Termios,
} from '../abi/termios.js';
import type { Process } from '../proc/process.js';
import { Tty, type AttributesWhen } from '../tty/tty.js';
import { count } from './check.js';
import type { SyscallTable } from './table.js';

const times: Readonly<Record<number, AttributesWhen>> = {
  [attributeTimes.TCSANOW]: 'now',
  [attributeTimes.TCSADRAIN]: 'now',
  [attributeTimes.TCSAFLUSH]: 'flush',
};
const queues: Readonly<Record<number, 'input' | 'output' | 'both'>> = {
  [flushQueues.TCIFLUSH]: 'input',
  [flushQueues.TCOFLUSH]: 'output',
  [flushQueues.TCIOFLUSH]: 'both',
};

/** The terminal of a handle; throws EBADF, ENOTTY. */
function terminal(process: Process, handle: unknown): Tty {
  const file = process.handles.get(count(handle));
  if (!(file instanceof Tty)) throw new Errno('ENOTTY');
  return file;
}

export const terminalCalls: SyscallTable = {
  [syscall.terminalAttributes]: (process, [handle]) => encode(terminal(process, handle).attributes),

  [syscall.setTerminalAttributes]: (process, [handle, bytes, when]) => {
    const time = times[count(when)];
    if (time === undefined) throw new Errno('EINVAL');
    terminal(process, handle).setAttributes(decode(bytes), time, process);
    return 0;
  },

  [syscall.terminal]: (process, [handle]) => {
    const { windowSize, jobs, unread } = terminal(process, handle);
    return words(windowSize.columns, windowSize.rows, jobs.foreground, jobs.session, unread);
  },

  [syscall.setWindowSize]: (process, [handle, columns, rows]) => {
    terminal(process, handle).windowSize = { columns: count(columns), rows: count(rows) };
    return 0;
  },

  [syscall.setForeground]: (process, [handle, group]) => {
    terminal(process, handle).jobs.setForeground(count(group), process);
    return 0;
  },

  [syscall.flushTerminal]: (process, [handle, queue]) => {
    const what = queues[count(queue)];
    if (what === undefined) throw new Errno('EINVAL');
    terminal(process, handle).flush(what, process);
    return 0;
  },

  [syscall.drainTerminal]: (process, [handle]) =>
    terminal(process, handle)
      .drain(process)
      ?.then(() => 0) ?? 0,
};

function encode({ input, output, control, local, characters }: Termios): Uint8Array {
  const bytes = new Uint8Array(layout.size);
  const data = new DataView(bytes.buffer);
  data.setUint32(layout.input, input, true);
  data.setUint32(layout.output, output, true);
  data.setUint32(layout.control, control, true);
  data.setUint32(layout.local, local, true);
  bytes.set(characters, layout.characters);
  return bytes;
}

function decode(value: unknown): Termios {
  if (!(value instanceof Uint8Array && value.buffer instanceof ArrayBuffer)) throw new Errno('EFAULT');
  if (value.length !== layout.size) throw new Errno('EINVAL');
  const data = new DataView(value.buffer, value.byteOffset, value.length);
  return {
    input: data.getUint32(layout.input, true),
    output: data.getUint32(layout.output, true),
    control: data.getUint32(layout.control, true),
    local: data.getUint32(layout.local, true),
    characters: value.slice(layout.characters, layout.characters + controlCharacterCount),
  };
}
