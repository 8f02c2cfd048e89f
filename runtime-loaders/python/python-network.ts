// runtime-loaders/python: one HTTP request of Python's, as `python-network-side.ts` sees it.
import { OutboundError, type Outbound } from '../outbound.js';

/** What Python sees of one request. `settled` first, then either `error` or the rest. */
export interface PendingRequest {
  settled: boolean;
  /** Resolves when it is. */
  done?: Promise<void>;
  error?: string;
  url?: string;
  status?: number;
  reason?: string;
  /** Lines `Name: value`. */
  headers?: string;
  body?: Uint8Array;
}

/** Begins a request; `wake` is called once it has settled. Headers alternate names and values. */
export function beginRequest(
  outbound: Outbound,
  wake: () => void,
  method: string,
  url: string,
  headers: readonly string[],
  body: Uint8Array | undefined,
): PendingRequest {
  const pending: PendingRequest = { settled: false };
  const pairs = headers.flatMap((name, index) =>
    index % 2 === 0 ? [[name, headers[index + 1] ?? ''] as const] : [],
  );
  pending.done = outbound
    .fetch({ url, method, headers: pairs, body: body ?? null })
    .then(
      (response) => {
        pending.url = response.url;
        pending.status = response.status;
        pending.reason = response.statusText;
        pending.headers = response.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
        pending.body = response.body;
      },
      (error: unknown) => {
        pending.error =
          error instanceof Error || error instanceof OutboundError ? error.message : String(error);
      },
    )
    .finally(() => {
      pending.settled = true;
      wake();
    });
  return pending;
}
