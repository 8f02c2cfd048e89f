// runtime-loaders/wasi: `filetype` of preview 1. A pipe has no number of its own.

export const fileTypes = {
  unknown: 0,
  characterDevice: 2,
  directory: 3,
  file: 4,
  socketDatagram: 5,
  socketStream: 6,
  /** The name of a unix socket. */
  socket: 6,
  symlink: 7,
} as const;
