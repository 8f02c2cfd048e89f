import { expect } from 'chai';
import { Kernel, type FileTree, type Sandbox } from 'wasm-elements/kernel';
import { textOfBytes } from '../../../kernel-core/abi/byte-text.js';
import { bytesOf, textOf } from './byte-text.js';
import { checkFailures } from './check-failures.js';
import { compareWithList } from './expected-failures.js';

/** A test of mksh's check.t, as check-cases.mjs reads it. Text is bytes, one a character. */
interface CheckCase {
  readonly name: string;
  readonly arguments: readonly string[];
  /** `NAME=value` */
  readonly environment: readonly string[];
  readonly stdin?: string;
  readonly script?: string;
  readonly setup: readonly {
    type: 'file' | 'dir' | 'symlink';
    mode: number;
    name: string;
    content: string;
  }[];
  /** A file that nobody may write. */
  readonly isReadOnly?: string;
  readonly needsTerminal: boolean;
  readonly exit: string;
  readonly stdout: Expected;
  readonly stderr: Expected;
}
type Expected = { readonly text: string } | { readonly pattern: string; readonly isRefused: boolean };

const response = await fetch('/build/test-fixtures/conformance/shell/check.json');
const cases = ((await response.json()) ?? []) as readonly CheckCase[];
/** Tests behind one name in the report. */
const groupSize = 50;

describe('mksh’s own tests (check.t)', () => {
  let kernel: Kernel;
  before(async function () {
    if (cases.length === 0) {
      console.log('The source of mksh is not here (npm run assets): its tests are left out.');
      this.skip();
    }
    kernel = await Kernel.boot();
  });

  const groups = Array.from({ length: Math.max(1, Math.ceil(cases.length / groupSize)) }, (_, index) =>
    cases.slice(index * groupSize, (index + 1) * groupSize),
  );
  for (const group of groups) {
    it(`${group[0]?.name ?? ''} to ${group.at(-1)?.name ?? ''} (${group.length})`, async function () {
      this.timeout(180_000);
      const problems = new Map<string, string>();
      for (const each of group) {
        const problem = await problemOf(kernel, each);
        if (problem !== undefined) problems.set(each.name, problem);
      }
      compareWithList(
        group.map(({ name }) => name),
        problems,
        checkFailures,
      );
    });
  }

  it('has no case on its list of failures that there is not', () => {
    const names = new Set(cases.map(({ name }) => name));
    expect(Object.keys(checkFailures).filter((name) => !names.has(name))).to.deep.equal([]);
  });
});

/** As check.pl has it: the shell’s three streams are files, and its folder is empty but for what the test puts there. */
const launch = 'exec "$@" <"$0" >../out 2>../err';

/** What is not as the case says; undefined where nothing is. */
async function problemOf(kernel: Kernel, each: CheckCase): Promise<string | undefined> {
  const { stdin, script } = each;
  const files: FileTree = { run: {}, in: bytesOf(stdin ?? ''), script: bytesOf(script ?? '') };
  const sandbox = await kernel.sandbox({ files });
  try {
    await setUp(sandbox, each);
    const home = '/home/user';
    const environment = [`HOME=${home}`, 'PATH=/usr/bin', 'SHELL=/usr/bin/mksh', 'ENV=/nonexistant'];
    const shell = ['/usr/bin/mksh', ...each.arguments, ...(script === undefined ? [] : ['../script'])];
    const program = ['env', '-i', ...environment, '__progname=/usr/bin/mksh', '__perlname=perl'];
    const args = ['-c', launch, stdin === undefined ? '/dev/null' : '../in'];
    const process = await sandbox.spawn('sh', [...args, ...program, ...each.environment, ...shell], {
      cwd: `${home}/run`,
      timeoutMs: 20_000,
      ...(each.needsTerminal ? { tty: { columns: 80, rows: 24 } } : { stdin: 'null' }),
    });
    void process.stdout.pipeTo(new WritableStream());
    const { code, signal, message } = await process.exited;
    const stdout = textOf(await sandbox.fs.readFile('out'));
    const stderr = textOf(await sandbox.fs.readFile('err'));
    const isGood = exits(code, each.exit) && fits(stdout, each.stdout) && fits(stderr, each.stderr);
    if (isGood) return undefined;
    const wanted = JSON.stringify({ exit: each.exit, stdout: each.stdout, stderr: each.stderr });
    return `wanted ${wanted}\n  got ${JSON.stringify({ code, signal, message, stdout, stderr })}`;
  } finally {
    await sandbox.dispose();
  }
}

async function setUp({ fs }: Sandbox, { setup, isReadOnly }: CheckCase): Promise<void> {
  for (const { type, mode, name, content } of setup) {
    const path = `run/${textOfBytes(bytesOf(name))}`;
    if (type === 'dir') await fs.mkdir(path, { mode });
    else if (type === 'symlink') await fs.symlink(content, path);
    else await fs.writeFile(path, bytesOf(content), { mode });
  }
  if (isReadOnly !== undefined) await fs.chmod(`run/${isReadOnly}`, 0o555);
}

/** `3`, or a comparison of `e`, the exit code; a signal is none. */
function exits(code: number | null, wanted: string): boolean {
  const [, comparison, number] = /^(?:e (==|!=|>) )?(\d+)$/.exec(wanted) ?? [];
  const exit = code ?? -1000;
  if (comparison === '!=') return exit !== Number(number);
  return comparison === '>' ? exit > Number(number) : exit === Number(number);
}

const fits = (got: string, expected: Expected): boolean =>
  'text' in expected ? got === expected.text : new RegExp(expected.pattern).test(got) !== expected.isRefused;
