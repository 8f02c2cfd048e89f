// protocol: what the page says to a frame's outer document, once. The outer document passes `payload`
// and the ports on to the inner one, which listens to its parent only.

/** Page → outer document → inner document. */
export interface OpenFrameMessage {
  readonly type: 'wasm-elements:open';
  /** Content-Security-Policy of the role, put in force before the inner document exists. */
  readonly csp: string;
  /** The whole inner document. */
  readonly html: string;
  /** Sandbox tokens of the inner frame; `allow-same-origin` and the navigation tokens are refused. */
  readonly sandbox: string;
  /** For the inner document; each role has its own. */
  readonly payload: unknown;
}

/** Outer document → page, as a window message. */
export type OuterReport =
  /** It runs and has taken the `OpenFrameMessage`. */
  | { readonly type: 'wasm-elements:opened' }
  /** The inner document was kept from navigating. */
  | { readonly type: 'wasm-elements:blocked'; readonly url: string };

/** Kernel frame: payload, and what its control port says. ports: [control, kernel]. */
export interface KernelFramePayload {
  /** Source of the kernel worker. */
  readonly kernel: Blob;
}

export type KernelFrameReport =
  /** The inner document runs and has started the worker. */
  | { readonly type: 'started' }
  | { readonly type: 'worker-error'; readonly message: string }
  | { readonly type: 'violation'; readonly directive: string; readonly blocked: string };

/** Kernel → window of its frame, where the window starts process workers. `start` carries a port. */
export type FrameWorkerRequest =
  /** Their source; comes first. */
  | { readonly type: 'source'; readonly source: Blob }
  | { readonly type: 'start'; readonly worker: number; readonly message: unknown }
  | { readonly type: 'end'; readonly worker: number };

/** Window of the frame → kernel: an uncaught error in a process worker. */
export interface FrameWorkerReport {
  readonly worker: number;
  readonly message: string;
}
