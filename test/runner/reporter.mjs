// One line a file; failures with their browser and error; the lane's counts as JSON for scripts/test.mjs.
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** @param {{ lane: string, resultsFile?: string }} options */
export function reporter({ lane, resultsFile }) {
  return {
    reportTestFileResults({ sessionsForTestFile, testFile }) {
      const results = sessionsForTestFile.map(sessionResult);
      const { passed, failed, skipped, seconds } = sum(results);
      const name = path.relative(path.join(process.cwd(), 'build/test'), testFile).replace(/\.js$/, '');
      const parts = [`${passed} passed`];
      if (failed > 0) parts.push(`${failed} FAILED`);
      if (skipped > 0) parts.push(`${skipped} skipped`);
      console.log(
        `${failed > 0 ? '✗' : '✓'} [${lane}] ${name}: ${parts.join(', ')} (${seconds.toFixed(1)} s)`,
      );
      for (const { failures } of results) for (const failure of failures) printFailure(lane, failure);
      for (const session of sessionsForTestFile) if (failed > 0) printLogs(session);
    },
    onTestRunFinished({ sessions }) {
      if (!resultsFile) return;
      const files = Array.from(sessions, (session) => ({
        file: path.relative(process.cwd(), session.testFile),
        ...sessionResult(session),
      }));
      writeFileSync(resultsFile, JSON.stringify({ lane, files }));
    },
  };
}

function sessionResult(session) {
  const result = { passed: 0, failed: 0, skipped: 0, seconds: 0, failures: [] };
  const fail = (name, error) => {
    result.failed++;
    result.failures.push({
      name,
      message: error?.message ?? 'failed',
      stack: error?.stack ?? '',
      expected: error?.expected,
      actual: error?.actual,
    });
  };
  const walk = (suite, names) => {
    for (const test of suite.tests) {
      result.seconds += (test.duration ?? 0) / 1000;
      if (test.skipped) result.skipped++;
      else if (test.passed) result.passed++;
      else fail([...names, test.name].join(' › '), test.error);
    }
    for (const inner of suite.suites) walk(inner, [...names, inner.name]);
  };
  if (session.testResults) walk(session.testResults, []);
  // A file that did not load, threw outside a test or never finished has an error and perhaps no test.
  for (const error of session.errors ?? []) fail(path.basename(session.testFile ?? 'test file'), error);
  if (session.passed === false && result.failed === 0)
    fail(path.basename(session.testFile ?? 'test file'), null);
  if (session.passed && result.passed + result.skipped === 0)
    fail(path.basename(session.testFile), { message: 'no test ran in this file' });
  return result;
}

function sum(results) {
  const total = { passed: 0, failed: 0, skipped: 0, seconds: 0 };
  for (const result of results) for (const key of Object.keys(total)) total[key] += result[key];
  return total;
}

function printFailure(lane, { name, message, stack, expected, actual }) {
  console.log(`    ✗ [${lane}] ${name}\n      ${message.replaceAll('\n', '\n      ')}`);
  if (expected !== undefined) console.log(`      expected: ${expected}\n      actual:   ${actual}`);
  const where = stack.split('\n').filter((line) => line.includes('/build/') || line.includes('/dist/'));
  for (const line of where.slice(0, 4)) console.log(`      ${line.trim()}`);
}

function printLogs(session) {
  for (const log of (session.logs ?? []).slice(0, 20))
    console.log(`      console: ${log.map(String).join(' ').slice(0, 500)}`);
  for (const url of session.request404s ?? []) console.log(`      404: ${url}`);
}
