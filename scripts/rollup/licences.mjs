// LICENSES.txt: the licences of the npm packages whose code is in dist/, those they need in turn included.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { packageDir } from '../paths.mjs';
import { unlessUnchanged } from './unless-unchanged.mjs';

const file = 'LICENSES.txt';

export async function writeLicences({ root }) {
  await unlessUnchanged(root, file, () => {
    const packages = new Map();
    const manifest = `${root}/package.json`;
    const add = (name) => {
      if (packages.has(name)) return;
      const folder = packageDir(name);
      const { version, license, dependencies = {} } = readJson(`${folder}/package.json`);
      packages.set(name, `${name} ${version} (${license})\n\n${textIn(folder)}`);
      Object.keys(dependencies).forEach(add);
    };
    Object.keys(readJson(manifest).dependencies).forEach(add);
    const texts = [...packages.values()].sort();
    writeFileSync(`${root}/dist/${file}`, texts.join(`\n\n${'─'.repeat(78)}\n\n`));
    return { files: [file], modules: [manifest] };
  });
  return [file];
}

const readJson = (name) => JSON.parse(readFileSync(name, 'utf8'));

/** As the package carries it; where it carries none, its manifest names the licence. */
function textIn(folder) {
  const name = readdirSync(folder).find((each) => /^licen[cs]e(\.\w+)?$/i.test(each));
  return name === undefined
    ? 'The package comes without a text.'
    : readFileSync(`${folder}/${name}`, 'utf8').trim();
}
