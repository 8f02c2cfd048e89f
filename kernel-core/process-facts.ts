// kernel: what /proc tells of a sandbox, taken from its processes and its tree.
import type { HandleFacts, ProcessFacts } from './dev/proc-process.js';
import type { SpecialFacts } from './dev/special-files.js';
import type { Process } from './proc/process.js';
import type { ProcessTable } from './proc/process-table.js';
import type { Tty } from './tty/tty.js';

/** What /proc/version says. */
const kernelRelease = '0.1.0';

const states = {
  starting: 'running',
  running: 'running',
  stopped: 'stopped',
  draining: 'zombie',
  zombie: 'zombie',
  replaced: 'zombie',
} as const;

function processFacts(process: Process, parent: number, foreground: number | undefined): ProcessFacts {
  const waits = process.state === 'running' && process.isWaiting;
  return {
    pid: process.pid,
    parent,
    group: process.group,
    session: process.session,
    state: waits ? 'sleeping' : states[process.state],
    argv: process.argv,
    cwd: process.cwd,
    env: process.env,
    executable: process.executable,
    handles: [...process.handles.entries()].map(([fd, { kind, inode, access }]): HandleFacts => ({
      fd,
      access,
      target: `${kind}:[${inode ?? fd}]`,
    })),
    memoryBytes: process.memoryBytes,
    startedMs: process.startedMs,
    foreground,
  };
}

/** What one of its processes is told of a sandbox. */
export function sandboxFacts(sandbox: {
  readonly self: Process;
  readonly processes: ProcessTable;
  /** By session. */
  readonly terminals: ReadonlyMap<number, Tty>;
  readonly fileBytes: number;
  readonly memoryLimitBytes: number;
}): SpecialFacts {
  const { self, processes, terminals, fileBytes, memoryLimitBytes } = sandbox;
  const used = processes.all.reduce((sum, process) => sum + process.memoryBytes, 0);
  return {
    self: self.pid,
    processes: processes.all.map((process) =>
      processFacts(process, processes.parentOf(process), terminals.get(process.session)?.jobs.foreground),
    ),
    system: {
      uptimeMs: performance.now(),
      bootedMs: performance.timeOrigin,
      memoryLimitBytes,
      memoryUsedBytes: used + fileBytes,
      fileBytes,
      processors: navigator.hardwareConcurrency,
      mounts: [
        { source: 'sandbox', target: '/', type: 'tmpfs', readOnly: false },
        { source: 'proc', target: '/proc', type: 'proc', readOnly: true },
        { source: 'dev', target: '/dev', type: 'devtmpfs', readOnly: true },
      ],
      release: kernelRelease,
    },
    devices: {
      random: (bytes) => crypto.getRandomValues(bytes),
      tty: terminals.get(self.session),
    },
  };
}
