// Where things are, independent of the current directory.
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const inRoot = (...parts) => path.join(root, ...parts);

/** Entry script of a tool in node_modules, to run with this very node. */
export const tool = (file) => inRoot('node_modules', file);

/** Folder of an installed package, also where its `exports` hide package.json. */
export function packageDir(name) {
  const lookup = createRequire(inRoot('package.json')).resolve.paths(name) ?? [];
  for (const folder of lookup) {
    const candidate = path.join(folder, name);
    if (existsSync(path.join(candidate, 'package.json'))) return candidate;
  }
  throw new Error(`${name} is not installed: run "npm ci"`);
}
