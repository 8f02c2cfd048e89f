// protocol: kernel ↔ broker frame, over the port the page hands to both (DESIGN §2, network).
import type { OutboundFailure, OutboundRequest, OutboundResponse } from '../abi/outbound.js';

/** Kernel → broker. */
export type BrokerRequest =
  | { readonly type: 'fetch'; readonly id: number; readonly request: OutboundRequest }
  | { readonly type: 'abort'; readonly id: number };

/** Broker → kernel. */
export type BrokerReply =
  | { readonly type: 'response'; readonly id: number; readonly response: OutboundResponse }
  | { readonly type: 'failure'; readonly id: number; readonly failure: OutboundFailure };

/** A response body longer than this, in bytes, is refused. */
export const responseBytesMax = 256 * 1024 * 1024;
