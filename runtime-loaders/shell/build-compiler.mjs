// Compiles C to WASI programs with the clang of npm (@yowasp/clang), which is a WebAssembly program itself: under
// node:wasi, with the folders it may see, two files at a time. Objects are kept by the hash of what they are made of.
import { createHash } from 'node:crypto';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const workersMax = 2;
/** Node 20 sometimes crashes on a program as large as clang, less so without its optimising compiler. */
const attemptsMax = 4;
/** Large files take clang deep. */
const withLargeStack =
  'if ulimit -s 65536 2>/dev/null; then exec "$0" --stack-size=60000 "$@"; else exec "$0" "$@"; fi';
const here = import.meta.dirname;

/** What every file is compiled with. Legacy exceptions carry setjmp: all browsers have them. */
const commonFlags = [
  '--target=wasm32-wasip1',
  ...['-resource-dir=/usr', '--sysroot=/usr', '-isystem', '/usr/include/wasm32-wasip1'],
  ...['-mllvm', '-wasm-enable-sjlj', '-mllvm', '-wasm-use-legacy-eh=true'],
  ...['-D_GNU_SOURCE', '-D_WASI_EMULATED_MMAN', '-D_WASI_EMULATED_PROCESS_CLOCKS', '-D_WASI_EMULATED_SIGNAL'],
];

const stackBytes = 262144;
const libraryFolder = '/usr/lib/wasm32-wasip1';

export class Compiler {
  #cache;
  #resources;
  #workers = new Set();
  #idle = [];
  #waiting = [];
  #headers = new Map();
  #closed = false;

  /** `cache`: a folder for objects and the compiler's own files; `clangDir`: the package @yowasp/clang. */
  constructor(cache, clangDir) {
    this.#cache = cache;
    this.clangDir = clangDir;
    mkdirSync(`${cache}/objects`, { recursive: true });
    this.#resources = `${cache}/clang-${JSON.parse(readFileSync(`${clangDir}/package.json`, 'utf8')).version}`;
  }

  /**
   * Compiles files, `sources`: paths. `includes`: folders looked through for headers, first to last; `flags`:
   * further ones (`-O2`, `-DX=1`). `isLarge`: each is more than the compiler can take here otherwise, and takes minutes.
   * Resolves with the objects' paths, in the order of the sources.
   */
  async compile(sources, { flags = [], includes = [], isLarge = false } = {}) {
    const folders = [...new Set([...includes, ...sources.map((each) => path.dirname(each))])];
    const headers = folders.map((each) => this.#headersOf(each)).join('');
    return Promise.all(
      sources.map(async (source) => {
        const hash = createHash('sha256').update(`${this.#resources}\0${flags.join('\0')}\0${headers}\0`);
        hash.update(commonFlags.join('\0')).update(path.basename(source)).update(readFileSync(source));
        const object = `${this.#cache}/objects/${hash.digest('hex').slice(0, 32)}.o`;
        if (!existsSync(object))
          await this.#compileOne({ source, object, folders, includes, flags, isLarge });
        return object;
      }),
    );
  }

  async #compileOne({ source, object, folders, includes, flags, isLarge }) {
    // The compiler sees each folder under a name of its own, so that no path of this machine gets into an object.
    const guest = new Map(folders.map((each, index) => [each, `/in${index}`]));
    const args = [
      ...commonFlags,
      ...includes.map((each) => `-I${guest.get(each)}`),
      ...flags,
      '-c',
      `${guest.get(path.dirname(source))}/${path.basename(source)}`,
    ];
    const byName = Object.fromEntries([...guest].map(([folder, name]) => [name, folder]));
    const output = `${object}.part`;
    const asProgram = ['clang', ...args, '-o', `/out/${path.basename(output)}`];
    if (isLarge || !(await this.#run(asProgram, byName, source)))
      await this.#compileLarge({ args, folders: byName, output });
    renameSync(`${object}.part`, object);
  }

  async #compileLarge(request) {
    const script = `${here}/build-compiler-large.mjs`;
    await execute(process.execPath, ['--stack-size=4000', script, this.clangDir, JSON.stringify(request)]);
  }

  /**
   * Links objects to a program; `flags` for wasm-ld come after our own, `libraries` before libc (`-lm` is in it).
   * Resolves with its bytes.
   */
  async link(objects, { flags = [] } = {}) {
    const output = `${this.#cache}/objects/linked-${process.pid}-${(linked += 1)}.wasm`;
    const args = [
      ...['wasm-ld', '-m', 'wasm32', `-L${libraryFolder}`, `${libraryFolder}/crt1-command.o`],
      ...objects.map((each) => `/out/${path.basename(each)}`),
      ...flags,
      ...['-lwasi-emulated-mman', '-lwasi-emulated-process-clocks', '-lsetjmp', '-lc'],
      '/usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a',
      ...['-z', `stack-size=${stackBytes}`, '--stack-first', '--gc-sections', '-s', '--export-table'],
      ...['-o', `/out/${path.basename(output)}`],
    ];
    if (!(await this.#run(args, {}, 'the program'))) throw new Error('The linker crashes.');
    const bytes = readFileSync(output);
    rmSync(output);
    return bytes;
  }

  /** Ends its processes. */
  close() {
    this.#closed = true;
    for (const worker of this.#workers) worker.disconnect();
    this.#workers.clear();
  }

  /** A hash of every header in a folder and beneath. */
  #headersOf(folder) {
    let known = this.#headers.get(folder);
    if (known === undefined) {
      const hash = createHash('sha256');
      for (const each of readdirSync(folder, { recursive: true }).map(String).sort())
        if (/\.(h|inc|def|opt|gen)$/.test(each) && statSync(path.join(folder, each)).isFile())
          hash.update(`${each}\0`).update(readFileSync(path.join(folder, each)));
      known = hash.digest('hex');
      this.#headers.set(folder, known);
    }
    return known;
  }

  /** Whether it came to an end; it may crash. */
  async #run(args, folders, what) {
    const preopens = { '/usr': this.#unpacked(), '/out': `${this.#cache}/objects`, ...folders };
    for (let attempt = 1; ; attempt += 1) {
      const worker = await this.#takeWorker();
      const done = await answerOf(worker, { args, preopens });
      if (done === undefined) {
        this.#lose(worker);
        if (attempt < attemptsMax && !this.#closed) continue;
        return false;
      }
      this.#giveBack(worker);
      if (done.code !== 0) throw new Error(`${path.basename(what)} does not compile or link:\n${done.text}`);
      if (done.text !== '') process.stderr.write(done.text);
      return true;
    }
  }

  async #takeWorker() {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#workers.size >= workersMax) return new Promise((resolve) => this.#waiting.push(resolve));
    return this.#start();
  }

  #start() {
    const script = `${here}/build-compiler-process.mjs`;
    const args = [
      '--no-warnings',
      '--liftoff-only',
      script,
      `${this.clangDir}/gen/llvm.core.wasm`,
      this.#cache,
    ];
    const worker = spawn('sh', ['-c', withLargeStack, process.execPath, ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#workers.add(worker);
    return worker;
  }

  /** It crashed: another one does what waits. */
  #lose(worker) {
    this.#workers.delete(worker);
    const next = this.#waiting.shift();
    if (next !== undefined && !this.#closed) next(this.#start());
  }

  #giveBack(worker) {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(worker);
    else next(worker);
  }

  /** The compiler's headers and libraries. */
  #unpacked() {
    const folder = this.#resources;
    if (!existsSync(folder)) {
      mkdirSync(`${folder}.part`, { recursive: true });
      execFileSync('tar', ['-xf', `${this.clangDir}/gen/llvm-resources.tar`, '-C', `${folder}.part`]);
      renameSync(`${folder}.part`, folder);
    }
    return folder;
  }
}

let linked = 0;

/** Undefined where the process died instead. */
function answerOf(worker, message) {
  return new Promise((resolve) => {
    const settle = (answer) => {
      worker.removeAllListeners('message').removeAllListeners('exit');
      resolve(answer);
    };
    worker.once('message', settle);
    worker.once('exit', () => settle(undefined));
    worker.send(message, (error) => error && settle(undefined));
  });
}
