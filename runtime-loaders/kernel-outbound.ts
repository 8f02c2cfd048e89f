// runtime-loaders: HTTP to outside over the fetch syscall; the contract is `outbound.ts`.
import { syscall } from '../kernel-core/abi/syscalls.js';
import type { OutboundFailure, OutboundRequest, OutboundResponse } from '../kernel-core/abi/outbound.js';
import { OutboundError, type Outbound } from './outbound.js';
import type { Syscalls } from './syscalls.js';

type Answer =
  | { readonly ok: true; readonly response: OutboundResponse }
  | { readonly ok: false; readonly failure: OutboundFailure };

export class KernelOutbound implements Outbound {
  readonly #syscalls: Syscalls;

  constructor(syscalls: Syscalls) {
    this.#syscalls = syscalls;
  }

  async fetch(request: OutboundRequest): Promise<OutboundResponse> {
    const answer = (await this.#syscalls.call(syscall.fetch, [request])) as Answer;
    if (answer.ok) return answer.response;
    throw new OutboundError(answer.failure.code, answer.failure.message);
  }
}
