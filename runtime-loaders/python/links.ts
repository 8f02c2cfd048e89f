// runtime-loaders/python: hard links, for which Emscripten has no call. The Python side asks (`python-files-side.ts`).
import { Errno } from '../../kernel-core/abi/errno.js';
import type { JournalRecord } from '../../kernel-core/abi/journal.js';
import { syscall } from '../../kernel-core/abi/syscalls.js';
import type { ProcessContext } from '../runtime.js';
import { pythonErrno } from './foreign-error.js';
import type { Pending, Processes } from './processes.js';

export class Links {
  readonly #context: ProcessContext;
  readonly #processes: Processes;

  constructor(context: ProcessContext, processes: Processes) {
    this.#context = context;
    this.#processes = processes;
  }

  /** Gives a file another name; both paths are absolute. `follow`: what a symbolic link points to, not itself. */
  link(path: string, newPath: string, follow: boolean): Pending {
    const { view, syscalls } = this.#context;
    const make = (record: JournalRecord): Pending =>
      this.#processes.pend(() => syscalls.invoke(syscall.commit, [record]));
    try {
      const { inode } = view.walk(path, { follow });
      if (inode === undefined) throw new Errno('ENOENT', path);
      if (inode.type === 'directory') throw new Errno('EPERM', path);
      const place = view.walk(newPath, { follow: false });
      if (place.inode !== undefined) throw new Errno('EEXIST', newPath);
      if (place.directoryOnly) throw new Errno('ENOENT', newPath);
      if (this.#processes.canAsk) return make(view.linking(inode, place.parent, place.name));
      view.link(inode, place.parent, place.name);
      return { settled: true, value: 0 };
    } catch (error) {
      const number = pythonErrno(error);
      if (number === undefined) throw error;
      return { settled: true, errno: number };
    }
  }
}
