// runtime-loaders/wasi/extension: spawning, waiting, families, signals sent. See `include/wasm-elements.h`.
import { Errno } from '../../../kernel-core/abi/errno.js';
import {
  access,
  readWords,
  syscall,
  type SpawnCall,
  type SpawnDescriptor,
} from '../../../kernel-core/abi/syscalls.js';
import type { Calls } from '../calls.js';
import { after } from '../after.js';
import { fdFlags, handleOf, type AnyDescriptor, type OpenFile } from '../descriptors.js';
import { rights } from '../rights.js';
import type { WasiProcess } from '../wasi-process.js';

/** Flags of `spawn`. */
const flags = {
  search: 1,
  newSession: 2,
  setGroup: 4,
  environment: 8,
  directory: 16,
  descriptors: 32,
} as const;
/** Offsets of `struct we_spawn`, in bytes. */
const fields = {
  ...{ path: 0, pathLength: 4, args: 8, argsLength: 12, env: 16, envLength: 20, cwd: 24, cwdLength: 28 },
  ...{ fds: 32, fdCount: 36, flags: 40, group: 44 },
} as const;
const umaskOfChildren = 0o777;

export function processExtension(process: WasiProcess): Calls {
  const { memory, context } = process;
  const { syscalls } = context;

  /** Words separated by NUL, as they lie in memory. */
  const words = (pointer: number, length: number): string[] => {
    const text = memory.text(pointer, length);
    if (text === '') return [];
    return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0');
  };

  const request = (
    at: number,
  ): { call: Omit<SpawnCall, 'descriptors'>; pairs: [number, number][] | undefined } => {
    const field = (name: keyof typeof fields): number => memory.u32((at >>> 0) + fields[name]);
    const given = field('flags');
    const has = (flag: number): boolean => (given & flag) !== 0;
    const env = has(flags.environment)
      ? Object.fromEntries(words(field('env'), field('envLength')).map(splitVariable))
      : process.env;
    return {
      call: {
        command: memory.path(field('path'), field('pathLength')),
        search: has(flags.search),
        argv: words(field('args'), field('argsLength')),
        env,
        cwd: has(flags.directory)
          ? process.absolute(memory.path(field('cwd'), field('cwdLength')))
          : process.cwd,
        umask: process.umask & umaskOfChildren,
        ...(has(flags.setGroup) ? { group: field('group') | 0 } : {}),
        ...(has(flags.newSession) ? { newSession: true } : {}),
      },
      pairs: has(flags.descriptors)
        ? Array.from({ length: field('fdCount') }, (_, index) => {
            const pair = field('fds') + index * 8;
            return [memory.u32(pair), memory.u32(pair + 4)];
          })
        : undefined,
    };
  };

  /** What another program gets where it is not said: every descriptor that is not closed on exec. */
  const kept = (): [number, number][] =>
    [...process.descriptors.entries()]
      .filter(([fd]) => !process.descriptors.closesOnExec(fd))
      .map(([fd]) => [fd, fd]);

  const wait = (pid: number, options: number, status: number, result: number): void | Promise<void> => {
    memory.setU32(status, 0);
    memory.setU32(result, 0);
    return after(process.children.wait(pid, options), (waited) => {
      memory.setU32(status, waited.status);
      memory.setU32(result, waited.pid);
    });
  };

  return {
    spawn(at: number, result: number) {
      memory.setU32(result, 0);
      const { call, pairs } = request(at);
      return after(inheritAll(process, pairs ?? kept()), (descriptors) => {
        context.handles.flush();
        process.children.started();
        const spawned = syscalls.invoke(syscall.spawn, [{ ...call, descriptors } satisfies SpawnCall]);
        return after(spawned, (pid) => memory.setU32(result, pid as number));
      });
    },

    execute(at: number) {
      const { call, pairs } = request(at);
      return after(inheritAll(process, pairs ?? kept()), (descriptors) => {
        context.handles.flush();
        const executed = syscalls.invoke(syscall.execute, [{ ...call, descriptors } satisfies SpawnCall]);
        // Not reached: the other program runs by now, and this worker is ended.
        return after(executed, () => process.exit({ code: 0 }));
      });
    },

    wait,
    await: wait,

    kill: (pid: number, signal: number) => after(syscalls.invoke(syscall.kill, [pid, signal]), ignored),

    identity(pid: number, result: number) {
      memory.bytes(result, 16);
      return after(syscalls.invoke(syscall.identity, [pid]), (answer) => {
        for (const [index, word] of readWords(answer as Uint8Array).entries())
          memory.setU32((result >>> 0) + index * 4, word);
      });
    },

    pid: (result: number) => memory.setU32(result, context.pid),

    set_group: (pid: number, group: number) =>
      after(syscalls.invoke(syscall.setGroup, [pid, group]), ignored),

    new_session(result: number) {
      memory.setU32(result, 0);
      return after(syscalls.invoke(syscall.newSession, []), (session) =>
        memory.setU32(result, session as number),
      );
    },

    alarm(ms: number, intervalMs: number, result: number) {
      memory.setU32(result, 0);
      return after(syscalls.invoke(syscall.alarm, [ms >>> 0, intervalMs >>> 0]), (left) =>
        memory.setU32(result, left as number),
      );
    },
  };
}

/** What a child gets for pairs of its descriptor and ours, one after the other. */
export function inheritAll(
  process: WasiProcess,
  pairs: readonly (readonly [fd: number, from: number])[],
  done: readonly SpawnDescriptor[] = [],
): readonly SpawnDescriptor[] | Promise<readonly SpawnDescriptor[]> {
  const [first, ...rest] = pairs;
  if (first === undefined) return done;
  const [fd, from] = first;
  return after(inherit(process, fd, process.descriptors.get(from)), (inherited) =>
    inheritAll(process, rest, inherited === undefined ? done : [...done, inherited]),
  );
}

/** Directories are not passed on; a child has its own. */
function inherit(
  process: WasiProcess,
  fd: number,
  descriptor: AnyDescriptor,
): SpawnDescriptor | undefined | Promise<SpawnDescriptor | undefined> {
  if (descriptor.kind === 'directory') return undefined;
  if (descriptor.kind === 'file') return after(share(process, descriptor), (handle) => ({ fd, handle }));
  const { source } = descriptor;
  if (source.type === 'given') return { fd, bytes: source.bytes.slice(source.position) };
  const handle = handleOf(descriptor);
  if (handle === undefined) return { fd, null: true };
  process.context.handles.giveBack(handle);
  return { fd, handle };
}

/** From the moment a file is inherited, its offset is the kernel's. */
function share({ context }: WasiProcess, file: OpenFile): number | Promise<number> {
  if (file.handle !== undefined) return file.handle;
  const bits =
    ((file.rights & rights.fdRead) === 0 ? 0 : access.read) |
    ((file.rights & rights.fdWrite) === 0 ? 0 : access.write);
  const append = (file.flags & fdFlags.append) === 0 ? 0 : 1;
  const shared = context.syscalls.invoke(syscall.share, [file.inode.number, file.position, bits, append]);
  return after(shared, (handle) => (file.handle = handle as number));
}

function splitVariable(word: string): [string, string] {
  const equals = word.indexOf('=');
  if (equals <= 0) throw new Errno('EINVAL');
  return [word.slice(0, equals), word.slice(equals + 1)];
}

const ignored = (): void => undefined;
