// Assembles the .wat files of this folder: `node demos/wasm/build.mjs` writes the .wasm files beside them.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import wabt from 'wabt';

const folder = new URL('.', import.meta.url);
const { parseWat } = await wabt();
for (const name of (await readdir(folder)).filter((each) => each.endsWith('.wat'))) {
  const module = parseWat(name, await readFile(new URL(name, folder), 'utf8'));
  module.validate();
  await writeFile(new URL(name.replace('.wat', '.wasm'), folder), module.toBinary({}).buffer);
}
