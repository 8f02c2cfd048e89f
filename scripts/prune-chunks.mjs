// Chunk names carry a hash: the ones of earlier builds are removed after the new ones are in place,
// so that a page opened during a build finds a complete set.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { inRoot } from './paths.mjs';

/** @param {Set<string>} written paths relative to dist/ */
export function pruneChunks(written) {
  const folder = inRoot('dist/chunks');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!written.has(`chunks/${name.replace(/\.map$/, '')}`)) rmSync(`${folder}/${name}`);
  }
}
