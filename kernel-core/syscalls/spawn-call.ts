// syscalls: the argument of `spawn`, checked: it comes from an attacker.
import { Errno } from '../abi/errno.js';
import { signalName } from '../abi/signals.js';
import type { CloneCall, SpawnCall, SpawnDescriptor } from '../abi/syscalls.js';
import { count, integer, list, record, text } from './check.js';

/** As ARG_MAX: words and environment together, characters. */
const argumentsMax = 2 * 1024 * 1024;
const wordsMax = 65_536;
const descriptorsMax = 1024;
/** What a loader may tell the loader of a copy. */
const stateMax = 1024 * 1024;

export function checkSpawnCall(value: unknown): SpawnCall {
  const call = record(value);
  const { command, search, cwd, umask, group, newSession, ignored, restored, blocked } = call;
  const argv = list(call['argv'], wordsMax).map((word) => text(word, argumentsMax));
  const env = environment(
    call['env'],
    argv.reduce((sum, word) => sum + word.length + 1, 0),
  );
  return {
    command: text(command),
    search: search === true,
    argv,
    env,
    cwd: text(cwd),
    umask: count(umask) & 0o777,
    descriptors: list(call['descriptors'], descriptorsMax).map(descriptor),
    ...(group === undefined ? {} : { group: integer(group) }),
    ...(newSession === true ? { newSession } : {}),
    ...(ignored === undefined ? {} : { ignored: list(ignored, 64).map(signal) }),
    ...(restored === undefined ? {} : { restored: list(restored, 64).map(signal) }),
    ...(blocked === undefined ? {} : { blocked: list(blocked, 64).map(signal) }),
  };
}

export function checkCloneCall(value: unknown): CloneCall {
  const { env, cwd, umask, descriptors, state, module } = record(value);
  return {
    env: environment(env, 0),
    cwd: text(cwd),
    umask: count(umask) & 0o777,
    descriptors: list(descriptors, descriptorsMax).map(descriptor),
    state: text(state, stateMax),
    ...(module instanceof WebAssembly.Module ? { module } : {}),
  };
}

/** Memory of a process, its own buffer and not larger than allowed. Throws ENOMEM. */
export function checkMemory(value: unknown, bytesMax: number): Uint8Array<ArrayBuffer> {
  if (!(value instanceof Uint8Array && value.buffer instanceof ArrayBuffer)) throw new Errno('EFAULT');
  if (value.byteLength > bytesMax) throw new Errno('ENOMEM');
  const bytes = value as Uint8Array<ArrayBuffer>;
  // A view would be posted with its whole buffer.
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

/** NAME → value. Throws E2BIG where it and `before` characters of words are too many. */
function environment(value: unknown, before: number): Readonly<Record<string, string>> {
  const env = Object.entries(record(value));
  let length = before;
  for (const [name, word] of env) length += name.length + text(word, argumentsMax).length + 2;
  if (length > argumentsMax || env.length > wordsMax) throw new Errno('E2BIG');
  return Object.fromEntries(env) as Record<string, string>;
}

function descriptor(value: unknown): SpawnDescriptor {
  const { fd, handle, bytes } = record(value);
  if (handle !== undefined) return { fd: count(fd), handle: count(handle) };
  // Shared memory could change, and a view would bring its whole buffer.
  if (bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer)
    return { fd: count(fd), bytes: bytes.slice() };
  return { fd: count(fd), null: true };
}

function signal(value: unknown): number {
  const number = count(value);
  if (signalName(number) === undefined) throw new Errno('EINVAL');
  return number;
}
