// tsc never removes the output of a deleted source, and a stale test would go on running.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './paths.mjs';

/** What tsc writes; build/ holds other things too, say the peers of the benchmarks. */
const projects = ['kernel-core', 'runtime-loaders', 'elements', 'test'];

export function pruneBuild() {
  for (const project of projects) {
    const folder = inRoot('build', project);
    if (!existsSync(folder)) continue;
    for (const relative of readdirSync(folder, { recursive: true })) {
      const output = String(relative);
      if (!/\.(js|d\.ts)$/.test(output)) continue;
      const source = inRoot(project, output.replace(/(\.d)?\.(js|ts)$/, '.ts'));
      if (existsSync(source)) continue;
      rmSync(path.join(folder, output));
      rmSync(path.join(folder, `${output}.map`), { force: true });
    }
  }
}
