// runtime-loaders/python: errors of the process worker, seen from the loader. The two are bundles of their
// own, each with its own classes, so these are told by what they carry and not by `instanceof`.

/** The WASI error number of an Errno, or undefined for any other error. */
export function errnoOf(error: unknown): number | undefined {
  const number = (error as { errno?: unknown } | null)?.errno;
  return typeof number === 'number' ? number : undefined;
}

/** Whether a read was refused because nothing can wait here; the message is for a reader. */
export function isCannotBlock(error: unknown): error is Error {
  return error instanceof Error && error.name === 'CannotBlock';
}
