// syscalls: arguments of a syscall, checked first. Throws EINVAL, EFAULT, as a kernel does.
import { Errno } from '../abi/errno.js';
import type { OutboundRequest } from '../abi/outbound.js';

export function count(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Errno('EINVAL');
  return value as number;
}

export function text(value: unknown, lengthMax = 4096): string {
  if (typeof value !== 'string' || value.length > lengthMax) throw new Errno('EINVAL');
  return value;
}

/** Any 32-bit number: pids of wait and kill are negative for groups. */
export function integer(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) !== ((value as number) | 0)) throw new Errno('EINVAL');
  return value as number;
}

export function list(value: unknown, lengthMax: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new Errno('EFAULT');
  if (value.length > lengthMax) throw new Errno('E2BIG');
  return value as unknown[];
}

export function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Errno('EFAULT');
  return value as Record<string, unknown>;
}

const headersMax = 256;
const urlLengthMax = 64 * 1024;

export function outboundRequest(value: unknown): OutboundRequest {
  if (typeof value !== 'object' || value === null) throw new Errno('EFAULT');
  const { url, method, headers, body } = value as Record<string, unknown>;
  if (!Array.isArray(headers) || headers.length > headersMax) throw new Errno('EINVAL');
  // Shared memory could change after this, and cannot be posted to the broker.
  if (body !== null && !(body instanceof Uint8Array && body.buffer instanceof ArrayBuffer)) {
    throw new Errno('EFAULT');
  }
  return {
    url: text(url, urlLengthMax),
    method: text(method, 32),
    headers: (headers as unknown[]).map((pair) => {
      if (!Array.isArray(pair)) throw new Errno('EINVAL');
      return [text(pair[0], 1024), text(pair[1], 64 * 1024)] as const;
    }),
    // A view would be posted with its whole buffer.
    body: body?.slice() ?? null,
  };
}
