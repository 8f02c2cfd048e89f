// protocol: what happens in the kernel, for dashboards. Kernel ─▶ page over a port of its own, and only while
// somebody looks: at most one `EventBatch` is on its way, and the next waits for the page's `next`.

/** One thing that happened. `sandbox` is the kernel's number for it; pids are the kernel's too. */
export type KernelEvent =
  | {
      readonly type: 'start';
      readonly sandbox: number;
      readonly pid: number;
      /** 0: the page started it. */
      readonly parent: number;
      readonly command: string;
    }
  | {
      readonly type: 'exit';
      readonly sandbox: number;
      readonly pid: number;
      readonly code: number | null;
      readonly signal: string | null;
      readonly reason?: string;
    }
  /** A port has its first listener, or has lost its last. */
  | { readonly type: 'listen' | 'close'; readonly sandbox: number; readonly port: number }
  /** So many bytes were written to pipes, sockets, terminals and the page since the last such event. */
  | { readonly type: 'bytes'; readonly sandbox: number; readonly bytes: number }
  /** So many events were left out here: more happened than a page should be told. */
  | { readonly type: 'missed'; readonly count: number };

export interface EventBatch {
  readonly events: readonly KernelEvent[];
}

/** Page → kernel: tell more, or stop telling. */
export type EventRequest = 'next' | 'end';
