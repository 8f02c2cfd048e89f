// runtime-loaders/python: what one process brings to an interpreter: everything that was made for it.
import { FileLocks } from '../file-locks.js';
import type { ProcessContext } from '../runtime.js';
import { buildOf } from './builds.js';
import type { PyodideModule } from './emscripten.js';
import { mountView, type Umask, type ViewFileSystem } from './file-system.js';
import { HandleStreams } from './handle-streams.js';
import { Interrupts } from './interrupts.js';
import { Library } from './library.js';
import { MemoryLimit } from './memory-limit.js';
import { Poll } from './poll.js';
import { StandardStreams } from './standard-streams.js';
import { prepareDevices, prepareLibraryFolder } from './surroundings.js';
import type { Suspension } from './suspension.js';
import { Turns } from './turns.js';

export class Connection {
  readonly context: ProcessContext;
  readonly interrupts: Interrupts;
  readonly streams: StandardStreams;
  readonly handles: HandleStreams;
  readonly poll: Poll;
  readonly memory: MemoryLimit;
  readonly library: Library;
  readonly umask: Umask;
  readonly locks: FileLocks;
  readonly turns: Turns;
  #tree: ViewFileSystem | undefined;

  constructor(context: ProcessContext, suspension: Suspension) {
    this.context = context;
    this.umask = { value: context.umask };
    this.interrupts = new Interrupts(context, suspension);
    this.streams = new StandardStreams(context, suspension, this.interrupts);
    this.handles = new HandleStreams(context, suspension, this.interrupts, () =>
      this.streams.output.flushLate(),
    );
    this.poll = new Poll(this.streams, this.handles, this.interrupts);
    this.memory = new MemoryLimit(context.limits.memoryBytes);
    const { libraryParts } = buildOf(context.runtime.version);
    this.library = new Library(libraryParts, (name) => context.asset(name) as Promise<Uint8Array>);
    this.locks = new FileLocks(context);
    this.turns = new Turns(suspension, () => context.transport === 'suspending' && this.handles.canAsk);
  }

  /** From `mount` on. */
  get tree(): ViewFileSystem {
    if (this.#tree === undefined) throw new Error('no file system yet');
    return this.#tree;
  }

  /** Makes the file system. `stdlib`: the whole zip, in place of the one in parts. */
  mount(module: PyodideModule, stdlib?: Uint8Array): void {
    const { umask, locks } = this;
    this.#tree = mountView(module, this.context.view, { umask, closed: (inode) => locks.closed(inode) });
    const path = prepareLibraryFolder(module);
    if (stdlib === undefined) this.library.mount(module, path);
    else module.FS.writeFile(path, stdlib, { canOwn: true });
    prepareDevices(module, this.streams);
    this.handles.attach(module);
  }
}
