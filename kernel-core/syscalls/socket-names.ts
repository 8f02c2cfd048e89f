// syscalls: unix sockets by path (unix(7)): bind makes an inode, whoever connects finds it by walking the tree.
import { Errno } from '../abi/errno.js';
import { walk } from '../abi/path.js';
import type { SocketAddress } from '../abi/socket-address.js';
import type { Tree } from '../fs/tree.js';

type Walked = ReturnType<typeof walk>;

/** Permission bits of the owner: everything belongs to the one user there is. */
const writeBit = 0o200;
const enterBits = 0o300;

/** Whether an address is a path: neither unnamed nor abstract, nor of the internet. */
const isPath = (address: SocketAddress): address is SocketAddress & { family: 'unix' } =>
  address.family === 'unix' && address.path.startsWith('/');

/**
 * Binds with the inode that a path is to name, made here and gone again where `bind` fails. Throws EADDRINUSE,
 * ENOENT, ENOTDIR, EACCES, ENOSPC.
 */
export function bindName(
  tree: Tree,
  address: SocketAddress,
  umask: number,
  bind: (named: SocketAddress) => void,
): void {
  if (!isPath(address)) return bind(address);
  const { parent, name, inode } = look(tree, address.path, false);
  if (inode !== undefined) throw new Errno('EADDRINUSE', address.path);
  if ((parent.mode & enterBits) !== enterBits) throw new Errno('EACCES', address.path);
  const number = tree.allotInode();
  const place = { parent: parent.number, name, timeMs: Date.now() };
  tree.commit({ op: 'create', inode: number, type: 'socket', mode: 0o777 & ~umask, ...place });
  try {
    bind({ ...address, inode: number });
  } catch (error) {
    tree.commit({ op: 'unlink', ...place });
    throw error;
  }
}

/** The address with the inode its path names. Throws ENOENT, ECONNREFUSED (no socket), EACCES. */
export function findName(tree: Tree, address: SocketAddress): SocketAddress {
  if (!isPath(address)) return address;
  const { inode } = look(tree, address.path, true);
  if (inode === undefined) throw new Errno('ENOENT', address.path);
  if (inode.type !== 'socket') throw new Errno('ECONNREFUSED', address.path);
  if ((inode.mode & writeBit) === 0) throw new Errno('EACCES', address.path);
  return { ...address, inode: inode.number };
}

const look = ({ table }: Tree, path: string, follow: boolean): Walked =>
  walk(table, table.root, path, { follow, permissions: true });
