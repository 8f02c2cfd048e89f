// elements/run: results and errors as one sentence for a reader.
import { KernelError, type RunResult } from '../../kernel-core/client/index.js';
import type { Settings } from './settings.js';

/** `exit 0 · 0.12 s`, `stopped · 1.2 s` (by the reader), `ended by SIGTERM · 1.2 s`, `stopped after 10 s (timeout)`. */
export function statusLine(result: RunResult, settings: Settings, byReader: boolean): string {
  const time = formatSeconds(result.durationMs);
  switch (result.reason) {
    case 'timeout':
      return `stopped after ${formatSeconds(settings.timeoutMs ?? result.durationMs)} (timeout)`;
    case 'memory':
      return `out of memory · ${time}`;
    case 'output':
      return `stopped for too much output · ${time}`;
    case 'trap':
      return `trap · ${time}`;
    case 'protocol':
      return `stopped for breaking the sandbox’s rules · ${time}`;
    case 'kernel-lost':
      return `lost · ${time}`;
    default:
      if (byReader) return `stopped · ${time}`;
      return result.signal === null
        ? `exit ${result.code ?? 0} · ${time}`
        : `ended by ${result.signal} · ${time}`;
  }
}

const reasonCodes = {
  timeout: 'ETIMEDOUT',
  memory: 'ENOMEM',
  output: 'EFBIG',
  trap: 'ETRAP',
  protocol: 'EPROTO',
  'kernel-lost': 'ELOST',
} as const;

const reasonSentences = {
  timeout: 'The program ran longer than its limit and was stopped.',
  memory: 'The program needed more memory than its limit.',
  output: 'The program printed more than its limit and was stopped.',
  trap: 'The program ended in a trap.',
  protocol: 'The program broke the rules of the sandbox and was stopped.',
  'kernel-lost':
    'The sandbox ran out of memory and was lost with every program in it; it has been started again.',
} as const;

/** The error a run that started but did not end by itself is told as; undefined for all others. */
export function errorOfResult(result: RunResult): KernelError | undefined {
  const { reason, message, code } = result;
  if (reason === 'superseded') return undefined;
  if (reason === undefined)
    return message && code !== 0 && code !== null ? new KernelError('EFAILED', message) : undefined;
  return new KernelError(reasonCodes[reason], message ?? reasonSentences[reason]);
}

/** Whatever was thrown, as the one error type of the API. */
export function asKernelError(error: unknown): KernelError {
  if (error instanceof KernelError) return error;
  // Another copy of the library, or a structured clone, has the shape but not the class.
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return new KernelError(error.code, error.message, {
      hint: 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined,
      cause: error,
    });
  const message = error instanceof Error ? error.message : String(error);
  return new KernelError('EINTERNAL', `Something went wrong inside wasm-elements: ${message}`, {
    cause: error,
  });
}

/** Message and hint as the reader sees them. */
export function sentence(error: KernelError): string {
  return [error.message, error.hint].filter(Boolean).join(' ');
}

/** `0.12 s`, `10 s`, `1 min 5 s` in the reader's own digits. */
export function formatSeconds(ms: number): string {
  const seconds = Math.max(ms / 1000, 0.01);
  if (seconds >= 60) {
    const minutes = Math.floor(seconds / 60);
    const rest = Math.round(seconds % 60);
    return rest > 0 ? `${minutes} min ${rest} s` : `${minutes} min`;
  }
  const maximumFractionDigits = seconds < 1 ? 2 : seconds < 10 ? 1 : 0;
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits }).format(seconds)}\u00a0s`;
}
