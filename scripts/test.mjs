// npm test: installs what is missing, builds, runs every lane and ends with "N passed, N failed".
//   --lane chromium,firefox   only these lanes
//   --keep-going              also when types do not check
//   --no-build                on what is in build/ and dist/
//   --quick                   without the files of test/runner/slow.mjs
//   --jobs 2                  lanes at a time (one); attacks that fill the machine come after them, a lane at a time
//   <text> …                  only test files whose path holds one of these texts
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isAttack, lanes, testFiles } from '../test/runner/lanes.mjs';
import { buildAssets } from './assets.mjs';
import { ensureBrowsers } from './browsers.mjs';
import { build } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { inRoot, root, tool } from './paths.mjs';
import { run } from './run.mjs';
import { buildTestFixtures } from './test-fixtures.mjs';

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    lane: { type: 'string', default: Object.keys(lanes).join(',') },
    'keep-going': { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '1' },
  },
});
const chosen = values.lane.split(',');
for (const lane of chosen)
  if (!lanes[lane]) throw new Error(`no lane ${lane}: there are ${Object.keys(lanes).join(', ')}`);

await ensureInstalled();
await ensureBrowsers();
if (!values['no-build']) {
  await buildAssets();
  const typesOk = await build({ keepGoing: values['keep-going'] });
  if (!typesOk && !values['keep-going']) {
    console.log('no test ran, because types do not check\n0 passed, 1 failed');
    process.exit(1);
  }
  await buildTestFixtures();
}

const jobs = Math.max(1, Number(values.jobs) || 1);
const results = chosen.map((lane) => ({ lane, passed: 0, failed: 0, skipped: 0, ms: 0, failures: [] }));
if (jobs === 1) await runLanes(1, () => true);
else {
  await runLanes(jobs, (file) => !isAttack(file));
  await runLanes(1, isAttack);
}
const total = (key) => results.reduce((sum, result) => sum + result[key], 0);

console.log();
for (const { lane, passed, failed, skipped, ms } of results) {
  const alsoSkipped = skipped > 0 ? `, ${skipped} skipped` : '';
  console.log(
    `${lane.padEnd(18)} ${passed} passed, ${failed} failed${alsoSkipped} (${(ms / 60_000).toFixed(1)} min)`,
  );
}
for (const { lane, failures } of results)
  for (const { name, message } of failures) console.log(`✗ [${lane}] ${name}: ${message.split('\n')[0]}`);
console.log(`${total('passed')} passed, ${total('failed')} failed`);
process.exitCode = total('failed') > 0 || total('passed') === 0 ? 1 : 0;

/** Runs the test files of every lane that `wanted` names, so many lanes at a time, and adds them to `results`. */
async function runLanes(atATime, wanted) {
  const waiting = [...results];
  const job = async () => {
    for (let result = waiting.shift(); result !== undefined; result = waiting.shift()) {
      const startMs = performance.now();
      const part = await runLane(result.lane, testFiles(result.lane, filters, values.quick).filter(wanted));
      result.ms += performance.now() - startMs;
      for (const key of ['passed', 'failed', 'skipped']) result[key] += part[key];
      result.failures.push(...part.failures);
    }
  };
  await Promise.all(Array.from({ length: atATime }, job));
}

async function runLane(lane, files) {
  const empty = { passed: 0, failed: 0, skipped: 0, failures: [] };
  if (files.length === 0) return empty;
  console.log(`\n— ${lane}: ${files.length} test file${files.length === 1 ? '' : 's'}`);
  const resultsFile = inRoot('build', `results-${lane}-${process.pid}.json`);
  mkdirSync(inRoot('build'), { recursive: true });
  const env = {
    ...process.env,
    WASM_ELEMENTS_LANE: lane,
    WASM_ELEMENTS_RESULTS: resultsFile,
    WASM_ELEMENTS_FILES: files.join(','),
  };
  const code = await run('node', [tool('@web/test-runner/dist/bin.js'), '--static-logging'], {
    cwd: root,
    env,
  });
  const result = readResults(resultsFile) ?? empty;
  if (code !== 0 && result.failed === 0) {
    result.failed = 1;
    result.failures.push({
      name: 'test runner',
      message: `ended with exit code ${code} before it had counted`,
    });
  }
  return result;
}

function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null; // the runner ended before it had counted
    throw error;
  } finally {
    rmSync(file, { force: true });
  }
}
