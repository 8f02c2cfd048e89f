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

/**
 * The answer as `syscall.exchange` gives it: status line, headers, a blank line and the body. Where there was none, the status
 * is 000, the reason phrase the code of the failure, and the body its sentence.
 */
export function answerHead(status: number, reason: string, headers: OutboundResponse['headers']): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${String(status).padStart(3, '0')} ${reason}\r\n${lines}\r\n`;
}

/** Why there was no answer; `message` is one sentence for a reader. */
export interface OutboundFailure {
  readonly code: 'EACCES' | 'ECONNREFUSED' | 'EINVAL' | 'EFBIG';
  readonly message: string;
}
