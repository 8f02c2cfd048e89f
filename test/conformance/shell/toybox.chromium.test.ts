import { expect } from 'chai';
import { Kernel, type FileTree } from 'wasm-elements/kernel';
import { bytesOf } from './byte-text.js';
import { compareWithList } from './expected-failures.js';
import { toyboxFailures, toyboxLeftOut } from './toybox-failures.js';

/** toybox's own test files (shell scripts), what they need, and toybox-prelude.sh. Text is bytes, one a character. */
interface Suite {
  readonly prelude: string;
  readonly options: readonly string[];
  readonly tests: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

const response = await fetch('/build/test-fixtures/conformance/shell/toybox.json');
const suite = (await response.json()) as Suite | null;

describe('toybox’s own tests', () => {
  let kernel: Kernel;
  const counts = { PASS: 0, FAIL: 0, SKIP: 0 };
  before(async function () {
    if (suite === null) {
      console.log('The source of toybox is not here (npm run assets): its tests are left out.');
      this.skip();
    }
    kernel = await Kernel.boot();
  });

  for (const command of Object.keys(suite?.tests ?? {})) {
    if (command in toyboxLeftOut) continue;
    it(command, async function () {
      this.timeout(120_000);
      const records = await recordsOf(kernel, suite as Suite, command);
      const problems = new Map<string, string>();
      const names = named(command, records);
      records.forEach(({ kind, difference }, index) => {
        counts[kind]++;
        if (kind === 'FAIL') problems.set(names[index] ?? '', difference);
      });
      compareWithList(names, problems, toyboxFailures);
    });
  }

  after(() => console.log(`toybox: ${JSON.stringify(counts)}`));

  it('has nothing on its lists that there is not', () => {
    const commands = new Set(Object.keys(suite?.tests ?? {}));
    const listed = [...Object.keys(toyboxLeftOut), ...Object.keys(toyboxFailures)];
    expect(listed.filter((name) => !commands.has(name.replace(/:.*/s, '')))).to.deep.equal([]);
  });
});

/** Cases of a file that are not run, by their own names. */
const leftOutOf = (command: string): readonly string[] =>
  Object.keys(toyboxLeftOut).flatMap((name) =>
    name.startsWith(`${command}: `) ? [name.slice(command.length + 2)] : [],
  );

interface Outcome {
  readonly kind: 'PASS' | 'FAIL' | 'SKIP';
  readonly name: string;
  readonly difference: string;
}

/** What became of each case of a file, in order; one that is not ended when the time is over has failed. */
async function recordsOf(kernel: Kernel, suite: Suite, command: string): Promise<readonly Outcome[]> {
  const home = '/home/user';
  const beside = Object.entries(suite.files).map(([name, content]) => [`files/${name}`, bytesOf(content)]);
  const files: FileTree = {
    'scratch/testdir': {},
    prelude: bytesOf(suite.prelude),
    test: bytesOf(suite.tests[command] ?? ''),
    ...(Object.fromEntries(beside) as FileTree),
  };
  const sandbox = await kernel.sandbox({ files });
  try {
    const { message, stderr } = await sandbox.run('bash', [`${home}/prelude`, `${home}/test`], {
      cwd: `${home}/scratch/testdir`,
      timeoutMs: 60_000,
      env: {
        HOME: home,
        PATH: '/usr/bin',
        LANG: 'C.UTF-8',
        LC_COLLATE: 'C',
        FILES: `${home}/files`,
        TESTDIR: `${home}/scratch`,
        RESULTS: `${home}/results`,
        C: `/usr/bin/${command}`,
        CMDNAME: command,
        USER: 'user',
        LEFT_OUT: `|${leftOutOf(command).join('|')}|`,
        OPTIONFLAGS: `:${suite.options.join(':')}:`,
      },
    });
    const results = await sandbox.fs.readFile('results', 'utf-8').catch(() => '');
    const records = results.split('\x1e').map((each) => each.split('\x1f') as [string, string, string]);
    const outcomes = records.flatMap(([kind, name, difference]) =>
      kind === 'PASS' || kind === 'FAIL' || kind === 'SKIP' ? [{ kind, name, difference } as const] : [],
    );
    if (records.some(([kind]) => kind === 'END')) return outcomes;
    const begun = records.filter(([kind]) => kind === 'BEGIN').at(-1)?.[1] ?? '';
    return [
      ...outcomes,
      { kind: 'FAIL', name: begun, difference: `the file ended here: ${message ?? ''} ${stderr}` },
    ];
  } finally {
    await sandbox.dispose();
  }
}

/** `cut: -b a,a,a`, with a number where a file has two of one name. */
function named(command: string, outcomes: readonly Outcome[]): readonly string[] {
  const seen = new Map<string, number>();
  return outcomes.map(({ name }) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? `${command}: ${name}` : `${command}: ${name} (${times})`;
  });
}
