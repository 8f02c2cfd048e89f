// npm run bench: builds, then runs test/bench/run.mjs with the remaining arguments.
import { buildAssets } from './assets.mjs';
import { build } from './build.mjs';
import { ensureBrowsers } from './browsers.mjs';
import { inRoot, root } from './paths.mjs';
import { run } from './run.mjs';

await ensureBrowsers();
await buildAssets();
if (!(await build())) process.exit(1);
process.exitCode = await run('node', [inRoot('test/bench/run.mjs'), ...process.argv.slice(2)], { cwd: root });
