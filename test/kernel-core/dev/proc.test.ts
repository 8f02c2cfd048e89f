import { expect } from 'chai';
import * as fc from 'fast-check';
import { lookSpecial, type SpecialFacts, type SpecialFile } from '../../../kernel-core/dev/special-files.js';
import {
  cmdline,
  comm,
  fdLinks,
  stat,
  status,
  type ProcessFacts,
} from '../../../kernel-core/dev/proc-process.js';
import {
  cpuinfo,
  loadavg,
  meminfo,
  mounts,
  systemStat,
  uptime,
  version,
  type SystemFacts,
} from '../../../kernel-core/dev/proc-system.js';

const shell: ProcessFacts = {
  pid: 7,
  parent: 1,
  group: 7,
  session: 7,
  state: 'sleeping',
  argv: ['/usr/bin/sh', '-c', 'ls | wc'],
  cwd: '/home/user',
  handles: [
    { fd: 10, target: 'pipe:[3]' },
    { fd: 0, target: '/dev/tty' },
  ],
  memoryBytes: 10_000,
  startedMs: 1234,
  foreground: 9,
};

const system: SystemFacts = {
  uptimeMs: 65_432,
  bootedMs: 1_700_000_000_123,
  memoryLimitBytes: 512 << 20,
  memoryUsedBytes: 128 << 20,
  fileBytes: 3 << 20,
  processors: 2,
  mounts: [
    { source: 'memory', target: '/', type: 'tmpfs', readOnly: false },
    { source: 'pack', target: '/mnt/my files', type: 'pack', readOnly: true },
  ],
  release: '0.1.0',
};

/** /proc/<pid>/stat as procps reads it: the name is what stands between the first and the last parenthesis. */
function parseStat(text: string): { name: string; fields: string[] } {
  const close = text.lastIndexOf(')');
  const fields = [
    text.slice(0, text.indexOf(' ')),
    '',
    ...text
      .slice(close + 2)
      .trimEnd()
      .split(' '),
  ];
  return { name: text.slice(text.indexOf('(') + 1, close), fields };
}

describe('/proc of a process', () => {
  it('tells its arguments', () => {
    expect(cmdline(shell)).to.equal('/usr/bin/sh\0-c\0ls | wc\0');
    expect(cmdline({ ...shell, state: 'zombie' })).to.equal('');
  });

  it('names it in at most 15 bytes', () => {
    expect(comm(shell)).to.equal('sh\n');
    expect(comm({ ...shell, argv: ['/bin/a-very-long-program-name'] })).to.equal('a-very-long-pro\n');
    expect(comm({ ...shell, argv: ['漢字漢字漢字'] })).to.equal('漢字漢字漢\n');
    expect(comm({ ...shell, argv: [] })).to.equal('\n');
  });

  it('has the 52 fields of stat where proc(5) has them', () => {
    const { name, fields } = parseStat(stat(shell));
    expect(fields).to.have.length(52);
    expect(name).to.equal('sh');
    const field = (number: number): string | undefined => fields[number - 1];
    expect(fields.slice(2, 8)).to.deep.equal(['S', '1', '7', '7', '34816', '9']);
    expect(field(18), 'priority').to.equal('20');
    expect(field(20), 'threads').to.equal('1');
    expect(field(22), 'start, in ticks').to.equal('123');
    expect(field(23), 'bytes').to.equal('10000');
    expect(field(24), 'pages').to.equal('3');
    expect(field(38), 'exit signal').to.equal('17');
    const { foreground: _, ...daemon } = shell;
    expect(parseStat(stat(daemon)).fields.slice(6, 8)).to.deep.equal(['0', '-1']);
  });

  it('keeps the fields of stat apart whatever the program is called', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 15 }), (argument) => {
        const { fields } = parseStat(stat({ ...shell, argv: [argument] }));
        expect(fields).to.have.length(52);
        expect(fields[2]).to.equal('S');
      }),
    );
  });

  it('says in status the same for people, a field a line', () => {
    const lines = status({ ...shell, argv: ['a\nb'], state: 'stopped' }).split('\n');
    expect(lines).to.include.members([
      'Name:\ta\\nb',
      'State:\tT (stopped)',
      'Pid:\t7',
      'PPid:\t1',
      'FDSize:\t64',
    ]);
    expect(lines).to.include('VmRSS:\t      10 kB');
    for (const line of lines.slice(0, -1)) expect(line).to.match(/^\w+:\t.+$/);
    expect(status({ ...shell, state: 'zombie' })).to.not.include('Vm');
  });

  it('lists its open files by number', () => {
    expect(fdLinks(shell)).to.deep.equal([
      { name: '0', target: '/dev/tty' },
      { name: '10', target: 'pipe:[3]' },
    ]);
    expect(fdLinks({ ...shell, state: 'zombie' })).to.deep.equal([]);
  });
});

describe('/proc/<pid>, for readers of processes', () => {
  const facts = (process: ProcessFacts): SpecialFacts => ({
    self: 7,
    processes: [process],
    system,
    devices: { random: (bytes) => bytes, tty: undefined },
  });
  const whole: ProcessFacts = {
    ...shell,
    env: { HOME: '/home/user', EMPTY: '' },
    executable: '/usr/bin/sh',
    handles: [
      { fd: 0, target: 'pipe:[3]', access: 1 },
      { fd: 1, target: 'pipe:[4]', access: 2 },
      { fd: 2, target: 'tty:[5]' },
    ],
  };
  const look = (path: string, process = whole): SpecialFile => lookSpecial(path, facts(process));

  it('tells what it started with', () => {
    expect(look('/proc/7/environ')).to.deep.equal({ type: 'file', text: 'HOME=/home/user\0EMPTY=\0' });
    expect(look('/proc/self/exe')).to.deep.equal({ type: 'symlink', target: '/usr/bin/sh' });
    expect(look('/proc/7/statm')).to.deep.equal({ type: 'file', text: '3 3 0 0 0 3 0\n' });
  });

  it('tells how its files were opened', () => {
    const flags = [0, 1, 2].map((fd) => {
      const file = look(`/proc/7/fdinfo/${fd}`);
      return file.type === 'file' ? /flags:\t(\S+)/.exec(file.text)?.[1] : undefined;
    });
    expect(flags).to.deep.equal(['00', '01', '02']);
    expect(look('/proc/7/fdinfo')).to.deep.equal({ type: 'directory', entries: ['0', '1', '2'] });
  });

  it('lists what can be looked at', () => {
    const directory = look('/proc/7');
    const entries = directory.type === 'directory' ? directory.entries : [];
    for (const name of entries) expect(() => look(`/proc/7/${name}`)).to.not.throw();
    expect(entries).to.include.members(['environ', 'exe', 'fdinfo', 'statm']);
  });

  it('knows nothing more of a zombie', () => {
    const zombie: ProcessFacts = { ...whole, state: 'zombie' };
    expect(look('/proc/7/environ', zombie)).to.deep.equal({ type: 'file', text: '' });
    for (const path of ['/proc/7/exe', '/proc/7/fdinfo/0', '/proc/7/fdinfo/9'])
      expect(() => look(path, zombie)).to.throw('ENOENT');
  });
});

describe('/proc of the sandbox', () => {
  it('tells its memory in kilobytes', () => {
    const values = new Map<string, number>();
    for (const line of meminfo(system).trimEnd().split('\n')) {
      const [, name = '', kilobytes] = /^(\w+): +(\d+) kB$/.exec(line) ?? [];
      values.set(name, Number(kilobytes));
    }
    expect(values.get('MemTotal')).to.equal(524_288);
    expect(values.get('MemFree')).to.equal(393_216);
    expect(values.get('Cached')).to.equal(3072);
    expect(meminfo({ ...system, memoryUsedBytes: 2 ** 40 })).to.match(/MemFree: +0 kB/);
  });

  it('tells time, load and processes', () => {
    expect(uptime(system)).to.equal('65.43 0.00\n');
    const busy: ProcessFacts = { ...shell, pid: 12, state: 'running' };
    expect(loadavg([busy, shell])).to.equal('1.00 1.00 1.00 1/2 12\n');
    expect(loadavg([])).to.equal('0.00 0.00 0.00 0/0 0\n');
    const lines = systemStat(system, [busy, shell]).split('\n');
    expect(lines).to.include.members(['btime 1700000000', 'procs_running 1', 'cpu  0 0 0 13086 0 0 0 0 0 0']);
    expect(lines.filter((line) => /^cpu\d/.test(line))).to.have.length(2);
  });

  it('says what it is', () => {
    expect(version(system)).to.equal('wasm-elements version 0.1.0 (WebAssembly)\n');
    expect(cpuinfo(system).match(/^processor\t: \d$/gm)).to.deep.equal(['processor\t: 0', 'processor\t: 1']);
  });

  it('lists mounts with blanks escaped', () => {
    expect(mounts(system)).to.equal(
      'memory / tmpfs rw,relatime 0 0\npack /mnt/my\\040files pack ro,relatime 0 0\n',
    );
  });
});
