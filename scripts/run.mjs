// Runs a program with its output on ours and resolves with its exit code.
import { spawn } from 'node:child_process';

/** @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options] */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ? 128 : (code ?? 1)));
  });
}

/** Like `run`, but a failure ends this script too. */
export async function must(command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) {
    console.error(`${command} ${args.join(' ')} failed with exit code ${code}`);
    process.exit(code);
  }
}
