// What the tests of the shell share: a sandbox for each test, and scripts run in it as a page would.
import { expect } from 'chai';
import { Kernel, type RunResult, type Sandbox, type SpawnOptions } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

/** Which transport the lane's browser has. */
export const transport =
  ({ 'chromium-isolated': 'shared', webkit: 'local' } as const)[testConfig.lane as string] ?? 'suspending';

export interface Shell {
  readonly kernel: Kernel;
  readonly sandbox: Sandbox;
  /** Runs a script by `sh -c`. */
  run(script: string, options?: SpawnOptions): Promise<RunResult>;
  /** The same; what it printed and how it ended must be this, and nothing on stderr. */
  prints(script: string, stdout: string, code?: number): Promise<void>;
}

/** To be called in a `describe`. */
export function useShell(): Shell {
  let kernel: Kernel;
  let sandbox: Sandbox | undefined;
  before(async () => {
    kernel = await Kernel.boot();
  });
  beforeEach(async function () {
    this.timeout(60_000);
    sandbox = await kernel.sandbox();
  });
  afterEach(() => sandbox?.dispose());

  const run = (script: string, options?: SpawnOptions): Promise<RunResult> =>
    (sandbox as Sandbox).run('sh', ['-c', script], { timeoutMs: 30_000, ...options });
  return {
    get kernel() {
      return kernel;
    },
    get sandbox() {
      return sandbox as Sandbox;
    },
    run,
    async prints(script, stdout, code = 0) {
      const result = await run(script);
      expect(
        { stdout: result.stdout, stderr: result.stderr, code: result.code },
        result.message,
      ).to.deep.equal({
        stdout,
        stderr: '',
        code,
      });
    },
  };
}
