// runtime-loaders/wasi/extension: what only the page can do: requests to outside, and questions to the reader. See
// `include/wasm-elements.h`.
import { askKinds } from '../../../kernel-core/abi/ask.js';
import type { OutboundRequest } from '../../../kernel-core/abi/outbound.js';
import { syscall } from '../../../kernel-core/abi/syscalls.js';
import { after } from '../after.js';
import type { Calls } from '../calls.js';
import type { Stream } from '../descriptors.js';
import { inputRights } from '../rights.js';
import type { WasiProcess } from '../wasi-process.js';

/** Of `struct we_request`. */
const requestBytes = 32;

export function pageExtension(process: WasiProcess): Calls {
  const { memory, context, descriptors } = process;

  const requestAt = (pointer: number): OutboundRequest => {
    memory.bytes(pointer, requestBytes);
    const word = (index: number): number => memory.u32((pointer >>> 0) + index * 4);
    const headers = memory.text(word(4), word(5)).split('\n');
    return {
      method: memory.text(word(0), word(1)),
      url: memory.text(word(2), word(3)),
      headers: headers.filter((line) => line !== '').map(headerOf),
      body: word(6) === 0 ? null : memory.bytes(word(6), word(7)).slice(),
    };
  };

  return {
    fetch(pointer: number, result: number) {
      memory.setU32(result, 0);
      return after(context.syscalls.invoke(syscall.exchange, [requestAt(pointer)]), (handle) => {
        const answer: Stream = {
          kind: 'stream',
          source: { type: 'handle', handle: handle as number, file: 'pipe' },
          isError: false,
          rights: inputRights,
          inheriting: 0,
          flags: 0,
        };
        const fd = descriptors.add(answer);
        descriptors.setCloseOnExec(fd, true);
        memory.setU32(result, fd);
      });
    },

    ask(what: number, text: number, textLength: number, buffer: number, size: number, result: number) {
      memory.bytes(buffer, size);
      memory.setU32(result, 0);
      const asked = memory.text(text, textLength);
      const about = what === askKinds.open ? asked : process.absolute(asked);
      // What was printed before the question is seen before it.
      context.handles.flush();
      return after(context.syscalls.invoke(syscall.ask, [what, about]), (answer) => {
        const bytes = answer as Uint8Array;
        memory.setBytes(buffer, bytes.subarray(0, size >>> 0));
        memory.setU32(result, bytes.length);
      });
    },
  };
}

function headerOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()];
}
