import { expect } from 'chai';
import type { FileTree, Kernel } from 'wasm-elements/kernel';
import { testConfig, type SuiteProgram } from '../../test-config.js';

const transports: Readonly<Record<string, string>> = { 'chromium-isolated': 'shared', webkit: 'local' };

async function bytesOf(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  expect(response.ok, url).to.equal(true);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Runs one program in a sandbox of its own, with the directories it asks for and no others, and compares its
 * end. `base`: URL of the folder it is in.
 */
export async function runProgram(kernel: Kernel, base: string, program: SuiteProgram): Promise<void> {
  const files: FileTree = { 'self.wasm': await bytesOf(`${base}${program.name}.wasm`) };
  for (const file of program.directories.flatMap((each) => each.files))
    files[file] = await bytesOf(base + file.split('/').map(encodeURIComponent).join('/'));
  const sandbox = await kernel.sandbox({ files });
  try {
    for (const folder of program.directories.flatMap((each) => each.folders))
      await sandbox.fs.mkdir(folder, { recursive: true });
    const preopens = Object.fromEntries(program.directories.map(({ guest, folder }) => [guest, folder]));
    const process = await sandbox.spawn('./self.wasm', [...program.args], {
      env: { ...program.env },
      preopens,
      stdin: program.stdin ?? 'null',
      timeoutMs: 30_000,
    });
    expect(process.transport).to.equal(transports[testConfig.lane] ?? 'suspending');
    const [stdout, stderr, { code, signal, message }] = await Promise.all([
      new Response(process.stdout).text(),
      new Response(process.stderr).text(),
      process.exited,
    ]);
    const { expected } = program;
    expect({ code, signal }, [message, stdout, stderr].join('\n')).to.deep.equal({
      code: expected.code,
      signal: null,
    });
    if (expected.stdout !== undefined) expect(stdout).to.equal(expected.stdout);
    if (expected.stderr !== undefined) expect(stderr).to.equal(expected.stderr);
  } finally {
    await sandbox.dispose();
  }
}
