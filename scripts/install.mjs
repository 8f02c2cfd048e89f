// Brings node_modules in line with package-lock.json. Imports nothing but node, because it runs first.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { inRoot, root } from './paths.mjs';
import { must } from './run.mjs';

const stamp = inRoot('node_modules', '.installed-lock');

export async function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(inRoot('package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('installing npm packages …');
  // The browsers come from the system; the automation packages must not download their own.
  const env = { ...process.env, PUPPETEER_SKIP_DOWNLOAD: '1', PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' };
  await must('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, env });
  writeFileSync(stamp, lock);
}
