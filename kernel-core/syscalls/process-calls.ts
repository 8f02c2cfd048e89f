// syscalls: processes, their families and signals.
import { Errno } from '../abi/errno.js';
import { signalName } from '../abi/signals.js';
import { dispositions, syscall, type CloneCall, type SpawnCall } from '../abi/syscalls.js';
import type { Process } from '../proc/process.js';
import type { ProcessTable } from '../proc/process-table.js';
import { count, integer, text } from './check.js';
import { checkCloneCall, checkMemory, checkSpawnCall } from './spawn-call.js';
import type { SyscallTable } from './table.js';

export interface ProcessHost {
  readonly processes: ProcessTable;
  /** Starts a child; resolves with its pid. */
  spawnChild(parent: Process, call: SpawnCall): Promise<number>;
  /** A process is in another group than before. */
  joined(process: Process): void;
  /** Puts another program in a process's place. */
  execute(process: Process, call: SpawnCall): Promise<void>;
  /** Starts a copy of a process on this memory; resolves with its pid. */
  cloneChild(parent: Process, call: CloneCall, memory: Uint8Array<ArrayBuffer>): Promise<number>;
  /** The page hears the answer and asks for the next thing to do: a request's bytes. */
  nextRequest(process: Process, answer: Uint8Array): Promise<Uint8Array>;
  /** The page asks the reader. */
  ask(process: Process, kind: number, text: string): Promise<Uint8Array>;
}

/** Of an answer to the page: a code and a sentence. */
const answerBytesMax = 64 * 1024;

export const processCalls = (host: ProcessHost): SyscallTable => ({
  [syscall.spawn]: (process, [call]) => host.spawnChild(process, checkSpawnCall(call)),

  [syscall.execute]: async (process, [call]) => {
    await host.execute(process, checkSpawnCall(call));
    return 0;
  },

  [syscall.clone]: (process, [call, memory]) =>
    host.cloneChild(process, checkCloneCall(call), checkMemory(memory, process.memoryBytes)),

  [syscall.wait]: (process, [pid, options]) =>
    host.processes.wait(process, integer(pid), count(options), process),

  [syscall.kill]: (process, [pid, signal]) => kill(host.processes, process, integer(pid), count(signal)),

  [syscall.disposition]: (process, [signal, disposition]) => {
    const wanted = count(disposition);
    if (signalName(count(signal)) === undefined || wanted > dispositions.catch) throw new Errno('EINVAL');
    if (!process.actions.set(count(signal), wanted)) throw new Errno('EINVAL');
    return 0;
  },

  [syscall.setGroup]: (process, [pid, group]) => {
    const whom = integer(pid) === 0 ? process : host.processes.get(integer(pid));
    const isOwn = whom === process || (whom !== undefined && host.processes.parentOf(whom) === process.pid);
    if (whom === undefined || !isOwn) throw new Errno('ESRCH');
    const wanted = count(group) === 0 ? whom.pid : count(group);
    if (whom.session !== process.session || whom.session === whom.pid) throw new Errno('EPERM');
    if (wanted !== whom.pid && host.processes.sessionOfGroup(wanted) !== process.session)
      throw new Errno('EPERM');
    if (wanted === whom.group) return 0;
    whom.group = wanted;
    host.joined(whom);
    return 0;
  },

  [syscall.identity]: (process, [pid]) => {
    const whom = integer(pid) === 0 ? process : host.processes.get(integer(pid));
    if (whom === undefined) throw new Errno('ESRCH');
    return [whom.pid, host.processes.parentOf(whom), whom.group, whom.session];
  },

  [syscall.newSession]: (process) => {
    if (host.processes.sessionOfGroup(process.pid) !== undefined) throw new Errno('EPERM');
    process.session = process.pid;
    process.group = process.pid;
    return process.session;
  },

  // What there is to be asked, the page knows.
  [syscall.ask]: (process, [kind, what]) => process.bring(host.ask(process, count(kind), text(what))),

  [syscall.nextRequest]: (process, [answer]) => {
    if (!(answer instanceof Uint8Array) || answer.length > answerBytesMax) throw new Errno('EINVAL');
    return host.nextRequest(process, answer.slice());
  },

  [syscall.interrupt]: (process) => {
    process.interrupt();
    return 0;
  },

  [syscall.alarm]: (process, [ms, intervalMs]) => process.alarm.set(count(ms), count(intervalMs)),
});

/** kill(2). Signal 0 asks only whether there is anybody. */
function kill(processes: ProcessTable, caller: Process, pid: number, signal: number): number {
  if (signal !== 0 && signalName(signal) === undefined) throw new Errno('EINVAL');
  const targets = targetsOf(processes, caller, pid);
  if (targets.length === 0) throw new Errno('ESRCH');
  if (signal === 0) return 0;
  // Its own signal last: what comes after may not happen any more.
  for (const target of targets) if (target !== caller) target.signal(signal);
  if (targets.includes(caller)) caller.signal(signal);
  return 0;
}

function targetsOf(processes: ProcessTable, caller: Process, pid: number): Process[] {
  if (pid > 0) {
    const target = processes.get(pid);
    return target === undefined ? [] : [target];
  }
  if (pid === -1) return processes.all.filter((each) => each !== caller && each.state !== 'zombie');
  return processes.group(pid === 0 ? caller.group : -pid);
}
