// The tests that come with the sources of the shell and its tools, as what a test page can read: JSON below
// build/test-fixtures, made from the source packages in build/.sources where `npm run assets` has put them there.
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '../../../scripts/paths.mjs';
import { readCheckCases } from './check-cases.mjs';

const made = inRoot('build/test-fixtures/conformance/shell');

/** Writes what there are sources for; `null` stands for a suite that could not be had. */
export function writeShellSuites() {
  mkdirSync(made, { recursive: true });
  const mksh = sourceOf('mksh');
  write('check', mksh && readCheckCases(readFileSync(path.join(mksh, 'check.t'), 'latin1')));
  const toybox = sourceOf('toybox');
  write('toybox', toybox && toyboxTests(toybox));
}

/** toybox's test files, what lies beside them, and the options it is built with. Text is bytes, one a character. */
function toyboxTests(source) {
  const folder = path.join(source, 'tests');
  // Those that nobody may execute are for root, or not finished.
  const tests = readdirSync(folder)
    .filter((each) => each.endsWith('.test') && (statSync(path.join(folder, each)).mode & 0o100) !== 0)
    .map((each) => [each.slice(0, -5), readFileSync(path.join(folder, each), 'latin1')]);
  const files = readdirSync(path.join(folder, 'files'), { recursive: true })
    .filter((each) => statSync(path.join(folder, 'files', each)).isFile())
    .map((each) => [each, readFileSync(path.join(folder, 'files', each), 'latin1')]);
  const config = readFileSync(path.join(source, 'generated/config.h'), 'utf8');
  const options = [...config.matchAll(/^#define CFG_(\w+) 1$/gm)].map(([, name]) => name);
  const prelude = readFileSync(inRoot('test/conformance/shell/toybox-prelude.sh'), 'latin1');
  return { prelude, options, tests: Object.fromEntries(tests), files: Object.fromEntries(files) };
}

function write(suite, content) {
  writeFileSync(path.join(made, `${suite}.json`), JSON.stringify(content ?? null));
}

function sourceOf(name) {
  const folder = inRoot('build/.sources');
  if (!existsSync(folder)) return undefined;
  const found = readdirSync(folder).find(
    (each) => each.startsWith(`${name}-`) && !/\.(stamp|part)$/.test(each),
  );
  return found && path.join(folder, found);
}
