// Runs one program of its own sandbox and tells how it ended.
import { Kernel, type NetworkGrant, type SpawnOptions } from 'wasm-elements/kernel';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions extends SpawnOptions {
  readonly runtime?: string;
  readonly args?: readonly string[];
  readonly network?: NetworkGrant;
}

/** `files` may be the text of `main.js`. The entry is `main.js`, unless `args` says otherwise. */
export async function program(
  files: string | Record<string, string>,
  options: ProgramOptions = {},
): Promise<Outcome> {
  const { runtime = 'javascript', args = ['main.js'], network, ...spawn } = options;
  const kernel = await Kernel.boot();
  const sandbox = await kernel.sandbox({
    files: typeof files === 'string' ? { 'main.js': files } : files,
    ...(network === undefined ? {} : { network }),
  });
  try {
    const { code, stdout, stderr } = await sandbox.run(runtime, args, { timeoutMs: 20_000, ...spawn });
    return { code, stdout, stderr };
  } finally {
    await sandbox.dispose();
  }
}

/** What it printed, when it ended well. */
export async function printed(
  files: string | Record<string, string>,
  options: ProgramOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await program(files, options);
  if (code !== 0 || stderr !== '')
    throw new Error(`exit ${String(code)}, stdout: ${stdout}, stderr: ${stderr}`);
  return stdout;
}
