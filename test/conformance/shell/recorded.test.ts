import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';

/** What real bash did with a command in a folder that held these files. */
interface RecordedCase {
  readonly id: string;
  readonly command: string;
  readonly files: Readonly<Record<string, string>>;
  readonly stdout: string;
  readonly exitCode: number;
}

/** Cases that end otherwise here, by their id, and why. */
const expectedFailures: Readonly<Record<string, string>> = {};

const response = await fetch('/test/fixtures/shell/bash-recorded.json');
const groups = (await response.json()) as Readonly<Record<string, readonly RecordedCase[]>>;

describe('Commands recorded from bash', () => {
  let kernel: Kernel;
  before(async () => {
    kernel = await Kernel.boot();
  });

  for (const [group, cases] of Object.entries(groups)) {
    it(`${group} (${cases.length})`, async function () {
      this.timeout(120_000);
      const different: string[] = [];
      for (const each of cases) {
        const problem = await differenceIn(kernel, each);
        const reason = expectedFailures[each.id];
        if (problem !== undefined && reason === undefined) different.push(problem);
        if (problem === undefined && reason !== undefined)
          different.push(`${each.id} passes: take it off the list`);
      }
      expect(different, different.join('\n')).to.deep.equal([]);
    });
  }
});

/** What is not as recorded; undefined where nothing is. */
async function differenceIn(kernel: Kernel, recorded: RecordedCase): Promise<string | undefined> {
  const { id, command, files, stdout, exitCode } = recorded;
  const sandbox = await kernel.sandbox({ files: { ...files } });
  try {
    const result = await sandbox.run('bash', ['-c', command], { timeoutMs: 20_000 });
    if (result.stdout === stdout && result.code === exitCode) return undefined;
    const { code, signal, stderr, message } = result;
    const got = JSON.stringify({ code, signal, stdout: result.stdout, stderr, message });
    return `${id}: ${command}\n  recorded ${JSON.stringify({ code: exitCode, stdout })}\n  got ${got}`;
  } finally {
    await sandbox.dispose();
  }
}
