// runtime-loaders/wasi: paths under /dev and /proc, which are in no tree. The kernel makes what is there; a
// program's own descriptors (/dev/fd, /proc/self/fd) are known here only.
import { Errno } from '../../kernel-core/abi/errno.js';
import { normalize } from '../../kernel-core/abi/path.js';
import { syscall } from '../../kernel-core/abi/syscalls.js';
import type { ProcessContext } from '../runtime.js';
import { CannotBlock } from '../stdio.js';
import type { OpenDirectory, Stream } from './descriptors.js';
import { fileTypes } from './file-types.js';
import { writeFilestat, writeStreamFilestat, writeTypeFilestat } from './filestat.js';
import type { Layout } from './layout.js';
import { allRights, directoryRights, inputRights, outputRights } from './rights.js';
import type { WasiProcess } from './wasi-process.js';

/** As the kernel tells of it (`kernel-core/dev/special-files.ts`). */
export type SpecialFile =
  | { readonly type: 'file'; readonly text: string }
  | { readonly type: 'directory'; readonly entries: readonly string[] }
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'device'; readonly name: string };

const beneath = /^(?:\.?\/+)*(?:dev|proc)(?:\/|$)/;
const linksMax = 8;

/** The absolute path, where a path leads under /dev or /proc; undefined where the tree has what it names. */
export function specialPath(
  { context }: WasiProcess,
  directory: OpenDirectory,
  path: string,
): string | undefined {
  const found = specialPlace(context, directory, path);
  // Where nothing can wait, the kernel cannot be asked.
  if (found !== undefined && found !== nullPath && context.transport === 'local') throw new CannotBlock();
  return found;
}

function specialPlace(context: ProcessContext, directory: OpenDirectory, path: string): string | undefined {
  if (directory.special !== undefined) return under(normalize(path, directory.special));
  if (directory.reach === 'inside' || !beneath.test(path)) return undefined;
  const { view } = context;
  const isOwn = (name: string): boolean =>
    directory.inode !== view.root && view.lookup(directory.inode, name) !== undefined;
  const absolute = normalize(path);
  // wasi-libc takes the slash of /dev/null away; a folder of that name in the working directory goes first.
  if (!path.startsWith('/') && isOwn(absolute.split('/')[1] ?? '')) return undefined;
  return under(absolute);
}

const under = (path: string): string | undefined => (/^\/(?:dev|proc)(?:\/|$)/.test(path) ? path : undefined);

/** What is there, a link at the end not followed. Rejects with ENOENT. */
export async function lookAt(process: WasiProcess, path: string): Promise<SpecialFile> {
  const answer = await process.context.syscalls.invoke(syscall.lookSpecial, [path]);
  return JSON.parse(new TextDecoder().decode(answer as Uint8Array)) as SpecialFile;
}

/** The end of a chain of links: a place under /dev or /proc, a path in the tree, or one of the descriptors. */
export async function followLinks(
  process: WasiProcess,
  path: string,
): Promise<
  | { readonly path: string; readonly file: SpecialFile }
  | { readonly tree: string }
  | { readonly descriptor: number }
> {
  let at = path;
  for (let links = 0; links < linksMax; links += 1) {
    const own = ownDescriptor(process, at);
    if (own !== undefined) return { descriptor: own };
    const file = await lookAt(process, at);
    if (file.type !== 'symlink') return { path: at, file };
    at = normalize(file.target, normalize(`${at}/..`));
    if (under(at) === undefined) return { tree: at };
  }
  throw new Errno('ELOOP', path);
}

/** Opens what is there. Resolves with a descriptor, or the path in the tree that a link leads to. */
export async function openSpecial(
  process: WasiProcess,
  path: string,
  wanted: number,
): Promise<{ readonly fd: number } | { readonly tree: string }> {
  const { context, descriptors } = process;
  const end = await followLinks(process, path);
  if ('tree' in end) return end;
  if ('descriptor' in end) return { fd: descriptors.duplicate(end.descriptor, 0) };
  const { file } = end;
  const common = { inheriting: 0, flags: 0 };
  if (file.type === 'directory') {
    const listing = ['.', '..', ...file.entries].map((name) => ({
      name,
      inode: 1,
      type: fileTypes.unknown,
    }));
    const directory: OpenDirectory = {
      ...common,
      ...{ kind: 'directory', inode: context.view.root, reach: 'inside', special: end.path, listing },
      rights: wanted & directoryRights,
      inheriting: allRights,
    };
    return { fd: descriptors.add(directory) };
  }
  const handle = (await context.syscalls.invoke(syscall.openSpecial, [end.path])) as number;
  const isTerminal = file.type === 'device' && file.name === 'tty';
  const stream: Stream = {
    ...common,
    kind: 'stream',
    source: { type: 'handle', handle, file: isTerminal ? 'tty' : 'device' },
    isError: false,
    rights: wanted & (inputRights | outputRights),
  };
  return { fd: descriptors.add(stream) };
}

/** The one device that needs no kernel. */
export const nullPath = '/dev/null';

export const nullDevice = (wanted: number): Stream => ({
  kind: 'stream',
  source: { type: 'null' },
  isError: false,
  rights: wanted & (inputRights | outputRights),
  inheriting: 0,
  flags: 0,
});

/** `filestat` of what is there; `follow`: of what a link leads to. */
export async function statSpecial(
  process: WasiProcess,
  layout: Layout,
  path: string,
  follow: boolean,
  at: number,
): Promise<void> {
  const { context, descriptors } = process;
  const end = follow ? await followLinks(process, path) : { path, file: await lookAt(process, path) };
  if ('tree' in end) return writeFilestat(process, layout, context.view.resolve(end.tree), at);
  if ('descriptor' in end) {
    const descriptor = descriptors.get(end.descriptor);
    if (descriptor.kind === 'stream')
      return writeStreamFilestat(process, layout, end.descriptor, descriptor.source, at);
    return writeFilestat(process, layout, descriptor.inode, at);
  }
  writeTypeFilestat(process, layout, specialTypes[end.file.type], at);
}

const specialTypes = {
  file: fileTypes.file,
  directory: fileTypes.directory,
  symlink: fileTypes.symlink,
  device: fileTypes.characterDevice,
} as const;

function ownDescriptor({ context, descriptors }: WasiProcess, path: string): number | undefined {
  const match = /^(?:\/dev\/fd|\/proc\/(self|\d+)\/fd)\/(\d+)$/.exec(path);
  const isOther = match?.[1] !== undefined && match[1] !== 'self' && Number(match[1]) !== context.pid;
  const standard = ['/dev/stdin', '/dev/stdout', '/dev/stderr'].indexOf(path);
  if (standard < 0 && (match === null || isOther)) return undefined;
  const fd = standard < 0 ? Number(match?.[2]) : standard;
  if (!descriptors.has(fd)) throw new Errno('ENOENT', path);
  return fd;
}
