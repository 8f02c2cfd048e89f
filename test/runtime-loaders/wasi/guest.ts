// Calls WASI's functions as a program would, through a memory of its own and without any wasm.
import { errnoName } from '../../../kernel-core/abi/errno.js';
import { wasiImports } from '../../../runtime-loaders/wasi/calls.js';
import { openInitialDescriptors } from '../../../runtime-loaders/wasi/preopens.js';
import { allRights } from '../../../runtime-loaders/wasi/rights.js';
import { WasiProcess } from '../../../runtime-loaders/wasi/wasi-process.js';
import { FakeProcess, type FakeProcessOptions } from './fake-process.js';

/** (module) */
const empty = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

/** Where calls leave their results; arguments are written from `scratch` on. */
export const result = 16;
const scratch = 4096;
const bufferAt = 32768;

export const oflags = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;

type WasiCall = (...args: readonly (number | bigint)[]) => number | Promise<number>;

export interface OpenOptions {
  readonly oflags?: number;
  readonly fdflags?: number;
  readonly rights?: number;
  readonly inheriting?: number;
  readonly follow?: boolean;
}

export interface Filestat {
  readonly inode: number;
  readonly type: number;
  readonly links: number;
  readonly size: number;
  readonly accessedNs: bigint;
  readonly modifiedNs: bigint;
}

/** All of preview 1. */
const calls =
  `args_get args_sizes_get environ_get environ_sizes_get clock_res_get clock_time_get fd_advise fd_allocate fd_close
  fd_datasync fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights fd_filestat_get fd_filestat_set_size
  fd_filestat_set_times fd_pread fd_prestat_get fd_prestat_dir_name fd_pwrite fd_read fd_readdir fd_renumber fd_seek
  fd_sync fd_tell fd_write path_create_directory path_filestat_get path_filestat_set_times path_link path_open
  path_readlink path_remove_directory path_rename path_symlink path_unlink_file poll_oneoff proc_exit proc_raise
  sched_yield random_get sock_accept sock_recv sock_send sock_shutdown`.split(/\s+/);

/** A program that is not there: every method is one call, answered by `OK` or the name of an errno. */
export class Guest {
  readonly process: FakeProcess;
  readonly wasi: WasiProcess;
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  readonly #calls: Readonly<Record<string, WasiCall>>;
  #next = scratch;

  constructor(options: FakeProcessOptions = {}) {
    this.process = new FakeProcess({ transport: 'local', stdin: '', ...options });
    const { context } = this.process;
    const program = { name: 'test', module: empty, args: context.argv, bytes: () => new Uint8Array(0) };
    this.wasi = new WasiProcess(context, program, undefined);
    this.wasi.memory.attach(this.memory);
    openInitialDescriptors(this.wasi);
    const module = 'wasi_snapshot_preview1';
    const imports = wasiImports(this.wasi, new Map([[module, new Set(calls)]]));
    this.#calls = imports[module] as unknown as Record<string, WasiCall>;
  }

  get data(): DataView {
    return new DataView(this.memory.buffer);
  }

  /** Calls by name; strings become a pointer and a length. */
  call(name: string, ...args: readonly (number | bigint | string | Uint8Array)[]): string {
    this.#next = scratch;
    const flat = args.flatMap((arg) =>
      typeof arg === 'string' || arg instanceof Uint8Array ? this.#place(arg) : [arg],
    );
    const code = this.#calls[name]!(...flat);
    if (typeof code !== 'number') throw new Error(`${name} waits`);
    return code === 0 ? 'OK' : errnoName(code);
  }

  get u32(): number {
    return this.data.getUint32(result, true);
  }

  get u64(): bigint {
    return this.data.getBigUint64(result, true);
  }

  /** A descriptor, or the name of an errno. */
  open(directory: number, path: string | Uint8Array, options: OpenOptions = {}): number | string {
    const answer = this.call(
      'path_open',
      directory,
      options.follow === false ? 0 : 1,
      path,
      options.oflags ?? 0,
      BigInt(options.rights ?? allRights),
      BigInt(options.inheriting ?? allRights),
      options.fdflags ?? 0,
      result,
    );
    return answer === 'OK' ? this.u32 : answer;
  }

  /** Opens for reading, where `open` with all rights would refuse a directory. */
  openDirectory(directory: number, path: string, options: OpenOptions = {}): number | string {
    const rights = allRights & ~(1 << 6);
    return this.open(directory, path, { rights, oflags: oflags.directory, ...options });
  }

  write(fd: number, text: string, call = 'fd_write', ...offset: bigint[]): string {
    const [pointer = 0, length = 0] = this.#placeAt(bufferAt, text);
    this.#iovec(pointer, length);
    return this.call(call, fd, 0, 1, ...offset, result);
  }

  /** Text read, or the name of an errno. */
  read(fd: number, length = 100, call = 'fd_read', ...offset: bigint[]): string {
    this.#iovec(bufferAt, length);
    const answer = this.call(call, fd, 0, 1, ...offset, result);
    return answer === 'OK' ? this.text(bufferAt, this.u32) : answer;
  }

  seek(fd: number, offset: bigint, whence: number): bigint | string {
    const answer = this.call('fd_seek', fd, offset, whence, result);
    return answer === 'OK' ? this.u64 : answer;
  }

  stat(directory: number, path: string, follow = true): Filestat | string {
    const answer = this.call('path_filestat_get', directory, follow ? 1 : 0, path, bufferAt);
    return answer === 'OK' ? this.#filestat() : answer;
  }

  fdStat(fd: number): Filestat | string {
    const answer = this.call('fd_filestat_get', fd, bufferAt);
    return answer === 'OK' ? this.#filestat() : answer;
  }

  /** Base and inheriting rights, type and flags of a descriptor. */
  fdstat(fd: number): { type: number; flags: number; rights: number; inheriting: number } | string {
    const answer = this.call('fd_fdstat_get', fd, bufferAt);
    if (answer !== 'OK') return answer;
    return {
      type: this.data.getUint8(bufferAt),
      flags: this.data.getUint16(bufferAt + 2, true),
      rights: Number(this.data.getBigUint64(bufferAt + 8, true)),
      inheriting: Number(this.data.getBigUint64(bufferAt + 16, true)),
    };
  }

  /** Names in a directory from a cookie on, as far as they fit `length` bytes, each with its own cookie. */
  list(
    fd: number,
    cookie = 0n,
    length = 8192,
  ): { name: string; next: bigint; inode: bigint; type: number }[] {
    const answer = this.call('fd_readdir', fd, bufferAt, length, cookie, result);
    if (answer !== 'OK') throw new Error(answer);
    const entries = [];
    for (let at = bufferAt, end = bufferAt + this.u32; at + 24 <= end;) {
      const nameLength = this.data.getUint32(at + 16, true);
      if (at + 24 + nameLength > end) break;
      entries.push({
        name: this.text(at + 24, nameLength),
        next: this.data.getBigUint64(at, true),
        inode: this.data.getBigUint64(at + 8, true),
        type: this.data.getUint8(at + 20),
      });
      at += 24 + nameLength;
    }
    return entries;
  }

  names(fd: number): string[] {
    return this.list(fd)
      .map(({ name }) => name)
      .filter((name) => name !== '.' && name !== '..');
  }

  text(pointer: number, length: number): string {
    return new TextDecoder().decode(new Uint8Array(this.memory.buffer, pointer, length).slice());
  }

  #iovec(pointer: number, length: number): void {
    this.data.setUint32(0, pointer, true);
    this.data.setUint32(4, length, true);
  }

  #filestat(): Filestat {
    const { data } = this;
    return {
      inode: Number(data.getBigUint64(bufferAt + 8, true)),
      type: data.getUint8(bufferAt + 16),
      links: Number(data.getBigUint64(bufferAt + 24, true)),
      size: Number(data.getBigUint64(bufferAt + 32, true)),
      accessedNs: data.getBigUint64(bufferAt + 40, true),
      modifiedNs: data.getBigUint64(bufferAt + 48, true),
    };
  }

  #place(value: string | Uint8Array): number[] {
    const placed = this.#placeAt(this.#next, value);
    this.#next += (placed[1] ?? 0) + 1;
    return placed;
  }

  #placeAt(pointer: number, value: string | Uint8Array): number[] {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    new Uint8Array(this.memory.buffer).set(bytes, pointer);
    return [pointer, bytes.length];
  }
}
