// The lanes `npm test` goes through, one browser each, and which test files each one runs:
//
//   x.test.ts              chromium, firefox, webkit
//   x.everywhere.test.ts   those three and chromium-isolated
//   x.isolated.test.ts     chromium-isolated only
//   x.chromium.test.ts     chromium only
import { existsSync, readdirSync } from 'node:fs';
import { inRoot } from '../../scripts/paths.mjs';
import { slow } from './slow.mjs';

export const lanes = {
  chromium: { browser: 'chromium', isolated: false, kinds: ['', 'everywhere', 'chromium'] },
  'chromium-isolated': { browser: 'chromium', isolated: true, kinds: ['isolated', 'everywhere'] },
  firefox: { browser: 'firefox', isolated: false, kinds: ['', 'everywhere'] },
  webkit: { browser: 'webkit', isolated: false, kinds: ['', 'everywhere'] },
};

/**
 * Compiled test files of a lane, relative to the repository.
 * @param {string[]} filters a file runs when its path holds one of them (all without filters)
 * @param {boolean} quick without the slow ones
 */
export function testFiles(lane, filters = [], quick = false) {
  const folder = inRoot('build/test');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((file) => `build/test/${file}`)
    .filter((file) => lanes[lane].kinds.includes(kindOf(file)))
    .filter((file) => !quick || !slow.some((path) => path.test(file)))
    .filter((file) => filters.length === 0 || filters.some((text) => file.includes(text)))
    .sort();
}

/** Whether a test file fills the machine on purpose, which is not fair to another one beside it. */
export const isAttack = (file) => file.includes('/test/security/');

/** 'everywhere', 'isolated', 'chromium', '' for a plain test file, null for anything else. */
function kindOf(file) {
  const match = /(?:\.(everywhere|isolated|chromium))?\.test\.js$/.exec(file);
  return match ? (match[1] ?? '') : null;
}
