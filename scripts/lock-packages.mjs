// npm run lock: writes package-lock.json anew from package.json. In a folder of its own, because npm would
// otherwise copy from node_modules what this system has and drop what other systems need.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inRoot } from './paths.mjs';
import { must } from './run.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'wasm-elements-'));
try {
  for (const file of ['package.json', '.npmrc']) copyFileSync(inRoot(file), path.join(folder, file));
  await must('npm', ['install', '--package-lock-only'], { cwd: folder });
  copyFileSync(path.join(folder, 'package-lock.json'), inRoot('package-lock.json'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
