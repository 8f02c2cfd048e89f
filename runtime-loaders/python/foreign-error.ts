// runtime-loaders/python: errors of the process worker, seen from the loader. The two are bundles of their
// own, each with its own classes, so these are told by what they carry and not by `instanceof`.
import { errno } from '../../kernel-core/abi/errno.js';

/** The WASI error number of an Errno, or undefined for any other error. */
export function errnoOf(error: unknown): number | undefined {
  const number = (error as { errno?: unknown } | null)?.errno;
  return typeof number === 'number' ? number : undefined;
}

/** ENOTSUP of Emscripten's C library, the one number in which it is not the kernel's (and preview1's). */
export const notSupported = 138;

/** The number CPython knows an error by; undefined for what is no Errno. `CannotBlock` is one of "not supported". */
export function pythonErrno(error: unknown): number | undefined {
  if (isCannotBlock(error)) return notSupported;
  const number = errnoOf(error);
  return number === errno.ENOTSUP ? notSupported : number;
}

/** Whether a read was refused because nothing can wait here; the message is for a reader. */
export function isCannotBlock(error: unknown): error is Error {
  return error instanceof Error && error.name === 'CannotBlock';
}
