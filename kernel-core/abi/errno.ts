// abi: error numbers between the kernel and its processes. Imports nothing.
// The numbers are those of WASI preview1 (`errno` in its witx), so that a loader can hand them to a
// program unchanged; the names and meanings are POSIX's.

/** Error names to numbers. 0 is success and has no name. */
export const errno = {
  E2BIG: 1,
  EACCES: 2,
  EADDRINUSE: 3,
  EADDRNOTAVAIL: 4,
  EAFNOSUPPORT: 5,
  EAGAIN: 6,
  EALREADY: 7,
  EBADF: 8,
  EBADMSG: 9,
  EBUSY: 10,
  ECANCELED: 11,
  ECHILD: 12,
  ECONNABORTED: 13,
  ECONNREFUSED: 14,
  ECONNRESET: 15,
  EDEADLK: 16,
  EDESTADDRREQ: 17,
  EDOM: 18,
  EDQUOT: 19,
  EEXIST: 20,
  EFAULT: 21,
  EFBIG: 22,
  EHOSTUNREACH: 23,
  EIDRM: 24,
  EILSEQ: 25,
  EINPROGRESS: 26,
  EINTR: 27,
  EINVAL: 28,
  EIO: 29,
  EISCONN: 30,
  EISDIR: 31,
  ELOOP: 32,
  EMFILE: 33,
  EMLINK: 34,
  EMSGSIZE: 35,
  EMULTIHOP: 36,
  ENAMETOOLONG: 37,
  ENETDOWN: 38,
  ENETRESET: 39,
  ENETUNREACH: 40,
  ENFILE: 41,
  ENOBUFS: 42,
  ENODEV: 43,
  ENOENT: 44,
  ENOEXEC: 45,
  ENOLCK: 46,
  ENOLINK: 47,
  ENOMEM: 48,
  ENOMSG: 49,
  ENOPROTOOPT: 50,
  ENOSPC: 51,
  ENOSYS: 52,
  ENOTCONN: 53,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  ENOTRECOVERABLE: 56,
  ENOTSOCK: 57,
  ENOTSUP: 58,
  ENOTTY: 59,
  ENXIO: 60,
  EOVERFLOW: 61,
  EOWNERDEAD: 62,
  EPERM: 63,
  EPIPE: 64,
  EPROTO: 65,
  EPROTONOSUPPORT: 66,
  EPROTOTYPE: 67,
  ERANGE: 68,
  EROFS: 69,
  ESPIPE: 70,
  ESRCH: 71,
  ESTALE: 72,
  ETIMEDOUT: 73,
  ETXTBSY: 74,
  EXDEV: 75,
  ENOTCAPABLE: 76,
} as const;

export type ErrnoName = keyof typeof errno;

const names = new Map<number, ErrnoName>(
  Object.entries(errno).map(([name, number]) => [number, name as ErrnoName]),
);

/** The name of an error number; unknown numbers become `EIO`, so that a message never shows a bare number. */
export function errnoName(number: number): ErrnoName {
  return names.get(number) ?? 'EIO';
}

const sentences: Partial<Record<ErrnoName, string>> = {
  EACCES: 'permission denied',
  EAGAIN: 'resource temporarily unavailable',
  EBADF: 'bad file descriptor',
  EBUSY: 'resource busy',
  ECHILD: 'no child process',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EEXIST: 'file exists',
  EFBIG: 'file too large',
  EINTR: 'interrupted',
  EINVAL: 'invalid argument',
  EIO: 'input/output error',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'name too long',
  ENOENT: 'no such file or directory',
  ENOEXEC: 'not a program',
  ENOMEM: 'out of memory',
  ENOSPC: 'no space left in the sandbox',
  ENOSYS: 'not available here',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  ENOTSUP: 'not supported',
  ENOTTY: 'not a terminal',
  EPERM: 'operation not permitted',
  EPIPE: 'broken pipe',
  EROFS: 'read-only file system',
  ESPIPE: 'cannot seek',
  ESRCH: 'no such process',
  ETIMEDOUT: 'timed out',
  EXDEV: 'crosses a mount',
  ENOTCAPABLE: 'outside the directories this program was given',
};

/** What an error number means in a few words for a reader. */
export function errnoText(number: number): string {
  const name = errnoName(number);
  return sentences[name] ?? name;
}

/**
 * An errno thrown as an exception inside the kernel and the views.
 * It never crosses the public API: the client turns it into a `KernelError`.
 */
export class Errno extends Error {
  readonly errno: number;
  readonly path: string | undefined;

  constructor(name: ErrnoName, path?: string) {
    // Most are answers, not accidents: a program looks for a file in ten places. V8 takes 10 µs to note where
    // it was, so it is told not to.
    const v8: ErrorConstructor & { stackTraceLimit?: number } = Error;
    const { stackTraceLimit } = v8;
    if (stackTraceLimit !== undefined) v8.stackTraceLimit = 0;
    super(`${name}: ${sentences[name] ?? name}${path === undefined ? '' : `, '${path}'`}`);
    if (stackTraceLimit !== undefined) v8.stackTraceLimit = stackTraceLimit;
    this.name = 'Errno';
    this.errno = errno[name];
    this.path = path;
  }

  /** The error's name, `ENOENT` and so on. */
  get code(): ErrnoName {
    return errnoName(this.errno);
  }
}

/**
 * Whether something caught is an `Errno`. Not `instanceof`: a loader and the process worker are separate
 * bundles, each with a class of its own.
 */
export function isErrno(error: unknown): error is Errno {
  return (
    error instanceof Error && error.name === 'Errno' && 'errno' in error && typeof error.errno === 'number'
  );
}
