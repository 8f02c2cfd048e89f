// A bundle is made again only when something it was made of has changed: its modules, what makes it, or its own
// files. The record lies in build/, so whoever removes that builds everything.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { virtualModules } from './virtual-modules.mjs';

/**
 * @param make writes the bundle; resolves with `files`, relative to dist/, and `modules`, the ids it was made of
 * @returns the files, whoever wrote them
 */
export async function unlessUnchanged(root, name, make) {
  const record = path.join(root, 'build/.bundles', `${name.replaceAll('/', '+')}.json`);
  const tools = toolsDigest(root);
  const last = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : undefined;
  if (last?.tools === tools && (await isUnchanged(root, last))) return Object.keys(last.files);
  const { files, modules } = await make();
  const made = {
    tools,
    files: Object.fromEntries(files.map((file) => [file, digestOf(path.join(root, 'dist', file))])),
    modules: {},
  };
  for (const id of modules) made.modules[path.relative(root, id)] = await moduleDigest(root, id);
  mkdirSync(path.dirname(record), { recursive: true });
  writeFileSync(record, JSON.stringify(made));
  return files;
}

async function isUnchanged(root, { files, modules }) {
  for (const [file, digest] of Object.entries(files))
    if (digestOf(path.join(root, 'dist', file)) !== digest) return false;
  for (const [relative, digest] of Object.entries(modules)) {
    const id = relative.includes('\0') ? relative.slice(relative.indexOf('\0')) : path.join(root, relative);
    if ((await moduleDigest(root, id)) !== digest) return false;
  }
  return true;
}

async function moduleDigest(root, id) {
  if (!id.startsWith('\0virtual:')) return digestOf(id.replace(/^\0|\?.*$/g, ''));
  return sha256(String(await virtualModules(root).load(id)));
}

/** What decides how a bundle comes out besides its modules: these scripts, and the packages they use. */
function toolsDigest(root) {
  const folder = path.join(root, 'scripts/rollup');
  const scripts = readdirSync(folder).map((name) => path.join(folder, name));
  const others = ['scripts/build-frame.mjs', 'scripts/inline-script.mjs', 'package-lock.json'];
  return sha256(
    [...scripts, ...others.map((name) => path.join(root, name))].map((file) => digestOf(file)).join(),
  );
}

/** The digest of a file, or a word that no file has. */
function digestOf(file) {
  return existsSync(file) ? sha256(readFileSync(file)) : 'absent';
}

function sha256(data) {
  return createHash('sha256').update(data).digest('hex');
}

/** Every module of a bundle, also those that a plugin made (`watchFiles` has only what rollup read itself). */
export function idsOf(bundle) {
  return bundle.cache.modules.map(({ id }) => id);
}
