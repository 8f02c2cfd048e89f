// runtime-loaders: HTTP to outside, through the broker frame of the sandbox's grant.
import type { OutboundRequest, OutboundResponse } from '../kernel-core/abi/outbound.js';

/** A request that got no answer. `message` is one sentence for a reader: the missing grant, the cut connection. */
export class OutboundError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'OutboundError';
    this.code = code;
  }
}

export interface Outbound {
  /** Rejects with an `OutboundError`; an HTTP error status is an answer like any other. */
  fetch(request: OutboundRequest): Promise<OutboundResponse>;
}
