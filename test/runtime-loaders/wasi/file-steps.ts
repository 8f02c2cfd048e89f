// Draws the steps of the property test: the same seed gives the same ones. The language is described in
// test/server/reference-files.mjs.
import { pick, randomOf, type Random } from '../../security/fuzz-values.js';

export interface Step {
  readonly process: number;
  readonly line: string;
}

const encoder = new TextEncoder();
const hexOf = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Few, so that steps meet: plain, with characters of two bytes, not UTF-8 at all, with odd signs. Most steps use the
 * first ones for directories and the others for files; all steps do so at times with all.
 */
const directories: readonly string[] = ['a', 'b'].map((name) => hexOf(encoder.encode(name)));
const files: readonly string[] = [
  ...['c', 'd', 'ü 1\n'].map((name) => hexOf(encoder.encode(name))),
  hexOf([0xff, 0xfe, 0x80]),
];
const dot = hexOf(encoder.encode('.'));
const slash = hexOf(encoder.encode('/'));
const tooLong = hexOf(encoder.encode('x'.repeat(256)));
const longest = hexOf(encoder.encode('y'.repeat(255)));

function nameOf(random: Random, likely: readonly string[]): string {
  const chance = random();
  if (chance < 0.005) return pick(random, [tooLong, longest]);
  return pick(random, chance < 0.15 ? [...directories, ...files] : likely);
}

/** `ends`: what most likely comes last; nothing is removed by the names `.` and `..`. */
function pathOf(random: Random, ends: 'file' | 'directory' | 'any'): string {
  const parts: string[] = [];
  for (let above = pick(random, [0, 0, 0, 1, 1, 2]); above > 0; above -= 1)
    parts.push(random() < 0.03 ? pick(random, [dot, dot + dot]) : nameOf(random, directories));
  if (ends === 'any' && random() < 0.05) parts.push(pick(random, [dot, dot + dot]));
  else
    parts.push(
      nameOf(
        random,
        ends === 'file' ? files : ends === 'directory' ? directories : [...directories, ...files],
      ),
    );
  const trailing = random() < 0.03 ? slash : '';
  return `/${parts.join(random() < 0.03 ? slash + slash : slash)}${trailing}`;
}

function sizeOf(random: Random): number {
  return pick(random, [0, 1, 5, 100, 100, 4096, 5000, 70_000]);
}

const openFlags = [
  'r',
  'r',
  'w',
  'b',
  'b',
  'wc',
  'bc',
  'bc',
  'bcx',
  'wcx',
  'bct',
  'wt',
  'wca',
  'bca',
  'ba',
  'rd',
  'rn',
  'bcn',
  'rc',
];

/** Of each kind of step: how often, and one drawn. */
const kinds: readonly (readonly [number, (random: Random, slot: () => number) => string])[] = [
  [30, (random, slot) => `open ${slot()} ${pick(random, openFlags)} ${pathOf(random, 'file')}`],
  [2, (random, slot) => `open ${slot()} ${pick(random, openFlags)} ${pathOf(random, 'any')}`],
  [3, (_, slot) => `close ${slot()}`],
  [2, (_, slot) => `dup ${slot()} ${slot()}`],
  [8, (random, slot) => `read ${slot()} ${sizeOf(random)}`],
  [4, (random, slot) => `pread ${slot()} ${sizeOf(random)} ${sizeOf(random)}`],
  [14, (random, slot) => `write ${slot()} ${Math.floor(random() * 256)} ${sizeOf(random)}`],
  [4, (random, slot) => `pwrite ${slot()} ${Math.floor(random() * 256)} ${sizeOf(random)} ${sizeOf(random)}`],
  [
    5,
    (random, slot) =>
      `seek ${slot()} ${pick(random, [0, 0, 3, 100, -1, -50, 9000, 200_000])} ${pick(random, ['s', 'c', 'e'])}`,
  ],
  [3, (random, slot) => `ftruncate ${slot()} ${pick(random, [0, 3, 5000, 100_000, -1])}`],
  [2, (random) => `truncate ${pathOf(random, 'file')} ${sizeOf(random)}`],
  [4, (_, slot) => `fstat ${slot()}`],
  [4, (random) => `stat ${pathOf(random, 'any')}`],
  [4, (random) => `lstat ${pathOf(random, 'any')}`],
  [1, (_, slot) => `sync ${slot()}`],
  [7, (random) => `rename ${pathOf(random, 'file')} ${pathOf(random, 'file')}`],
  [5, (random) => `rename ${pathOf(random, 'directory')} ${pathOf(random, 'directory')}`],
  [6, (random) => `link ${pathOf(random, 'file')} ${pathOf(random, 'file')}`],
  [6, (random) => `symlink ${pathOf(random, 'any')} ${pathOf(random, 'file')}`],
  [9, (random) => `unlink ${pathOf(random, 'file')}`],
  [10, (random) => `mkdir ${pathOf(random, 'directory')}`],
  [5, (random) => `rmdir ${pathOf(random, 'directory')}`],
  [3, (random) => `readlink ${pathOf(random, 'file')}`],
  [4, (random) => `readdir ${pathOf(random, 'any')}`],
  // Always with what the owner needs: the reference may be run by root, whom nothing is refused.
  [4, (random) => `chmod ${pathOf(random, 'any')} ${pick(random, ['700', '755', '777', '740', '707'])}`],
  [
    4,
    (random) =>
      `utimes ${pathOf(random, 'any')} ${1e12 + Math.floor(random() * 1e9) * 4} ${pick(random, ['f', 'l'])}`,
  ],
];
const weights = kinds.reduce((sum, [weight]) => sum + weight, 0);

function drawStep(random: Random): string {
  let at = random() * weights;
  for (const [weight, draw] of kinds) {
    at -= weight;
    if (at < 0) return draw(random, () => Math.floor(random() * 4));
  }
  return 'tree /2e';
}

/**
 * @param together processes live at the same time and have children; otherwise one after the other
 */
export function drawSteps(seed: number, count: number, together: boolean): Step[] {
  const random = randomOf(seed);
  const steps: Step[] = [];
  const withChild = new Set<number>();
  let process = 0;
  while (steps.length < count) {
    const add = (line: string): number => steps.push({ process, line });
    if (together && random() < 0.15) process = Math.floor(random() * 3);
    const chance = random();
    if (chance < 0.002) {
      if (withChild.delete(process)) add('reap');
      add('tree /2e');
      add(pick(random, ['exit', together ? 'kill' : 'exit']));
    } else if (together && chance < 0.01) {
      const isThere = withChild.delete(process);
      if (!isThere) withChild.add(process);
      add(isThere ? 'reap' : 'fork');
    } else {
      const line = chance < 0.015 ? 'tree /2e' : drawStep(random);
      add(withChild.has(process) && random() < 0.4 ? `> ${line}` : line);
    }
  }
  for (process of together ? [0, 1, 2] : [0]) steps.push({ process, line: 'tree /2e' });
  return steps;
}

/** As a person reads it. */
export function readableStep({ process, line }: Step): string {
  const readable = line.replace(/\/([0-9a-f]*)/g, (_, digits: string) => {
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    return JSON.stringify(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  });
  return `${process}: ${readable}`;
}
