// syscalls: files of the tree, where the kernel must decide or keep something.
import { Errno } from '../abi/errno.js';
import { access, syscall } from '../abi/syscalls.js';
import { SharedFile } from '../fs/shared-file.js';
import type { Tree } from '../fs/tree.js';
import { count } from './check.js';
import type { SyscallTable } from './table.js';

export interface FileHost {
  readonly tree: Tree;
}

export const fileCalls = (host: FileHost): SyscallTable => ({
  [syscall.share]: (process, [inode, position, allowed, append]) => {
    const bits = count(allowed);
    if ((bits & ~(access.read | access.write)) !== 0) throw new Errno('EINVAL');
    const file = new SharedFile(host.tree, {
      inode: count(inode),
      position: count(position),
      access: bits,
      append: append === 1,
    });
    return process.handles.add(file);
  },
});
