// npm test: installs what is missing, builds, runs every lane and ends with "N passed, N failed".
//   --lane chromium,firefox   only these lanes
//   --keep-going              also when types do not check
//   --no-build                on what is in build/ and dist/
//   --quick                   without the files of test/runner/slow.mjs
//   --jobs 2                  lanes at a time (one); attacks that fill the machine come after them, a lane at a time
//   --retry                   runs a file that failed once more by itself; where it passes then, it is named as unsteady
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
    retry: { type: 'boolean', default: false },
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
/** Of each lane: what each file came to, and failures that no file is to blame for. */
const results = chosen.map((lane) => ({ lane, files: new Map(), others: [], ms: 0 }));
const unsteady = [];
let runs = 0;
if (jobs === 1) await runLanes(1, () => true);
else {
  await runLanes(jobs, (file) => !isAttack(file));
  await runLanes(1, isAttack);
}
if (values.retry) for (const result of results) await retry(result);

console.log();
const total = { passed: 0, failed: 0 };
for (const result of results) {
  const { passed, failed, skipped } = sumOf(result);
  total.passed += passed;
  total.failed += failed;
  const alsoSkipped = skipped > 0 ? `, ${skipped} skipped` : '';
  const minutes = (result.ms / 60_000).toFixed(1);
  console.log(`${result.lane.padEnd(18)} ${passed} passed, ${failed} failed${alsoSkipped} (${minutes} min)`);
}
for (const { lane, name, message } of unsteady)
  console.log(`~ [${lane}] unsteady, failed once and then passed: ${name}: ${message.split('\n')[0]}`);
for (const result of results)
  for (const { name, message } of failuresOf(result))
    console.log(`✗ [${result.lane}] ${name}: ${message.split('\n')[0]}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

/**
 * Runs the test files of every lane that `wanted` names, so many lanes at a time, and adds them to `results`. Side by
 * side they go in halves, so that all of them end at about the same time.
 */
async function runLanes(atATime, wanted) {
  const parts = results.map((result) => {
    const files = testFiles(result.lane, filters, values.quick).filter(wanted);
    const middle = atATime === 1 ? files.length : Math.ceil(files.length / 2);
    return { result, halves: [files.slice(0, middle), files.slice(middle)] };
  });
  const waiting = [0, 1].flatMap((half) =>
    parts.map(({ result, halves }) => ({ result, files: halves[half] })),
  );
  const running = new Set();
  const job = async () => {
    while (waiting.length > 0) {
      // A lane beside itself only where nothing else is left.
      const free = waiting.findIndex(({ result }) => !running.has(result));
      const [{ result, files }] = waiting.splice(Math.max(free, 0), 1);
      running.add(result);
      await runFiles(result, files);
      running.delete(result);
    }
  };
  await Promise.all(Array.from({ length: atATime }, job));
}

/** Files that failed, once more in a browser of their own: what they come to then counts. */
async function retry(result) {
  const before = new Map([...result.files].filter(([, { failed }]) => failed > 0));
  await runFiles(result, [...before.keys()]);
  for (const [file, { failures }] of before)
    if (result.files.get(file).failed === 0)
      unsteady.push(...failures.map((failure) => ({ lane: result.lane, ...failure })));
}

function failuresOf({ files, others }) {
  return [...others, ...[...files.values()].flatMap(({ failures }) => failures)];
}

function sumOf(result) {
  const sum = { passed: 0, failed: result.others.length, skipped: 0 };
  for (const file of result.files.values()) for (const key of Object.keys(sum)) sum[key] += file[key];
  return sum;
}

async function runFiles(result, files) {
  if (files.length === 0) return;
  const { lane } = result;
  const startMs = performance.now();
  console.log(`\n— ${lane}: ${files.length} test file${files.length === 1 ? '' : 's'}`);
  const resultsFile = inRoot('build', `results-${lane}-${process.pid}-${(runs += 1)}.json`);
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
  const ended = readResults(resultsFile)?.files ?? [];
  for (const file of ended) result.files.set(file.file, file);
  if (code !== 0 && ended.every(({ failed }) => failed === 0))
    result.others.push({
      name: 'test runner',
      message: `ended with exit code ${code} before it had counted`,
    });
  result.ms += performance.now() - startMs;
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
