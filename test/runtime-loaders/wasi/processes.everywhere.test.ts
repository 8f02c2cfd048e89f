import { expect } from 'chai';
import { Kernel, type Limits } from 'wasm-elements/kernel';
import { programUrl } from '../../fixture-program.js';
import { testConfig } from '../../test-config.js';

/** What each program of test/fixtures/c prints: one behaviour of POSIX a program. */
const programs: Record<string, string> = {
  pipes: 'THROUGH A PIPE\nexit 0\nsignaled 1 by 13\nwrite -1: EPIPE\n',
  'read-ahead': 'read 4194304\nwriter 0\n',
  'shared-pipes':
    [
      ...['read', 'polled', 'shared', 'interrupted', 'restarted', 'stopped', 'stopped in passing'],
      ...['without waiting', 'write', 'to who pauses', 'by two', 'duplicated', 'polled', 'without waiting'],
    ]
      .map((what) => `${what}: 6291456, 0\n`)
      .join('') +
    'between: 0, 0\nwriter killed: 1, -9\nreader killed: 1, EPIPE, -9\nreader closes: 6291456, -13\n' +
    'answers: 0 wrong, 0\n',
  processes: 'seven: 7\nparent: me\nten: 70\n/tmp blue\ndone\n',
  clone:
    'child: 5 2 three\nparent: 5 2 three, exit 7\n' +
    'child: 2345 in /tmp, mask 27, 10 bytes\nparent: 2345, then at 6\n' +
    'child: caught 10, group 1, session 1\nparent: caught 0\nparent: caught 15\n' +
    'nested: 42\npipe: exit 0\nno child: 1\n',
  execute:
    'same pid: 1, in /tmp, group: 1\npassed on: 1, closed: 1\nchild of before: 7\nexit 5\n' +
    'by default: 10\nchain: 9\nalarm: 14\ncaught 17, of the child: 7\n',
  signals:
    'terminated: 1 15\nkilled: 1 9\nstopped: 1 19\nwent on: 1\nexit 3\nhandler: 1 10\n' +
    'interrupted: EINTR, handler 1\nalarm: 14\nraised: 2, 15\ngroup: 1 1\n' +
    'group of the ended: 1\n',
  special: 'by its name\ncmdline: ./self.wasm\nstatus: 1\nstat: 1\nself: 1\nlisted: 1 1\nstdin: piped\n',
  locks:
    'child: EAGAIN, in the way 2 from 0 for 10\nleft: 0\n' +
    'child: locked, in the way 2 from 0 for 4\ncounted: 150\ndeadlock: 1\n' +
    'free: 0 1 0 1 1\n',
  nameless: ['unlinked', 'renamed over', 'by another']
    .map(
      (how) =>
        `${how}\n  peer: HELLO, links 0\n  here: HELLO THERE, links 0\n` +
        '  heir: HELLO again, links 0\n  here: HELLO again\n  peer: HELLO ag\n',
    )
    .join(''),
  inherit:
    'parent read 0123\nchild read 4567\nparent read 89ab at 12\nlines: 200 100, torn 0\n' +
    'mixed: 1001 bytes, the last ones 0 0 y\ncopy read 4567\n',
  echo: 'peer 127.0.0.1:7000\nstream 1\n3145728 bytes back, 0 wrong\nexits 0 0\n',
  'half-close':
    'heard question\nexit 0\nwrite -1: EPIPE\nown end -1: EPIPE\nunconnected: ENOTCONN\nwrite -1: ENOTCONN\n',
  refused:
    'nobody: ECONNREFUSED\ntaken: EADDRINUSE\nfree: 0\ntwice: EINVAL\nelsewhere: EADDRNOTAVAIL ENETUNREACH\n' +
    'family: EAFNOSUPPORT\nno socket: ENOTSOCK\nchosen: 1\nnone yet: EAGAIN\n' +
    'backlog: 1024, then ECONNREFUSED\nafter accept: 0\n',
  bounded:
    'in 40 pipes: bounded, in each: PIPE_BUF\npoll: 0\nthrough a pipeline: 1048576, exit 0\nfillers: 0 wrong\n' +
    'room again: 1\n',
  poll: 'idle: 0\nheard 3, ended 3, exits 0\nselect 1: read 0, write 1\nselect 1: read 1\n',
  nonblocking: 'read: EAGAIN\nfull: EAGAIN, 1\npoll: 0\nreader saw 5242880\nexit 0\ngone: EPIPE\n',
  unix:
    'TO A TWIN, exit 0\ntaken: 1\nby name, exit 0\n/home/user/the.sock\nfirst, then second\n' +
    'nothing: 1\nudp there and back\n',
  'socket-names':
    'mode 750, size 0\nnot listening: Connection refused\nagain: Address in use\n' +
    'open: No such device or address\nchild: socket 1, connects ok\nrelative ok, link ok\n' +
    'bind to link: Address in use\nold name: No such file or directory, new name: ok\n' +
    'not writable: Permission denied\nunlinked: No such file or directory\nthe connection: still here\n' +
    'new one: Connection refused\nleft behind: Connection refused, bind Address in use\n' +
    'no folder: No such file or directory\nno permission: Permission denied\n' +
    'plain file: Connection refused\npeer: /home/user/the.sock\n',
  'socket-waits':
    'peek look, more look twice, read look twice\npeek nothing: Resource temporarily unavailable\n' +
    'told 0 s 30000 us\nread: Resource temporarily unavailable\nreceive: Resource temporarily unavailable\n' +
    'wrong: Domain error\naccept: Resource temporarily unavailable\nsend: Resource temporarily unavailable\n' +
    'after: go on\ndatagram: message\ndatagram: Resource temporarily unavailable\n' +
    'half: answer, then 0\nends: 1\npeer: 1\nnone: Socket not connected\n',
  permissions:
    'umask 22\nmodes 644 755 600 700\nread-only: ok Permission denied Permission denied\n' +
    'write-only: Permission denied ok\nnone: Permission denied, open already: ok\n' +
    'no search: Permission denied Permission denied\n' +
    'no write: ok Permission denied Permission denied Permission denied Permission denied\n' +
    'no list: Permission denied, but search: ok\nagain: ok\n',
  killed:
    'read all it sent: 0\nsignal 9\nunread bytes: -1 ECONNRESET\nnot accepted: -1 ECONNRESET\ngone: 1\n',
};

const limitsOf: Readonly<Record<string, Limits>> = { bounded: { pipeBytes: 1 << 20, processes: 16 } };

const transports = { 'chromium-isolated': 'shared', webkit: 'local' } as const;

describe('Processes started by a WASI program', () => {
  for (const [name, expected] of Object.entries(programs)) {
    it(name, async function () {
      this.timeout(60_000);
      const kernel = await Kernel.boot();
      const response = await fetch(programUrl(`c/${name}`));
      const bytes = new Uint8Array(await response.arrayBuffer());
      const sandbox = await kernel.sandbox({
        files: { 'self.wasm': bytes },
        ...(limitsOf[name] === undefined ? {} : { limits: limitsOf[name] }),
      });
      const process = await sandbox.spawn('./self.wasm', [], {
        stdin: 'null',
        timeoutMs: 30_000,
      });
      const wanted = (transports as Record<string, string>)[testConfig.lane] ?? 'suspending';
      expect(process.transport).to.equal(wanted);
      const [stdout, stderr, status] = await Promise.all([
        new Response(process.stdout).text(),
        new Response(process.stderr).text(),
        process.exited,
      ]);
      expect({ stdout, stderr, code: status.code }).to.deep.equal({
        stdout: expected,
        stderr: '',
        code: 0,
      });
      await sandbox.dispose();
    });
  }
});
