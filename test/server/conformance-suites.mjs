// The conformance suites `npm run conformance` was given: folders of programs, each with an optional JSON file
// beside it that says how it is started and what it must answer (CONTRIBUTING.md).
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Folders of the suites, from the environment. */
export function suiteFolders() {
  return (process.env.WASM_ELEMENTS_SUITES ?? '').split(path.delimiter).filter((folder) => folder !== '');
}

/** What tests know of the suites (`testConfig.suites`); a suite's files are served below `/__suites/<its number>/`. */
export function readSuites() {
  return suiteFolders().map((folder) => ({
    name: nameOf(folder),
    programs: readdirSync(folder)
      .filter((name) => name.endsWith('.wasm'))
      .sort()
      .map((name) => readProgram(folder, name.slice(0, -'.wasm'.length))),
  }));
}

/** The end of its path that tells it from the others. */
function nameOf(folder) {
  const parts = folder.split(path.sep).filter((part) => !/^(?:testsuite|tests|wasm32-.*)$/.test(part));
  return parts.at(-1) ?? folder;
}

function readProgram(folder, name) {
  const file = path.join(folder, `${name}.json`);
  const given = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const { args = [], env = {}, root, dirs = [], exit_code: code = 0, stdout, stderr, stdin } = given;
  const directories = [...(root === undefined ? [] : [['/', root]]), ...dirs.map((each) => [each, each])];
  return {
    name,
    args,
    env,
    directories: directories.map(([guest, each]) => ({
      guest,
      ...contentsOf(path.join(folder, each), each),
    })),
    expected: { code, stdout, stderr },
    stdin,
  };
}

/** Paths relative to the suite. Git's own files are no part of a test. */
function contentsOf(folder, name) {
  const all = readdirSync(folder, { recursive: true })
    .map((each) => each.split(path.sep).join('/'))
    .filter((each) => !path.posix.basename(each).startsWith('.git'));
  const isFolder = (each) => statSync(path.join(folder, each)).isDirectory();
  const below = (each) => path.posix.join(name, each);
  return {
    folder: name,
    folders: [name, ...all.filter(isFolder).map(below)],
    files: all.filter((each) => !isFolder(each)).map(below),
  };
}
