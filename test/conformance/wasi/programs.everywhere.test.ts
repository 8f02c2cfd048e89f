import { Kernel } from 'wasm-elements/kernel';
import { testConfig, type SuiteProgram } from '../../test-config.js';
import { runProgram } from './run-program.js';

type Given = Partial<Omit<SuiteProgram, 'name' | 'expected'>> & {
  readonly expected?: Partial<SuiteProgram['expected']>;
};

/** The programs of test/fixtures/conformance, one family of calls each. They print what is wrong and exit 1. */
const programs: Readonly<Record<string, Given>> = {
  arguments: {
    args: ['two words', '', 'grüß'],
    env: { A: 'b', EMPTY: '', LINES: 'one\ntwo = 2' },
  },
  clocks: {},
  descriptors: {},
  directories: {},
  exit: { expected: { code: 33, stdout: 'written\n' } },
  flags: {},
  links: {},
  open: {},
  paths: {},
  poll: {},
  raise: { expected: { code: 128 + 15 } },
  random: {},
  'read-write': {},
  rename: {},
  rights: {},
  sizes: {},
  stat: {},
  streams: { stdin: 'hello world', expected: { stdout: 'to stdout\n', stderr: 'to stderr\n' } },
  symlinks: {},
};

/** As the others, where a program can be paused. */
const waiting: Readonly<Record<string, Given>> = { sockets: {} };

const emptyRoot = [{ guest: '/', folder: 'root', folders: ['root'], files: [] }];

describe('WASI preview 1', () => {
  let kernel: Kernel;
  before(async () => {
    kernel = await Kernel.boot();
  });

  const all = testConfig.lane === 'webkit' ? programs : { ...programs, ...waiting };
  for (const [name, given] of Object.entries(all)) {
    it(name, () =>
      runProgram(kernel, '/build/test-fixtures/conformance/', {
        name,
        args: [],
        env: {},
        directories: emptyRoot,
        ...given,
        expected: { code: 0, stdout: '', stderr: '', ...given.expected },
      }),
    );
  }
});
