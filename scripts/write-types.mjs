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
  // Hand-written declarations are not part of tsc's output, and the others refer to them.
  for (const file of ['kernel-core/client/virtual.d.ts', 'elements/virtual.d.ts'])
    if (existsSync(inRoot(file))) cpSync(inRoot(file), `${target}/${file}`);
}
