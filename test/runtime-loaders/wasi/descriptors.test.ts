import { expect } from 'chai';
import { allRights, rights } from '../../../runtime-loaders/wasi/rights.js';
import { Guest, oflags, result } from './guest.js';

const append = 1;
const nonblock = 4;

describe('WASI descriptors', () => {
  it('begin with three streams and the working directory, the tree and the working directory again', () => {
    const guest = new Guest({ cwd: '/home/user' });
    const names = [3, 4, 5].map((fd) => {
      expect(guest.call('fd_prestat_get', fd, result)).to.equal('OK');
      const length = guest.data.getUint32(result + 4, true);
      expect(guest.call('fd_prestat_dir_name', fd, 2048, length)).to.equal('OK');
      return guest.text(2048, length);
    });
    expect(names).to.deep.equal(['.', '/', '.']);
    for (const fd of [0, 1, 2, 6])
      expect(guest.call('fd_prestat_get', fd, result), `${fd}`).to.equal('EBADF');
    expect(guest.call('fd_prestat_dir_name', 4, 2048, 0)).to.equal('ENAMETOOLONG');
  });

  it('are none but the streams where no directories are given', () => {
    const guest = new Guest({ preopens: {} });
    expect(guest.call('fd_fdstat_get', 3, 0)).to.equal('EBADF');
    expect(guest.open(3, 'a')).to.equal('EBADF');
  });

  it('read, write, seek and tell', () => {
    const guest = new Guest();
    const fd = guest.open(3, 'a.txt', { oflags: oflags.create }) as number;
    expect(fd).to.equal(6);
    expect(guest.write(fd, 'hello')).to.equal('OK');
    expect(guest.seek(fd, 0n, 0)).to.equal(0n);
    expect(guest.read(fd, 3)).to.equal('hel');
    expect(guest.seek(fd, 1n, 1)).to.equal(4n);
    expect(guest.read(fd)).to.equal('o');
    expect(guest.read(fd)).to.equal('');
    expect(guest.seek(fd, -2n, 2)).to.equal(3n);
    expect(guest.call('fd_tell', fd, result)).to.equal('OK');
    expect(guest.u64).to.equal(3n);
    expect(guest.seek(fd, -9n, 0)).to.equal('EINVAL');
    expect(guest.seek(fd, 0n, 3)).to.equal('EINVAL');
    expect(guest.process.read('/home/user/a.txt')).to.equal('hello');
  });

  it('fill a gap behind the end with zeros', () => {
    const guest = new Guest();
    const fd = guest.open(3, 'a', { oflags: oflags.create }) as number;
    expect(guest.seek(fd, 3n, 0)).to.equal(3n);
    expect(guest.write(fd, 'x')).to.equal('OK');
    expect(guest.process.read('/home/user/a')).to.equal('\0\0\0x');
  });

  it('append where they are told to, wherever they stand, and only as long', () => {
    const guest = new Guest({ files: { '/home/user/log': 'one' } });
    const fd = guest.open(3, 'log', { fdflags: append }) as number;
    expect(guest.write(fd, ' two')).to.equal('OK');
    expect(guest.seek(fd, 0n, 0)).to.equal(0n);
    expect(guest.write(fd, ' three')).to.equal('OK');
    expect(guest.write(fd, '!', 'fd_pwrite', 0n)).to.equal('OK');
    expect(guest.process.read('/home/user/log')).to.equal('one two three!');
    expect(guest.call('fd_fdstat_set_flags', fd, 0)).to.equal('OK');
    expect(guest.seek(fd, 0n, 0)).to.equal(0n);
    expect(guest.write(fd, 'ONE')).to.equal('OK');
    expect(guest.process.read('/home/user/log')).to.equal('ONE two three!');
  });

  it('read and write at a place without moving', () => {
    const guest = new Guest({ files: { '/home/user/a': 'abcdef' } });
    const fd = guest.open(3, 'a') as number;
    expect(guest.read(fd, 2, 'fd_pread', 3n)).to.equal('de');
    expect(guest.write(fd, 'X', 'fd_pwrite', 1n)).to.equal('OK');
    expect(guest.read(fd)).to.equal('aXcdef');
    expect(guest.read(fd, 2, 'fd_pread', -1n)).to.equal('EINVAL');
    expect(guest.read(0, 2, 'fd_pread', 0n)).to.equal('ESPIPE');
  });

  it('say EBADF for what they were not opened for, and ENOTCAPABLE for rights they lack', () => {
    const guest = new Guest({ files: { '/home/user/a': 'text' } });
    const reader = guest.open(3, 'a', { rights: rights.fdRead }) as number;
    expect(guest.write(reader, 'x')).to.equal('EBADF');
    expect(guest.seek(reader, 0n, 0)).to.equal('ENOTCAPABLE');
    expect(guest.call('fd_filestat_set_size', reader, 0n)).to.equal('ENOTCAPABLE');
    const writer = guest.open(3, 'a', { rights: rights.fdWrite }) as number;
    expect(guest.read(writer)).to.equal('EBADF');
    expect(guest.process.read('/home/user/a')).to.equal('text');
  });

  it('need the right to seek to read and write elsewhere, which is also the right to tell', () => {
    const guest = new Guest({ files: { '/home/user/a': 'text' } });
    const { fdRead, fdWrite, fdSeek, fdTell } = rights;
    const still = guest.open(3, 'a', { rights: fdRead | fdWrite }) as number;
    expect(guest.read(still, 1, 'fd_pread', 0n)).to.equal('ENOTCAPABLE');
    expect(guest.write(still, 'x', 'fd_pwrite', 0n)).to.equal('ENOTCAPABLE');
    expect(guest.call('fd_tell', still, result)).to.equal('ENOTCAPABLE');
    const moving = guest.open(3, 'a', { rights: fdRead | fdSeek }) as number;
    expect(guest.read(moving, 2, 'fd_pread', 1n)).to.equal('ex');
    expect(guest.call('fd_tell', moving, result)).to.equal('OK');
    expect(guest.seek(moving, 0n, 1)).to.equal(0n);
    const telling = guest.open(3, 'a', { rights: fdRead | fdTell }) as number;
    expect(guest.seek(telling, 0n, 1)).to.equal(0n);
    expect(guest.seek(telling, 1n, 1)).to.equal('ENOTCAPABLE');
  });

  it('are synchronised only with the right to it, when asked and when opened', () => {
    const guest = new Guest({ files: { '/home/user/d/a': 'text' } });
    const { fdRead, fdSync, fdDatasync } = rights;
    const [dsync, rsync, sync] = [2, 8, 16];
    const reader = guest.open(3, 'd/a', { rights: fdRead }) as number;
    expect(guest.call('fd_sync', reader)).to.equal('ENOTCAPABLE');
    expect(guest.call('fd_datasync', reader)).to.equal('ENOTCAPABLE');
    const flags = (inheriting: number): unknown[] => {
      const directory = guest.openDirectory(3, 'd', { inheriting }) as number;
      const opened = (fdflags: number) =>
        guest.open(directory, 'a', { rights: fdRead, inheriting: 0, fdflags });
      return [dsync, rsync, sync].map((each) => (typeof opened(each) === 'number' ? 'OK' : opened(each)));
    };
    expect(flags(fdRead)).to.deep.equal(['ENOTCAPABLE', 'ENOTCAPABLE', 'ENOTCAPABLE']);
    expect(flags(fdRead | fdDatasync)).to.deep.equal(['OK', 'ENOTCAPABLE', 'ENOTCAPABLE']);
    expect(flags(fdRead | fdSync)).to.deep.equal(['OK', 'OK', 'OK']);
  });

  it('give up rights and never get them back', () => {
    const guest = new Guest({ files: { '/home/user/a': 'text' } });
    const fd = guest.open(3, 'a') as number;
    expect(guest.call('fd_fdstat_set_rights', fd, BigInt(rights.fdRead), 0n)).to.equal('OK');
    expect(guest.write(fd, 'x')).to.equal('EBADF');
    const more = BigInt(rights.fdRead | rights.fdWrite);
    expect(guest.call('fd_fdstat_set_rights', fd, more, 0n)).to.equal('ENOTCAPABLE');
    expect(guest.fdstat(fd)).to.include({ rights: rights.fdRead, inheriting: 0 });
  });

  it('pass on no more rights than a directory may', () => {
    const guest = new Guest({ files: { '/home/user/d/a': 'text' } });
    const directory = guest.openDirectory(3, 'd', { inheriting: rights.fdRead | rights.fdSeek }) as number;
    expect(guest.open(directory, 'a')).to.equal('ENOTCAPABLE');
    expect(guest.open(directory, 'a', { rights: rights.fdRead, inheriting: 0 })).to.be.a('number');
  });

  it('take the lowest free number', () => {
    const guest = new Guest({ files: { '/home/user/a': '' } });
    const first = guest.open(3, 'a') as number;
    const second = guest.open(3, 'a') as number;
    expect(second).to.equal(first + 1);
    expect(guest.call('fd_close', first)).to.equal('OK');
    expect(guest.call('fd_close', first)).to.equal('EBADF');
    expect(guest.open(3, 'a')).to.equal(first);
  });

  it('end with EMFILE, and go on once one is closed', () => {
    const guest = new Guest({ files: { '/home/user/a': '' } });
    let answer: number | string = 0;
    while (typeof answer === 'number') answer = guest.open(3, 'a');
    expect(answer).to.equal('EMFILE');
    expect(guest.call('fd_close', 100)).to.equal('OK');
    expect(guest.open(3, 'a')).to.equal(100);
  });

  it('are moved onto others by fd_renumber, which closes those', () => {
    const guest = new Guest({ files: { '/home/user/a': 'A', '/home/user/b': 'B' } });
    const a = guest.open(3, 'a') as number;
    const b = guest.open(3, 'b') as number;
    expect(guest.call('fd_renumber', a, b)).to.equal('OK');
    expect(guest.read(b)).to.equal('A');
    expect(guest.read(a)).to.equal('EBADF');
    expect(guest.call('fd_renumber', b, 77)).to.equal('EBADF');
    expect(guest.call('fd_renumber', b, b)).to.equal('OK');
    expect(guest.call('fd_renumber', 1, b)).to.equal('OK');
    expect(guest.write(b, 'to stdout')).to.equal('OK');
    expect(guest.write(1, 'lost')).to.equal('EBADF');
    expect(guest.process.stdout).to.equal('to stdout');
  });

  it('keep a file that was removed while it is open', () => {
    const guest = new Guest({ files: { '/home/user/a': 'still here' } });
    const fd = guest.open(3, 'a') as number;
    expect(guest.call('path_unlink_file', 3, 'a')).to.equal('OK');
    expect(guest.open(3, 'a')).to.equal('ENOENT');
    expect(guest.read(fd)).to.equal('still here');
    expect(guest.write(fd, '!')).to.equal('OK');
    expect(guest.fdStat(fd)).to.include({ links: 0, size: 11 });
  });

  it('say that a directory is one', () => {
    const guest = new Guest();
    expect(guest.read(3)).to.equal('EISDIR');
    expect(guest.write(3, 'x')).to.equal('EBADF');
    expect(guest.seek(3, 0n, 0)).to.equal('EISDIR');
    expect(guest.call('fd_allocate', 3, 0n, 1n)).to.equal('EISDIR');
    expect(guest.call('fd_filestat_set_size', 3, 0n)).to.equal('EISDIR');
  });

  it('are terminals to isatty only where they are: a character device without seeking', () => {
    const seeking = rights.fdSeek | rights.fdTell;
    const terminal = new Guest({ terminal: true }).fdstat(1) as { type: number; rights: number };
    expect(terminal.type).to.equal(2);
    expect(terminal.rights & seeking).to.equal(0);
    expect(new Guest().fdstat(1)).to.include({ type: 0 });
  });

  it('allocate, cut and grow files', () => {
    const guest = new Guest({ files: { '/home/user/a': 'abc' } });
    const fd = guest.open(3, 'a') as number;
    expect(guest.call('fd_allocate', fd, 1n, 1n)).to.equal('OK');
    expect(guest.process.read('/home/user/a')).to.equal('abc');
    expect(guest.call('fd_allocate', fd, 2n, 3n)).to.equal('OK');
    expect(guest.process.read('/home/user/a')).to.equal('abc\0\0');
    expect(guest.call('fd_allocate', fd, 0n, 0n)).to.equal('EINVAL');
    expect(guest.call('fd_filestat_set_size', fd, 1n)).to.equal('OK');
    expect(guest.process.read('/home/user/a')).to.equal('a');
    expect(guest.call('fd_filestat_set_size', fd, 2n ** 60n)).to.equal('EINVAL');
  });

  it('say ENOSPC once the sandbox is full, and stay as they were', () => {
    const guest = new Guest({ files: { '/home/user/a': 'abc' } });
    const fd = guest.open(3, 'a') as number;
    expect(guest.call('fd_filestat_set_size', fd, 2n ** 40n)).to.equal('ENOSPC');
    expect(guest.seek(fd, 2n ** 40n, 0)).to.equal(2n ** 40n);
    expect(guest.write(fd, 'x')).to.equal('ENOSPC');
    expect(guest.process.read('/home/user/a')).to.equal('abc');
  });

  it('set times to the nanosecond, and to now', () => {
    const guest = new Guest({ files: { '/home/user/a': '' } });
    const fd = guest.open(3, 'a') as number;
    const before = BigInt(Date.now()) * 1_000_000n;
    expect(guest.call('fd_filestat_set_times', fd, 1_700_000_000_123_456_789n, 0n, 1 | 8)).to.equal('OK');
    const stat = guest.stat(3, 'a') as { accessedNs: bigint; modifiedNs: bigint };
    expect(stat.accessedNs).to.equal(1_700_000_000_123_456_789n);
    expect(stat.modifiedNs >= before).to.equal(true);
    expect(guest.call('fd_filestat_set_times', fd, 0n, 0n, 1 | 2)).to.equal('EINVAL');
    expect(guest.call('fd_filestat_set_times', fd, 0n, 0n, 4 | 8)).to.equal('EINVAL');
  });

  it('take advice and synchronise, and refuse what makes no sense', () => {
    const guest = new Guest({ files: { '/home/user/a': '' } });
    const fd = guest.open(3, 'a') as number;
    expect(guest.call('fd_advise', fd, 0n, 0n, 5)).to.equal('OK');
    expect(guest.call('fd_advise', fd, 0n, 0n, 6)).to.equal('EINVAL');
    expect(guest.call('fd_advise', 0, 0n, 0n, 0)).to.equal('ESPIPE');
    expect(guest.write(fd, 'kept')).to.equal('OK');
    expect(guest.call('fd_sync', fd)).to.equal('OK');
    expect(guest.process.records.map(({ op }) => op)).to.include('write');
    expect(guest.call('fd_datasync', 99)).to.equal('EBADF');
  });

  it('are no sockets', () => {
    const guest = new Guest();
    expect(guest.call('sock_shutdown', 1, 0)).to.equal('ENOTSOCK');
    expect(guest.call('sock_send', 3, 0, 0, 0, result)).to.equal('ENOTSOCK');
    expect(guest.call('sock_accept', 99, 0, result)).to.equal('EBADF');
  });

  it('answer EFAULT to pointers outside the memory, whatever the call', () => {
    const guest = new Guest({ files: { '/home/user/a': 'text' } });
    const fd = guest.open(3, 'a') as number;
    expect(guest.call('fd_read', fd, -8, 1, result)).to.equal('EFAULT');
    expect(guest.call('fd_read', fd, 0, -1, result)).to.equal('EFAULT');
    expect(guest.call('fd_fdstat_get', fd, 65530)).to.equal('EFAULT');
    expect(guest.call('path_unlink_file', 3, -1, 1)).to.equal('EFAULT');
    expect(guest.call('path_unlink_file', 3, 0, -1)).to.equal('EFAULT');
    expect(guest.call('args_sizes_get', 65536, 0)).to.equal('EFAULT');
    expect(guest.call('random_get', 65500, 100)).to.equal('EFAULT');
    expect(guest.call('path_open', 3, 0, 'new', 1, BigInt(allRights), 0n, 0, -2)).to.equal('EFAULT');
    expect(guest.stat(3, 'new')).to.equal('ENOENT');
  });

  it('read given input, also without blocking', () => {
    const guest = new Guest({ stdin: 'input' });
    expect(guest.call('fd_fdstat_set_flags', 0, nonblock)).to.equal('OK');
    expect(guest.read(0, 3)).to.equal('inp');
    expect(guest.read(0)).to.equal('ut');
    expect(guest.read(0)).to.equal('');
  });

  it('say EPIPE once nobody reads the output', () => {
    const guest = new Guest();
    guest.process.hungUp = true;
    expect(guest.write(1, 'x')).to.equal('EPIPE');
  });

  it('take more output at once than a pipe holds, in parts', () => {
    const guest = new Guest();
    guest.memory.grow(20);
    const length = 1_000_000;
    new Uint8Array(guest.memory.buffer).fill(0x78, 65536, 65536 + length);
    guest.data.setUint32(0, 65536, true);
    guest.data.setUint32(4, length, true);
    expect(guest.call('fd_write', 1, 0, 1, result)).to.equal('OK');
    expect(guest.u32).to.equal(length);
    expect(guest.process.stdout).to.equal('x'.repeat(length));
    expect(Math.max(...guest.process.writes)).to.be.lessThan(512 * 1024);
  });

  it('are all closed at the end', () => {
    const guest = new Guest({ files: { '/home/user/a': 'text' } });
    guest.open(3, 'a');
    const { view } = guest.process;
    expect(view.isOpen(view.resolve('/home/user/a'))).to.equal(true);
    guest.wasi.dispose();
    expect(view.isOpen(view.resolve('/home/user/a'))).to.equal(false);
    expect(view.isOpen(view.resolve('/home/user'))).to.equal(false);
  });
});
