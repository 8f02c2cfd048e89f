// runtime-loaders/wasi/extension: clone, the fork of programs whose child runs to its end: a copy of the memory that
// lives goes into a fresh instance of the same module, in a process of its own. See `include/wasm-elements.h`.
//
//   parent   clone(from, sp, fn, arg) ── memory[from … end], descriptors, state ──▶ kernel
//   child    instantiate ── memory back in place ── __clone_entry(fn, arg, sp) ──▶ its end
//
// Must always hold: what `takeClone` writes, and nothing else, is what `restoreClone` reads.
import { Errno, isErrno } from '../../../kernel-core/abi/errno.js';
import { syscall, type CloneCall } from '../../../kernel-core/abi/syscalls.js';
import { wasmPageBytes } from '../../../kernel-core/abi/wasm-binary.js';
import { after } from '../after.js';
import type { Calls } from '../calls.js';
import type { AnyDescriptor, Descriptors, OpenDirectory } from '../descriptors.js';
import { initialDescriptor } from '../preopens.js';
import type { WasiProcess } from '../wasi-process.js';
import { inheritAll } from './processes.js';
import type { HandlerState } from './signals.js';

/** The export a copy begins at. */
export const cloneEntry = '__clone_entry';
/** One message may bring no more (`proc/flood-budget.ts` of the kernel). */
const copiedBytesMax = 48 * 1024 * 1024;

/** A descriptor, under each of its numbers. */
interface DescriptorState {
  readonly fds: readonly number[];
  readonly closedOnExec: readonly number[];
  readonly rights: number;
  readonly inheriting: number;
  readonly flags: number;
  readonly isError?: boolean;
  readonly unconnected?: boolean;
  readonly directory?: Pick<OpenDirectory, 'preopen' | 'reach' | 'special'> & {
    readonly inode: number;
    readonly path: string;
  };
}

interface CloneState {
  readonly from: number;
  /** Bytes of the whole memory. */
  readonly size: number;
  readonly entry: readonly [fn: number, arg: number, sp: number];
  readonly descriptors: readonly DescriptorState[];
  readonly handlers: HandlerState;
  readonly areas: readonly number[];
}

export function cloneExtension(process: WasiProcess): Calls {
  const { memory, context, descriptors } = process;
  return {
    clone(from: number, sp: number, fn: number, arg: number, result: number) {
      memory.setU32(result, 0);
      if (!process.canClone) throw new Errno('ENOSYS');
      const start = from >>> 0;
      const size = memory.size;
      if (start >= size || sp >>> 0 > size) throw new Errno('EFAULT');
      if (size - start > copiedBytesMax) throw new Errno('ENOMEM');
      const state: CloneState = {
        from: start,
        size,
        entry: [fn, arg, sp],
        descriptors: descriptorStates(process),
        handlers: process.handlers.state,
        areas: process.suspension?.areas ?? [],
      };
      // A directory is no open file of the kernel's: the copy opens it again.
      const pairs = state.descriptors.flatMap(({ fds: [fd] }): [number, number][] =>
        fd === undefined || descriptors.get(fd).kind === 'directory' ? [] : [[fd, fd]],
      );
      return after(inheritAll(process, pairs), (inherited) => {
        context.handles.flush();
        process.children.started();
        const call: CloneCall = {
          ...{ env: process.env, cwd: process.cwd, umask: process.umask & 0o777 },
          descriptors: inherited,
          state: JSON.stringify(state),
          ...(context.program === undefined ? { module: process.module } : {}),
        };
        // Nothing of the program has run since: its stack sleeps.
        const bytes = memory.bytes(start, size - start).slice();
        const cloned = context.syscalls.invoke(syscall.clone, [call, bytes], [bytes.buffer]);
        return after(cloned, (pid) => memory.setU32(result, pid as number));
      });
    },
  };
}

function descriptorStates({ descriptors, context }: WasiProcess): DescriptorState[] {
  const numbers = new Map<AnyDescriptor, number[]>();
  for (const [fd, descriptor] of descriptors.entries())
    numbers.set(descriptor, [...(numbers.get(descriptor) ?? []), fd]);
  return [...numbers].map(([descriptor, fds]) => {
    const { rights, inheriting, flags, kind } = descriptor;
    const closedOnExec = fds.filter((fd) => descriptors.closesOnExec(fd));
    const state = { fds, closedOnExec, rights, inheriting, flags };
    if (kind === 'file') return state;
    if (kind === 'stream') {
      const { isError, source } = descriptor;
      const unconnected = source.type === 'handle' && source.unconnected === true;
      return { ...state, isError, unconnected };
    }
    const { inode, preopen, reach, special } = descriptor;
    return {
      ...state,
      directory: {
        ...{ inode: inode.number, path: inode.links === 0 ? '' : context.view.pathOf(inode), reach },
        ...(preopen === undefined ? {} : { preopen }),
        ...(special === undefined ? {} : { special }),
      },
    };
  });
}

/** Descriptors and handlers as the parent had them. */
export function restoreClone(process: WasiProcess): CloneState | undefined {
  const { clone } = process.context;
  if (clone === undefined) return undefined;
  const state = JSON.parse(clone.state) as CloneState;
  for (const each of state.descriptors) restoreDescriptor(process, each);
  process.handlers.state = state.handlers;
  return state;
}

function restoreDescriptor(process: WasiProcess, state: DescriptorState): void {
  const { descriptors } = process;
  const [first, ...others] = state.fds;
  const descriptor = first === undefined ? undefined : copiedDescriptor(process, first, state);
  // A directory that was removed meanwhile.
  if (first === undefined || descriptor === undefined) return;
  addExactly(descriptors, first, descriptor);
  for (const fd of others) addExactly(descriptors, fd, descriptor);
  for (const fd of state.closedOnExec) descriptors.setCloseOnExec(fd, true);
}

function addExactly(descriptors: Descriptors, fd: number, descriptor: AnyDescriptor): void {
  if (!descriptors.has(fd)) descriptors.addAt(fd, descriptor);
}

function copiedDescriptor(
  process: WasiProcess,
  fd: number,
  state: DescriptorState,
): AnyDescriptor | undefined {
  const { rights, inheriting, flags, directory } = state;
  if (directory !== undefined) return copiedDirectory(process, state, directory);
  const start = process.context.descriptors.find((each) => each.fd === fd);
  if (start === undefined) return undefined;
  const descriptor = initialDescriptor(process, start);
  if (descriptor.kind !== 'stream') return Object.assign(descriptor, { rights, inheriting, flags });
  if (descriptor.source.type === 'handle' && state.unconnected === true) descriptor.source.unconnected = true;
  return { ...descriptor, rights, inheriting, flags, isError: state.isError === true };
}

function copiedDirectory(
  { context: { view } }: WasiProcess,
  { rights, inheriting, flags }: DescriptorState,
  { inode: number, path, ...directory }: NonNullable<DescriptorState['directory']>,
): OpenDirectory | undefined {
  try {
    const inode = path === '' ? view.get(number) : view.resolve(path);
    return { kind: 'directory', inode, rights, inheriting, flags, ...directory };
  } catch (error) {
    if (!isErrno(error)) throw error;
    return undefined;
  }
}

/** Puts the memory back in place; false where there is no room for it. */
export function restoreMemory(
  memory: WebAssembly.Memory,
  bytes: Uint8Array,
  { from, size }: Pick<CloneState, 'from' | 'size'>,
): boolean {
  const missing = size - memory.buffer.byteLength;
  try {
    if (missing > 0) memory.grow(Math.ceil(missing / wasmPageBytes));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  new Uint8Array(memory.buffer).set(bytes, from);
  return true;
}
