// tsc never removes the output of a deleted source, and a stale test would go on running.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './paths.mjs';

export function pruneBuild() {
  const folder = inRoot('build');
  if (!existsSync(folder)) return;
  for (const relative of readdirSync(folder, { recursive: true })) {
    const output = String(relative);
    // The benchmarks install their peers in there.
    if (output.includes('node_modules')) continue;
    if (!/\.(js|d\.ts)$/.test(output)) continue;
    const source = inRoot(output.replace(/(\.d)?\.(js|ts)$/, '.ts'));
    if (existsSync(source)) continue;
    rmSync(path.join(folder, output));
    rmSync(path.join(folder, `${output}.map`), { force: true });
  }
}
