// npm run conformance: runs WASI suites that somebody has, every program in every browser, as `npm test` would.
//   --suite <folder>          with .wasm files in it or somewhere beneath; may be given more than once
//   --lane chromium,firefox   only these lanes
//   --no-build                on what is in build/ and dist/
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';

const { values } = parseArgs({
  options: {
    suite: { type: 'string', multiple: true, default: [] },
    lane: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});
const given = values.suite.map((folder) => path.resolve(process.env.INIT_CWD ?? process.cwd(), folder));
const folders = given.flatMap(programFolders);
if (folders.length === 0) {
  console.log('name a folder with the .wasm files of a suite: npm run conformance -- --suite <folder>');
  process.exit(1);
}
const options = [
  ...(values['no-build'] ? ['--no-build'] : []),
  ...(values.lane === undefined ? [] : ['--lane', values.lane]),
];
process.exitCode = await run('node', [inRoot('scripts/test.mjs'), ...options, 'conformance/wasi/suites'], {
  env: { ...process.env, WASM_ELEMENTS_SUITES: folders.join(path.delimiter) },
});

/** The folder and those beneath that hold programs; what is named after a later preview is passed over. */
function programFolders(folder) {
  if (!existsSync(folder)) throw new Error(`no folder ${folder}`);
  const entries = readdirSync(folder, { withFileTypes: true });
  const beneath = entries
    .filter((entry) => entry.isDirectory() && !/wasip[23]|^node_modules$|^\./.test(entry.name))
    .flatMap((entry) => programFolders(path.join(folder, entry.name)));
  return entries.some((entry) => entry.name.endsWith('.wasm')) ? [folder, ...beneath] : beneath;
}
