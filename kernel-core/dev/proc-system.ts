// dev: the files of /proc about the whole sandbox, as text in the formats of Linux (proc(5)).
import { ticksPerSecond, type ProcessFacts } from './proc-process.js';

export interface MountFacts {
  readonly source: string;
  readonly target: string;
  /** `tmpfs`, `proc`, … */
  readonly type: string;
  readonly readOnly: boolean;
}

/** The sandbox, as far as /proc tells of it. */
export interface SystemFacts {
  /** Milliseconds since the kernel's boot. */
  readonly uptimeMs: number;
  /** Its boot, in milliseconds since 1970. */
  readonly bootedMs: number;
  /** What its processes and files may take. */
  readonly memoryLimitBytes: number;
  readonly memoryUsedBytes: number;
  /** Of what is used, bytes of files. */
  readonly fileBytes: number;
  readonly processors: number;
  readonly mounts: readonly MountFacts[];
  /** Of the kernel: `0.1.0`. */
  readonly release: string;
}

/** /proc/meminfo. */
export function meminfo({ memoryLimitBytes, memoryUsedBytes, fileBytes }: SystemFacts): string {
  const free = Math.max(0, memoryLimitBytes - memoryUsedBytes);
  const fields: [string, number][] = [
    ['MemTotal', memoryLimitBytes],
    ['MemFree', free],
    ['MemAvailable', free],
    ['Buffers', 0],
    ['Cached', fileBytes],
    ['SwapCached', 0],
    ['Active', memoryUsedBytes],
    ['Inactive', 0],
    ['SwapTotal', 0],
    ['SwapFree', 0],
    ['Shmem', fileBytes],
  ];
  return fields
    .map(([name, bytes]) => `${`${name}:`.padEnd(16)}${String(Math.floor(bytes / 1024)).padStart(8)} kB\n`)
    .join('');
}

/** /proc/uptime: seconds since boot, and seconds the processors were idle, which nobody counts. */
export function uptime({ uptimeMs }: SystemFacts): string {
  return `${(uptimeMs / 1000).toFixed(2)} 0.00\n`;
}

/** /proc/version. It says what it is: a program that asks for Linux by name should not find it. */
export function version({ release }: SystemFacts): string {
  return `wasm-elements version ${release} (WebAssembly)\n`;
}

/** /proc/loadavg. There is no average, only what runs at this moment. */
export function loadavg(processes: readonly ProcessFacts[]): string {
  const running = countRunning(processes);
  const load = running.toFixed(2);
  const last = processes.reduce((max, { pid }) => Math.max(max, pid), 0);
  return `${load} ${load} ${load} ${running}/${processes.length} ${last}\n`;
}

/** /proc/cpuinfo. */
export function cpuinfo({ processors }: SystemFacts): string {
  const blocks = Array.from({ length: Math.max(1, processors) }, (_, index) =>
    [
      ['processor\t', String(index)],
      ['vendor_id\t', 'WebAssembly'],
      ['model name\t', 'WebAssembly'],
      ['cpu cores\t', String(Math.max(1, processors))],
      ['flags\t\t', 'wasm32'],
    ]
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(''),
  );
  return `${blocks.join('\n')}\n`;
}

/** /proc/stat: what programs look for there, the number of processors, boot and processes. */
export function systemStat(
  { processors, bootedMs, uptimeMs }: SystemFacts,
  processes: readonly ProcessFacts[],
): string {
  const idle = Math.floor((uptimeMs * ticksPerSecond) / 1000);
  const count = Math.max(1, processors);
  const times = (ticks: number): string => `0 0 0 ${ticks} 0 0 0 0 0 0`;
  const lines = [
    `cpu  ${times(idle * count)}`,
    ...Array.from({ length: count }, (_, index) => `cpu${index} ${times(idle)}`),
    'intr 0',
    'ctxt 0',
    `btime ${Math.floor(bootedMs / 1000)}`,
    `processes ${processes.length}`,
    `procs_running ${countRunning(processes)}`,
    'procs_blocked 0',
  ];
  return `${lines.join('\n')}\n`;
}

/** /proc/mounts: in the format of fstab(5), with octal escapes for what would end a field. */
export function mounts({ mounts: all }: SystemFacts): string {
  return all
    .map(({ source, target, type, readOnly }) =>
      [source, target, type]
        .map(escaped)
        .concat(`${readOnly ? 'ro' : 'rw'},relatime`, '0', '0')
        .join(' '),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function countRunning(processes: readonly ProcessFacts[]): number {
  return processes.filter(({ state }) => state === 'running').length;
}

function escaped(field: string): string {
  return field.replace(
    /[ \t\n\\#]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}
