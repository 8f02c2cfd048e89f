import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

/** What each program of test/fixtures/c prints: one behaviour of POSIX a program. */
const programs: Record<string, string> = {
  pipes: 'THROUGH A PIPE\nexit 0\nsignaled 1 by 13\nwrite -1: EPIPE\n',
  processes: 'seven: 7\nparent: me\nten: 70\n/tmp blue\ndone\n',
  signals:
    'terminated: 1 15\nkilled: 1 9\nstopped: 1 19\nwent on: 1\nexit 3\nhandler: 1 10\n' +
    'interrupted: EINTR, handler 1\nalarm: 14\ngroup: 1 1\n',
  special: 'by its name\ncmdline: ./self.wasm\nstatus: 1\nstat: 1\nself: 1\nlisted: 1 1\nstdin: piped\n',
  locks:
    'child: EAGAIN, in the way 2 from 0 for 10\nleft: 0\n' +
    'child: locked, in the way 2 from 0 for 4\ncounted: 150\ndeadlock: 1\n',
  inherit:
    'parent read 0123\nchild read 4567\nparent read 89ab at 12\nlines: 200 100, torn 0\ncopy read 4567\n',
  echo: 'peer 127.0.0.1:7000\nstream 1\n3145728 bytes back, 0 wrong\nexits 0 0\n',
  'half-close': 'heard question\nexit 0\nwrite -1: EPIPE\nunconnected: ENOTCONN\nwrite -1: ENOTCONN\n',
  refused:
    'nobody: ECONNREFUSED\ntaken: EADDRINUSE\nfree: 0\ntwice: EINVAL\nelsewhere: EADDRNOTAVAIL ENETUNREACH\n' +
    'family: EAFNOSUPPORT\nno socket: ENOTSOCK\nchosen: 1\nnone yet: EAGAIN\n' +
    'backlog: 1024, then ECONNREFUSED\nafter accept: 0\n',
  poll: 'idle: 0\nheard 3, ended 3, exits 0\nselect 1: read 0, write 1\nselect 1: read 1\n',
  nonblocking: 'read: EAGAIN\nfull: EAGAIN, 1\npoll: 0\nreader saw 5242880\nexit 0\ngone: EPIPE\n',
  unix:
    'TO A TWIN, exit 0\ntaken: 1\nby name, exit 0\n/home/user/the.sock\nfirst, then second\n' +
    'nothing: 1\nudp there and back\n',
  killed:
    'read all it sent: 0\nsignal 9\nunread bytes: -1 ECONNRESET\nnot accepted: -1 ECONNRESET\ngone: 1\n',
};

const transports = { 'chromium-isolated': 'shared', webkit: 'local' } as const;
const canWait = testConfig.lane !== 'webkit';

describe('Processes started by a WASI program', () => {
  for (const [name, expected] of Object.entries(programs)) {
    it(name, async function () {
      this.timeout(60_000);
      const kernel = await Kernel.boot();
      const response = await fetch(`/build/test-fixtures/c/${name}.wasm`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const sandbox = await kernel.sandbox({ files: { 'self.wasm': bytes } });
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
      if (canWait)
        expect({ stdout, stderr, code: status.code }).to.deep.equal({
          stdout: expected,
          stderr: '',
          code: 0,
        });
      else expect(status.message ?? stdout).to.match(/cannot pause a program/);
      await sandbox.dispose();
    });
  }
});
