// The tests that come with the sources of the shell and its tools, as what a test page can read: JSON below
// build/test-fixtures, made from the source packages in build/.sources where `npm run assets` has put them there.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '../../../scripts/paths.mjs';
import { readCheckCases } from './check-cases.mjs';

const made = inRoot('build/test-fixtures/conformance/shell');

/** Writes what there are sources for; `null` stands for a suite that could not be had. */
export function writeShellSuites() {
  mkdirSync(made, { recursive: true });
  const mksh = sourceOf('mksh');
  write('check', mksh && readCheckCases(readFileSync(path.join(mksh, 'check.t'), 'latin1')));
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
