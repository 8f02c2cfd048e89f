// dev: what lies under /dev and /proc. None of it is in the tree: it is made when it is looked at.
import { Errno } from '../abi/errno.js';
import { readiness, type OpenFile } from '../file/open-file.js';
import { deviceNames, openDevice, type DeviceDependencies } from './devices.js';
import {
  cmdline,
  comm,
  environ,
  exe,
  fdInfo,
  fdLinks,
  stat,
  statm,
  status,
  type ProcessFacts,
} from './proc-process.js';
import {
  cpuinfo,
  loadavg,
  meminfo,
  mounts,
  systemStat,
  uptime,
  version,
  type SystemFacts,
} from './proc-system.js';

/** What is told of the sandbox to one of its processes. */
export interface SpecialFacts {
  /** Whoever looks. */
  readonly self: number;
  readonly processes: readonly ProcessFacts[];
  readonly system: SystemFacts;
  readonly devices: DeviceDependencies;
}

export type SpecialFile =
  | { readonly type: 'file'; readonly text: string }
  | { readonly type: 'directory'; readonly entries: readonly string[] }
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'device'; readonly name: string };

const deviceLinks: Readonly<Record<string, string>> = {
  fd: '/proc/self/fd',
  stdin: '/proc/self/fd/0',
  stdout: '/proc/self/fd/1',
  stderr: '/proc/self/fd/2',
};

/** Looks at an absolute, normalized path under /dev or /proc, without following a link at its end. ENOENT. */
export function lookSpecial(path: string, facts: SpecialFacts): SpecialFile {
  const [, root, ...names] = path.split('/');
  const found = root === 'dev' ? lookDevice(names) : root === 'proc' ? lookProc(names, facts) : undefined;
  if (found === undefined) throw new Errno('ENOENT', path);
  return found;
}

/** Opens one, following links. ENOENT, EISDIR. */
export function openSpecial(path: string, facts: SpecialFacts): OpenFile {
  const found = lookSpecial(path, facts);
  switch (found.type) {
    case 'device':
      return openDevice(found.name, facts.devices);
    case 'file':
      return new Text(found.text);
    case 'directory':
      throw new Errno('EISDIR', path);
    case 'symlink':
      // Links into the tree and to open files are followed by the process, which has both.
      throw new Errno('ELOOP', path);
  }
}

function lookDevice(names: readonly string[]): SpecialFile | undefined {
  const [name] = names;
  if (name === undefined)
    return { type: 'directory', entries: [...deviceNames, ...Object.keys(deviceLinks)] };
  if (names.length > 1) return undefined;
  const target = Object.hasOwn(deviceLinks, name) ? deviceLinks[name] : undefined;
  if (target !== undefined) return { type: 'symlink', target };
  return (deviceNames as readonly string[]).includes(name) ? { type: 'device', name } : undefined;
}

const systemFiles: Readonly<Record<string, (facts: SpecialFacts) => string>> = {
  cpuinfo: ({ system }) => cpuinfo(system),
  loadavg: ({ processes }) => loadavg(processes),
  meminfo: ({ system }) => meminfo(system),
  mounts: ({ system }) => mounts(system),
  stat: ({ system, processes }) => systemStat(system, processes),
  uptime: ({ system }) => uptime(system),
  version: ({ system }) => version(system),
};

const processFiles: Readonly<Record<string, (facts: ProcessFacts) => string>> = {
  cmdline,
  comm,
  environ,
  stat,
  statm,
  status,
};

function lookProc(names: readonly string[], facts: SpecialFacts): SpecialFile | undefined {
  const [first, ...rest] = names;
  if (first === undefined) {
    const pids = facts.processes.map(({ pid }) => String(pid));
    return { type: 'directory', entries: [...pids, 'self', ...Object.keys(systemFiles)] };
  }
  if (first === 'self') {
    if (rest.length === 0) return { type: 'symlink', target: String(facts.self) };
    return lookProc([String(facts.self), ...rest], facts);
  }
  const make = Object.hasOwn(systemFiles, first) ? systemFiles[first] : undefined;
  if (make !== undefined) return rest.length === 0 ? { type: 'file', text: make(facts) } : undefined;
  const process = facts.processes.find(({ pid }) => String(pid) === first);
  return process === undefined ? undefined : lookProcess(process, rest);
}

function lookProcess(process: ProcessFacts, names: readonly string[]): SpecialFile | undefined {
  const [name, fd, ...more] = names;
  if (name === undefined) {
    const links = ['cwd', ...(exe(process) === undefined ? [] : ['exe'])];
    return { type: 'directory', entries: [...Object.keys(processFiles), ...links, 'fd', 'fdinfo'] };
  }
  if (name === 'fd' && more.length === 0) {
    const links = fdLinks(process);
    if (fd === undefined) return { type: 'directory', entries: links.map((link) => link.name) };
    const link = links.find((each) => each.name === fd);
    return link === undefined ? undefined : { type: 'symlink', target: link.target };
  }
  if (name === 'fdinfo' && more.length === 0) {
    if (fd === undefined) return { type: 'directory', entries: fdLinks(process).map((link) => link.name) };
    const text = fdInfo(process, fd);
    return text === undefined ? undefined : { type: 'file', text };
  }
  if (fd !== undefined) return undefined;
  if (name === 'cwd') return { type: 'symlink', target: process.cwd };
  const program = name === 'exe' ? exe(process) : undefined;
  if (program !== undefined) return { type: 'symlink', target: program };
  const make = Object.hasOwn(processFiles, name) ? processFiles[name] : undefined;
  return make === undefined ? undefined : { type: 'file', text: make(process) };
}

/** What a file under /proc said when it was opened. */
class Text implements OpenFile {
  readonly kind = 'device';
  readonly ready = readiness.read;
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(text: string) {
    this.#bytes = new TextEncoder().encode(text);
  }

  read(max: number): Uint8Array {
    const bytes = this.#bytes.slice(this.#position, this.#position + max);
    this.#position += bytes.length;
    return bytes;
  }

  write(): never {
    throw new Errno('EBADF');
  }

  seek(offset: number, whence: number): number {
    const base = [0, this.#position, this.#bytes.length][whence];
    const position = base === undefined ? NaN : base + offset;
    if (!Number.isSafeInteger(position) || position < 0) throw new Errno('EINVAL');
    this.#position = position;
    return position;
  }

  watch(): () => void {
    return () => undefined;
  }

  close(): void {
    // It holds nothing but text.
  }
}
