// syscalls: the argument of `spawn`, checked: it comes from an attacker.
import { Errno } from '../abi/errno.js';
import { signalName } from '../abi/signals.js';
import type { SpawnCall, SpawnDescriptor } from '../abi/syscalls.js';
import { count, integer, list, record, text } from './check.js';

/** As ARG_MAX: words and environment together, characters. */
const argumentsMax = 2 * 1024 * 1024;
const wordsMax = 65_536;
const descriptorsMax = 1024;

export function checkSpawnCall(value: unknown): SpawnCall {
  const call = record(value);
  const { command, search, cwd, umask, group, newSession, ignored } = call;
  const argv = list(call['argv'], wordsMax).map((word) => text(word, argumentsMax));
  const env = Object.entries(record(call['env']));
  let length = argv.reduce((sum, word) => sum + word.length + 1, 0);
  for (const [name, word] of env) length += name.length + text(word, argumentsMax).length + 2;
  if (length > argumentsMax || env.length > wordsMax) throw new Errno('E2BIG');
  return {
    command: text(command),
    search: search === true,
    argv,
    env: Object.fromEntries(env) as Record<string, string>,
    cwd: text(cwd),
    umask: count(umask) & 0o777,
    descriptors: list(call['descriptors'], descriptorsMax).map(descriptor),
    ...(group === undefined ? {} : { group: integer(group) }),
    ...(newSession === true ? { newSession } : {}),
    ...(ignored === undefined ? {} : { ignored: list(ignored, 64).map(signal) }),
  };
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
