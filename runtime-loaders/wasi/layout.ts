// runtime-loaders/wasi: where fields stand in the structs that differ between WASI's two snapshots.
// Standard: the witx files of wasi_snapshot_preview1 and of its predecessor wasi_unstable.

export interface Layout {
  readonly filestat: {
    readonly bytes: number;
    readonly links: number;
    readonly size: number;
    readonly accessed: number;
    readonly modified: number;
    readonly changed: number;
  };
  readonly subscription: {
    readonly bytes: number;
    readonly clock: number;
    readonly timeout: number;
    readonly clockFlags: number;
  };
  /** `whence` values of fd_seek. */
  readonly seek: { readonly set: number; readonly current: number; readonly end: number };
}

export const preview1Layout: Layout = {
  filestat: { bytes: 64, links: 24, size: 32, accessed: 40, modified: 48, changed: 56 },
  subscription: { bytes: 48, clock: 16, timeout: 24, clockFlags: 40 },
  seek: { set: 0, current: 1, end: 2 },
};

export const unstableLayout: Layout = {
  filestat: { bytes: 56, links: 20, size: 24, accessed: 32, modified: 40, changed: 48 },
  subscription: { bytes: 56, clock: 24, timeout: 32, clockFlags: 48 },
  seek: { set: 2, current: 0, end: 1 },
};
