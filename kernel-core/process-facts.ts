// kernel: what /proc tells of a sandbox, taken from its processes and its tree.
import type { HandleFacts, ProcessFacts } from './dev/proc-process.js';
import type { Process } from './proc/process.js';

const states = {
  starting: 'running',
  running: 'running',
  stopped: 'stopped',
  draining: 'zombie',
  zombie: 'zombie',
} as const;

export function processFacts(process: Process, parent: number, foreground: number | undefined): ProcessFacts {
  const waits = process.state === 'running' && process.isWaiting;
  return {
    pid: process.pid,
    parent,
    group: process.group,
    session: process.session,
    state: waits ? 'sleeping' : states[process.state],
    argv: process.argv,
    cwd: process.cwd,
    handles: [...process.handles.entries()].map(([fd, { kind, inode }]): HandleFacts => ({
      fd,
      target: `${kind}:[${inode ?? fd}]`,
    })),
    memoryBytes: process.memoryBytes,
    startedMs: process.startedMs,
    foreground,
  };
}
