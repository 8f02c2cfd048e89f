// runtime-loaders/wasi: paths under /dev and /proc, which are in no tree. The kernel makes what is there; a
// program's own descriptors (/dev/fd, /proc/self/fd) are known here only. Most such paths are known by their text; where
// a link or `..` leads there, the walk says so (`OutOfTree`).
import { Errno } from '../../kernel-core/abi/errno.js';
import { isOutOfTree, leadsOutOfTree, normalize } from '../../kernel-core/abi/path.js';
import { syscall } from '../../kernel-core/abi/syscalls.js';
import { after } from './after.js';
import type { OpenDirectory, Stream } from './descriptors.js';
import { fileTypes } from './file-types.js';
import { nullPath, writeFilestat, writeSpecialFilestat, writeStreamFilestat } from './filestat.js';
import type { Layout } from './layout.js';
import { allRights, directoryRights, inputRights, outputRights } from './rights.js';
import type { StreamSource } from './streams.js';
import type { WasiProcess } from './wasi-process.js';

/** As the kernel tells of it (`kernel-core/dev/special-files.ts`). */
export type SpecialFile =
  | { readonly type: 'file'; readonly text: string }
  | { readonly type: 'directory'; readonly entries: readonly string[] }
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'device'; readonly name: string };

const beneath = /^(?:\.?\/+)*(?:dev|proc)(?:\/|$)/;
/** What such a path can begin with: most do not. */
const mayBegin = new Set(['.', '/', 'd', 'p'].map((each) => each.charCodeAt(0)));
const linksMax = 8;

/** The absolute path, where a path leads under /dev or /proc; undefined where the tree has what it names. */
export function specialPath(
  { context }: WasiProcess,
  directory: OpenDirectory,
  path: string,
): string | undefined {
  if (directory.special !== undefined) return under(normalize(path, directory.special));
  if (directory.reach === 'inside' || !mayBegin.has(path.charCodeAt(0)) || !beneath.test(path))
    return undefined;
  const { view } = context;
  const isOwn = (name: string): boolean =>
    directory.inode !== view.root && view.lookup(directory.inode, name) !== undefined;
  const absolute = normalize(path);
  // wasi-libc takes the slash of /dev/null away; a folder of that name in the working directory goes first.
  if (!path.startsWith('/') && isOwn(absolute.split('/')[1] ?? '')) return undefined;
  return under(absolute);
}

const under = (path: string): string | undefined => (isOutOfTree(path) ? path : undefined);

/** What a walk of the tree comes to, or `there`, at the place under /dev or /proc to which it leads. */
export function walkOr<T>(walk: () => T, there: (path: string) => T): T {
  try {
    return walk();
  } catch (error) {
    if (leadsOutOfTree(error)) return there(error.place);
    throw error;
  }
}

/** Whether an absolute path leads under /dev or /proc. */
export const isSpecial = (path: string): boolean => beneath.test(path);

/** What is there, a link at the end not followed. ENOENT; ENXIO where the kernel cannot be asked without waiting. */
export function lookAt({ context }: WasiProcess, path: string): SpecialFile | Promise<SpecialFile> {
  // No reason to end: who looks for /dev/urandom or /proc/self/exe can mostly do without.
  if (context.transport === 'local') throw new Errno('ENXIO', path);
  const answer = context.syscalls.invoke(syscall.lookSpecial, [path]);
  return after(answer, (bytes) => JSON.parse(new TextDecoder().decode(bytes as Uint8Array)) as SpecialFile);
}

/** The end of a chain of links: a place under /dev or /proc, a path in the tree, or one of the descriptors. */
type End =
  | { readonly path: string; readonly file: SpecialFile }
  | { readonly tree: string }
  | { readonly descriptor: number };

function followLinks(process: WasiProcess, path: string, left = linksMax): End | Promise<End> {
  const own = ownDescriptor(process, path);
  if (own !== undefined) return { descriptor: own };
  if (left === 0) throw new Errno('ELOOP', path);
  return after(lookAt(process, path), (file): End | Promise<End> => {
    if (file.type !== 'symlink') return { path, file };
    const target = normalize(file.target, normalize(`${path}/..`));
    return under(target) === undefined ? { tree: target } : followLinks(process, target, left - 1);
  });
}

type Opened = { readonly fd: number } | { readonly tree: string };

/** Opens what is there. The answer is a descriptor, or the path in the tree that a link leads to. */
export function openSpecial(process: WasiProcess, path: string, wanted: number): Opened | Promise<Opened> {
  const { context, descriptors } = process;
  if (path === nullPath) return { fd: descriptors.add(stream({ type: 'null' }, wanted)) };
  return after(followLinks(process, path), (end): Opened | Promise<Opened> => {
    if ('tree' in end) return end;
    if ('descriptor' in end) return { fd: descriptors.duplicate(end.descriptor, 0) };
    const { file } = end;
    if (file.type === 'directory') return { fd: openDirectory(process, end.path, file.entries, wanted) };
    const own =
      file.type === 'device' && (file.name === 'tty' || file.name === 'full') ? file.name : 'device';
    return after(context.syscalls.invoke(syscall.openSpecial, [end.path]), (handle) => {
      return {
        fd: descriptors.add(stream({ type: 'handle', handle: handle as number, file: own }, wanted)),
      };
    });
  });
}

function openDirectory(
  { context, descriptors }: WasiProcess,
  path: string,
  entries: readonly string[],
  wanted: number,
): number {
  return descriptors.add({
    kind: 'directory',
    inode: context.view.root,
    reach: 'inside',
    special: path,
    listing: ['.', '..', ...entries].map((name) => ({ name, inode: 1, type: fileTypes.unknown })),
    rights: wanted & directoryRights,
    inheriting: allRights,
    flags: 0,
  });
}

const stream = (source: StreamSource, wanted: number): Stream => ({
  kind: 'stream',
  source,
  isError: false,
  rights: wanted & (inputRights | outputRights),
  inheriting: 0,
  flags: 0,
});

/** `filestat` of what is there; `follow`: of what a link leads to. */
export function statSpecial(
  process: WasiProcess,
  layout: Layout,
  path: string,
  follow: boolean,
  at: number,
): void | Promise<void> {
  const { context, descriptors } = process;
  if (path === nullPath) return writeSpecialFilestat(process, layout, path, fileTypes.characterDevice, at);
  const looked = (file: SpecialFile): End => ({ path, file });
  const found = follow ? followLinks(process, path) : after(lookAt(process, path), looked);
  return after(found, (end) => {
    if ('tree' in end) return writeFilestat(process, layout, context.view.resolve(end.tree), at);
    if ('file' in end)
      return writeSpecialFilestat(process, layout, end.path, specialTypes[end.file.type], at);
    const descriptor = descriptors.get(end.descriptor);
    if (descriptor.kind === 'stream')
      return writeStreamFilestat(process, layout, end.descriptor, descriptor.source, at);
    return writeFilestat(process, layout, descriptor.inode, at);
  });
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
