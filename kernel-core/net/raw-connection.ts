// net: a connection of the page's to a listener, bytes both ways and no protocol: what WebSocket clients and the
// like are made of. Must always hold: the socket is closed once either side is done with the other.
import { isErrno } from '../abi/errno.js';
import type { Caller } from '../file/wait-queue.js';
import type { Upgraded } from './http-message.js';
import type { StreamSocket } from './sockets.js';

const pieceBytes = 256 * 1024;
/** Sent and not taken, above which the page is asked for no more. */
const windowBytes = 256 * 1024;

/**
 * Sends what `outgoing` gives, and its end, and answers with what the listener has sent (`head`) and sends.
 * Cancelling the answer, or aborting, closes the connection.
 */
export function joinStreams(
  { socket, head }: Upgraded,
  outgoing: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const waiting = new Set<() => void>();
  const caller: Caller = {
    onInterrupt: (giveUp) => {
      waiting.add(giveUp);
      return () => waiting.delete(giveUp);
    },
  };
  const close = (): void => {
    for (const giveUp of [...waiting]) giveUp();
    socket.close();
  };
  if (signal.aborted) close();
  else signal.addEventListener('abort', close, { once: true });
  void send(socket, outgoing);
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (head.length > 0) controller.enqueue(head);
      },
      async pull(controller) {
        let bytes: Uint8Array;
        try {
          bytes = await socket.read(pieceBytes, caller);
        } catch (error) {
          close();
          throw error;
        }
        // A copy: others' bytes may stand beside them, and the page is given the whole buffer.
        if (bytes.length > 0) return controller.enqueue(bytes.slice());
        controller.close();
        close();
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}

async function send(socket: StreamSocket, outgoing: ReadableStream<Uint8Array>): Promise<void> {
  const reader = outgoing.getReader();
  let outstanding = 0;
  let wake: (() => void) | undefined;
  const unwatch = socket.watch(() => wake?.());
  try {
    for (let piece = await reader.read(); piece.value !== undefined; piece = await reader.read()) {
      const { length } = piece.value;
      outstanding += length;
      socket.write(piece.value, (taken) => {
        outstanding -= taken;
        wake?.();
      });
      while (outstanding > windowBytes && socket.connected)
        await new Promise<void>((resolve) => (wake = resolve));
    }
    if (socket.connected) socket.shutdown('write');
  } catch (error) {
    // Nobody reads any more, or the page gave up: reading says the rest.
    if (!isErrno(error)) socket.reset();
    reader.cancel().catch(() => undefined);
  } finally {
    unwatch();
  }
}
