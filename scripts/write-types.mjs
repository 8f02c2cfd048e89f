// The package ships the declarations as tsc wrote them, one per source file.
import { cpSync, existsSync, rmSync } from 'node:fs';
import { inRoot } from './paths.mjs';

export function writeTypes() {
  const target = inRoot('dist/types');
  rmSync(target, { recursive: true, force: true });
  for (const layer of ['elements', 'kernel-core', 'runtime-loaders']) {
    const source = inRoot('build', layer);
    if (!existsSync(source)) continue;
    cpSync(source, `${target}/${layer}`, {
      recursive: true,
      filter: (file) => !/\.(js|map|tsbuildinfo)$/.test(file),
    });
  }
  const handWritten = 'kernel-core/frame/frame-html.d.ts';
  if (existsSync(inRoot(handWritten))) cpSync(inRoot(handWritten), `${target}/${handWritten}`);
}
