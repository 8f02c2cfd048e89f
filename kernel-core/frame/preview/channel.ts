// frame/preview: the document's side of its control port. Everything it needs is taken before the author's
// code runs, so that code can patch what it likes and never comes to hold the port.
import type { ConsoleEntry, PreviewReport, PreviewRequest } from '../../protocol/preview.js';

/** Entries of one batch; what comes faster is counted and dropped. */
const batchMax = 500;
const flushMs = 16;

export interface Channel {
  send(report: PreviewReport): void;
  /** Batched: a program that prints in a loop must not bury the page in messages. */
  print(entry: ConsoleEntry): void;
  /** Sends what is waiting. */
  flush(): void;
}

export function openChannel(port: MessagePort): Channel {
  // A bound function does not look at prototypes when it is called.
  const post = port.postMessage.bind(port) as (report: PreviewReport) => void;
  const later = setTimeout.bind(window);
  const dataOf = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data')?.get;
  const call = Reflect.apply;

  let entries: ConsoleEntry[] = [];
  let dropped = 0;
  let scheduled = false;
  const flush = (): void => {
    scheduled = false;
    if (entries.length === 0 && dropped === 0) return;
    const report: PreviewReport = { type: 'console', entries, dropped };
    entries = [];
    dropped = 0;
    post(report);
  };

  port.onmessage = (event) => {
    const request = (dataOf === undefined ? undefined : call(dataOf, event, [])) as
      PreviewRequest | undefined;
    if (request?.type === 'ping') post({ type: 'pong' });
  };
  return {
    send(report) {
      flush();
      post(report);
    },
    print(entry) {
      if (entries.length === batchMax) {
        dropped += 1;
        return;
      }
      entries[entries.length] = entry;
      if (scheduled) return;
      scheduled = true;
      later(flush, flushMs);
    },
    flush,
  };
}
