// client: the one error type of the public API.
import type { WireError } from '../protocol/kernel-service.js';

/** What a `KernelError` may carry besides its message. */
export interface KernelErrorDetails {
  readonly syscall?: string | undefined;
  readonly path?: string | undefined;
  readonly pid?: number | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Every rejection of the public API. `message` says what failed and why in one sentence; `hint`, where
 * present, what to do. `code` is an errno name (`ENOENT`) or one of:
 *
 * | code | meaning |
 * |---|---|
 * | `ERUNTIME` | no such runtime or version |
 * | `ENOTFOUND` | a download answered 404 or another HTTP error |
 * | `EINTEGRITY` | a download is not the file it should be |
 * | `EPACKAGE` | a package is unknown, has no wheel for this Python, or conflicts with another |
 * | `ENETWORK`, `EOFFLINE` | a download broke off; the browser is offline |
 * | `EFRAME`, `EWORKER`, `EWASM` | the page's policy does not let the sandbox frame, a worker, wasm start |
 * | `ELOST` | the kernel died or was disposed |
 * | `ECONFLICT` | a sandbox, grant or setting of that name exists with another value |
 */
export class KernelError extends Error {
  readonly code: string;
  readonly syscall?: string;
  readonly path?: string;
  readonly pid?: number;
  readonly hint?: string;

  /** From what the kernel sent. */
  static from({ code, message, ...details }: WireError): KernelError {
    return new KernelError(code, message, details);
  }

  constructor(code: string, message: string, details: KernelErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'KernelError';
    this.code = code;
    if (details.syscall !== undefined) this.syscall = details.syscall;
    if (details.path !== undefined) this.path = details.path;
    if (details.pid !== undefined) this.pid = details.pid;
    if (details.hint !== undefined) this.hint = details.hint;
  }
}
