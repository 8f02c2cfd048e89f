// What a real file system answers to the steps of test/fixtures/c/steps.c: the same lines, done with Node's fs in
// a temporary directory. Sequential, as the test sends them; a process is a set of slots with open files.
//
//   open <slot> <flags> /<path>      flags: r w b(oth) c(reate) x(excl) t(runc) a(ppend) d(irectory) n(ofollow)
//   dup <slot> <slot>   close <slot>   fstat <slot>   sync <slot>
//   read <slot> <size>   pread <slot> <size> <at>
//   write <slot> <first byte> <size>   pwrite <slot> <first byte> <size> <at>
//   seek <slot> <offset> s|c|e   ftruncate <slot> <size>   truncate /<path> <size>
//   stat, lstat, readlink, readdir, tree, unlink, mkdir, rmdir /<path>
//   rename, link, symlink /<path> /<path>   chmod /<path> <octal>   utimes /<path> <ms> f(ollow)|l(ink itself)
//   fork, reap, > <step for the child>   exit, kill: the process ends and another takes its place
//
// Paths are bytes in hexadecimal. An answer is `ok …` or the name of an error.
//
// What is not as here, and why:
//   Open directories are not inherited: descriptors of preview 1 lead to directories of their process.
//   Descriptors of preview 1 have rights: to cut a file that is open for reading only is ENOTCAPABLE,
//   and a directory is EISDIR.
//   Directories have no size and no count of links that means something, as on btrfs: both are left out.
//   Permissions are those that let the owner do everything: the reference may be run by root.
import fs, { constants } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const flagBits = {
  r: constants.O_RDONLY,
  w: constants.O_WRONLY,
  b: constants.O_RDWR,
  c: constants.O_CREAT,
  x: constants.O_EXCL,
  t: constants.O_TRUNC,
  a: constants.O_APPEND,
  d: constants.O_DIRECTORY,
  n: constants.O_NOFOLLOW,
};
/** Symbolic links lead up: as many directories above the one the steps are done in stand for all there are. */
const above = 'd/d/d/d/d/d/d/d';

/**
 * The answers, one a step.
 * @param {{ process: number, line: string }[]} steps
 */
export function referenceAnswers(steps) {
  const base = fs.mkdtempSync(path.join(os.tmpdir(), 'wasm-elements-reference-'));
  const umask = process.umask(0o022);
  const root = path.join(base, above);
  fs.mkdirSync(root, { recursive: true });
  const processes = new Map();
  try {
    return steps.map(({ process: number, line }) => {
      if (!processes.has(number)) processes.set(number, new Process(root));
      const actor = processes.get(number);
      if (line === 'exit' || line === 'kill') {
        actor.end();
        processes.delete(number);
        return 'ok';
      }
      return actor.answer(line);
    });
  } finally {
    for (const each of processes.values()) each.end();
    process.umask(umask);
    fs.rmSync(base, { recursive: true, force: true });
  }
}

class Process {
  /** slot → { fd, references, at, append, flags }: an open file that may be in several slots. */
  #slots = new Map();
  #child;
  #root;

  constructor(root, inherited = new Map()) {
    this.#root = root;
    for (const [slot, file] of inherited) this.#put(slot, file);
  }

  end() {
    this.#child?.end();
    for (const slot of [...this.#slots.keys()]) this.#close(slot);
  }

  answer(line) {
    if (line.startsWith('> ')) return this.#child.answer(line.slice(2));
    const [name, ...words] = line.split(' ');
    try {
      const said = this[name](...words.map((word) => (word.startsWith('/') ? this.#path(word) : word)));
      return ['ok', ...[said ?? []].flat()].join(' ');
    } catch (error) {
      if (typeof error.code !== 'string' || error.code.startsWith('ERR_')) throw error;
      return error.code;
    }
  }

  #path(word) {
    const bytes = Buffer.from(word.slice(1), 'hex');
    if (bytes.length === 0) throw failure('ENOENT');
    return Buffer.concat([Buffer.from(`${this.#root}/`), bytes]);
  }
  /** As it was said: what a symbolic link holds is taken from nowhere. */
  #said(bytes) {
    return bytes.subarray(Buffer.byteLength(this.#root) + 1);
  }
  #put(slot, file) {
    this.#close(slot);
    file.references += 1;
    this.#slots.set(slot, file);
  }
  #close(slot) {
    const file = this.#slots.get(slot);
    if (file === undefined) return false;
    this.#slots.delete(slot);
    file.references -= 1;
    if (file.references === 0) fs.closeSync(file.fd);
    return true;
  }
  #file(slot) {
    const file = this.#slots.get(slot);
    if (file === undefined) throw failure('EBADF');
    return file;
  }

  open(slot, flags, name) {
    const bits = [...flags].reduce((sum, flag) => sum | flagBits[flag], 0);
    const fd = fs.openSync(name, bits, 0o666);
    this.#put(slot, { fd, references: 0, at: 0, append: flags.includes('a'), flags });
  }
  dup(from, to) {
    const file = this.#file(from);
    if (from !== to) this.#put(to, file);
  }
  close(slot) {
    if (!this.#close(slot)) throw failure('EBADF');
  }
  read(slot, size) {
    const file = this.#file(slot);
    const bytes = read(file, size, file.at);
    file.at += bytes.length;
    return [bytes.length, `#${hashOf(bytes)}`];
  }
  pread(slot, size, at) {
    const bytes = read(this.#file(slot), size, Number(at));
    return [bytes.length, `#${hashOf(bytes)}`];
  }
  write(slot, first, size) {
    const file = this.#file(slot);
    const bytes = contents(Number(first), Number(size));
    const written = fs.writeSync(file.fd, bytes, 0, bytes.length, file.append ? null : file.at);
    if (bytes.length > 0) file.at = file.append ? fs.fstatSync(file.fd).size : file.at + written;
    return written;
  }
  pwrite(slot, first, size, at) {
    const file = this.#file(slot);
    const bytes = contents(Number(first), Number(size));
    return fs.writeSync(file.fd, bytes, 0, bytes.length, Number(at));
  }
  seek(slot, offset, from) {
    const file = this.#file(slot);
    const info = fs.fstatSync(file.fd);
    if (info.isDirectory()) return undefined;
    const at = Number(offset) + { s: 0, c: file.at, e: info.size }[from];
    if (at < 0) throw failure('EINVAL');
    file.at = at;
    return at;
  }
  ftruncate(slot, size) {
    // Node takes it for 0; the C library looks at it first.
    if (Number(size) < 0) throw failure('EINVAL');
    const { fd, flags } = this.#file(slot);
    if (fs.fstatSync(fd).isDirectory()) throw failure('EISDIR');
    if (!/[wb]/.test(flags)) throw failure('ENOTCAPABLE');
    fs.ftruncateSync(fd, Number(size));
  }
  truncate(name, size) {
    const fd = fs.openSync(name, constants.O_WRONLY);
    try {
      fs.ftruncateSync(fd, Number(size));
    } finally {
      fs.closeSync(fd);
    }
  }
  fstat(slot) {
    return described(fs.fstatSync(this.#file(slot).fd));
  }
  sync(slot) {
    fs.fsyncSync(this.#file(slot).fd);
  }
  stat(name) {
    return described(fs.statSync(name));
  }
  lstat(name) {
    return described(fs.lstatSync(name));
  }
  rename(from, to) {
    fs.renameSync(from, to);
  }
  link(from, to) {
    fs.linkSync(from, to);
  }
  symlink(target, name) {
    fs.symlinkSync(this.#said(target), name);
  }
  unlink(name) {
    fs.unlinkSync(name);
  }
  mkdir(name) {
    fs.mkdirSync(name, 0o777);
  }
  rmdir(name) {
    fs.rmdirSync(name);
  }
  chmod(name, mode) {
    fs.chmodSync(name, parseInt(mode, 8));
  }
  utimes(name, ms, follow) {
    const set = follow === 'l' ? fs.lutimesSync : fs.utimesSync;
    set(name, Number(ms) / 1000, Number(ms) / 1000);
  }
  readlink(name) {
    return fs.readlinkSync(name, 'buffer').toString('hex');
  }
  readdir(name) {
    return namesIn(name).map((each) => each.toString('hex'));
  }
  tree(name) {
    return [...tree(name, this.#said(name))];
  }
  fork() {
    // A child of ours inherits no open directory.
    const files = [...this.#slots].filter(([, { fd }]) => !fs.fstatSync(fd).isDirectory());
    this.#child = new Process(this.#root, new Map(files));
  }
  reap() {
    this.#child.end();
    this.#child = undefined;
    return 0;
  }
}

const failure = (code) => Object.assign(new Error(code), { code });

function read({ fd, flags }, size, at) {
  // Node asks nobody then.
  if (size === '0' && !/[rb]/.test(flags)) throw failure('EBADF');
  if (size === '0' && fs.fstatSync(fd).isDirectory()) throw failure('EISDIR');
  const bytes = Buffer.alloc(Number(size));
  return bytes.subarray(0, fs.readSync(fd, bytes, 0, bytes.length, at));
}

function contents(first, size) {
  return Uint8Array.from({ length: size }, (_, index) => first + index * 7);
}

/** FNV-1a. */
function hashOf(bytes) {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  return hash >>> 0;
}

/** A time that nobody set is a time of the clock, and no two clocks agree. */
function described(info) {
  const kind = info.isDirectory() ? 'directory' : info.isSymbolicLink() ? 'link' : 'file';
  const ms = Math.round(info.mtimeMs);
  const time = ms < 1.6e12 ? ms : -1;
  return kind === 'directory' ? [kind, time] : [kind, time, info.size, `x${info.nlink}`];
}

const namesIn = (name) => fs.readdirSync(name, { encoding: 'buffer' }).sort(Buffer.compare);

function* tree(name, shown) {
  for (const each of namesIn(name)) {
    const child = Buffer.concat([name, Buffer.from('/'), each]);
    const childShown = Buffer.concat([shown, Buffer.from('/'), each]);
    const info = fs.lstatSync(child);
    yield '|';
    yield childShown.toString('hex');
    yield* described(info);
    if (info.isFile()) yield `#${hashOf(fs.readFileSync(child))}`;
    if (info.isSymbolicLink()) yield `to ${fs.readlinkSync(child, 'buffer').toString('hex')}`;
    else yield (info.mode & 0o777).toString(8).padStart(3, '0');
    if (info.isDirectory()) yield* tree(child, childShown);
  }
}
