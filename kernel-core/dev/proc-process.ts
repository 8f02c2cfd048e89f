// dev: the files of /proc/<pid>, as text in the formats of Linux (proc(5)), so that `ps` and its like read them.

export type ProcessState = 'running' | 'sleeping' | 'stopped' | 'zombie';

export interface HandleFacts {
  readonly fd: number;
  /** Bits of `access`: 1 reads, 2 writes; absent: both. */
  readonly access?: number | undefined;
  /** What the link in /proc/<pid>/fd reads: a path, `pipe:[7]`, `socket:[9]`. */
  readonly target: string;
}

/** A process, as far as /proc tells of it. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly state: ProcessState;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** As it started; absent: unknown. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The program's path; absent: it is gone. */
  readonly executable?: string | undefined;
  readonly handles: readonly HandleFacts[];
  readonly memoryBytes: number;
  /** Milliseconds from the kernel's boot to the process's start. */
  readonly startedMs: number;
  /** The group in the foreground of its controlling terminal; absent without one. */
  readonly foreground?: number | undefined;
  /** File creation mask. */
  readonly umask?: number | undefined;
}

/** Clock ticks a second and bytes a page, as sysconf(3) tells programs. */
export const ticksPerSecond = 100;
export const pageBytes = 4096;

/** /dev/pts/0, as a device number (makedev(136, 0)). */
const terminalDevice = 34_816;
/** TASK_COMM_LEN without its terminating zero. */
const nameMax = 15;

const letters = { running: 'R', sleeping: 'S', stopped: 'T', zombie: 'Z' } as const;

/** /proc/<pid>/cmdline: each argument with a zero behind it; nothing of a zombie. */
export function cmdline({ argv, state }: ProcessFacts): string {
  return state === 'zombie' ? '' : argv.map((argument) => `${argument}\0`).join('');
}

/** /proc/<pid>/environ: what it started with, `NAME=value` with a zero behind each; nothing of a zombie. */
export function environ({ env = {}, state }: ProcessFacts): string {
  if (state === 'zombie') return '';
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value}\0`)
    .join('');
}

/** /proc/<pid>/statm, in pages: size, resident; the rest is not told apart. */
export function statm({ memoryBytes, state }: ProcessFacts): string {
  const pages = state === 'zombie' ? 0 : Math.ceil(memoryBytes / pageBytes);
  return `${pages} ${pages} 0 0 0 ${pages} 0\n`;
}

/** What the link /proc/<pid>/exe reads; a zombie has none. */
export function exe({ executable, state }: ProcessFacts): string | undefined {
  return state === 'zombie' ? undefined : executable;
}

/** /proc/<pid>/fdinfo/<fd>: flags as open(2) takes them, in octal. Where an open file stands is not told. */
export function fdInfo({ handles, state }: ProcessFacts, fd: string): string | undefined {
  const handle = state === 'zombie' ? undefined : handles.find((each) => String(each.fd) === fd);
  if (handle === undefined) return undefined;
  const mode = handle.access === 1 ? 0 : handle.access === 2 ? 1 : 2;
  return `pos:\t0\nflags:\t0${mode}\nmnt_id:\t1\n`;
}

/** /proc/<pid>/comm: the program's name, 15 bytes of it. */
export function comm(facts: ProcessFacts): string {
  return `${nameOf(facts)}\n`;
}

/** /proc/<pid>/stat: 52 fields in a line; the name in parentheses may hold anything, so readers look for the last `)`. */
export function stat(facts: ProcessFacts): string {
  const { pid, parent, group, session, state, foreground, memoryBytes, startedMs } = facts;
  const zeros = (count: number): string[] => Array<string>(count).fill('0');
  const bytes = state === 'zombie' ? 0 : memoryBytes;
  const fields = [
    pid,
    `(${nameOf(facts)})`,
    letters[state],
    parent,
    group,
    session,
    foreground === undefined ? 0 : terminalDevice,
    foreground ?? -1,
    ...zeros(9), // flags, faults, times: not counted
    20, // priority
    0, // nice
    1, // threads
    0,
    Math.floor((startedMs * ticksPerSecond) / 1000),
    bytes,
    Math.ceil(bytes / pageBytes),
    '18446744073709551615', // rsslim: none
    ...zeros(12), // addresses, signal sets, wchan and swap
    17, // exit_signal: SIGCHLD
    ...zeros(14),
  ];
  return `${fields.join(' ')}\n`;
}

/** /proc/<pid>/status: the same for people, one field a line. */
export function status(facts: ProcessFacts): string {
  const { pid, parent, group, session, state, handles, memoryBytes, umask = 0o022 } = facts;
  const highest = handles.reduce((max, { fd }) => Math.max(max, fd), 0);
  const memory = ['VmPeak', 'VmSize', 'VmHWM', 'VmRSS'].map(
    (name) => [name, kilobytes(memoryBytes)] as const,
  );
  const fields: (readonly [string, string | number])[] = [
    ['Name', nameOf(facts).replaceAll('\\', '\\\\').replaceAll('\n', '\\n')],
    ['Umask', umask.toString(8).padStart(4, '0')],
    ['State', `${letters[state]} (${state})`],
    ['Tgid', pid],
    ['Ngid', 0],
    ['Pid', pid],
    ['PPid', parent],
    ['TracerPid', 0],
    ['Uid', '1000\t1000\t1000\t1000'],
    ['Gid', '1000\t1000\t1000\t1000'],
    ['FDSize', Math.max(64, 2 ** Math.ceil(Math.log2(highest + 1)))],
    ['Groups', '1000 '],
    ['NStgid', pid],
    ['NSpid', pid],
    ['NSpgid', group],
    ['NSsid', session],
    ...(state === 'zombie' ? [] : memory),
    ['Threads', 1],
  ];
  return fields.map(([name, value]) => `${name}:\t${value}\n`).join('');
}

/** The links in /proc/<pid>/fd, by number; none of a zombie. */
export function fdLinks({ handles, state }: ProcessFacts): { name: string; target: string }[] {
  if (state === 'zombie') return [];
  return [...handles]
    .sort((one, other) => one.fd - other.fd)
    .map(({ fd, target }) => ({ name: String(fd), target }));
}

function kilobytes(bytes: number): string {
  return `${String(Math.ceil(bytes / 1024)).padStart(8)} kB`;
}

/** The last part of argv[0], cut between characters. */
function nameOf({ argv }: ProcessFacts): string {
  const command = argv[0] ?? '';
  const last = command.slice(command.lastIndexOf('/') + 1);
  let name = '';
  let bytes = 0;
  for (const character of last) {
    bytes += utf8Length(character.codePointAt(0) ?? 0);
    if (bytes > nameMax) break;
    name += character;
  }
  return name;
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
