// abi: HTTP to outside, from a process through the kernel to the broker frame of the sandbox's grant.

export interface OutboundRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
}

/** Always the final answer of a redirect chain; the broker's browser enforces the grant on every hop. */
export interface OutboundResponse {
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/** Why there was no answer; `message` is one sentence for a reader. */
export interface OutboundFailure {
  readonly code: 'EACCES' | 'ECONNREFUSED' | 'EINVAL' | 'EFBIG';
  readonly message: string;
}
