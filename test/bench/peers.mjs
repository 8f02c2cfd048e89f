// Installs the peers of peers.json into build/bench/node_modules; without a registry there are none.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Names of the peers that are there. */
export function installPeers(folder) {
  const list = readFileSync(new URL('peers.json', import.meta.url), 'utf8');
  const file = path.join(folder, 'package.json');
  if (!existsSync(file) || readFileSync(file, 'utf8') !== list) {
    writeFileSync(file, list);
    const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], {
      cwd: folder,
      stdio: 'inherit',
    });
    if (status !== 0) console.log('peers could not be installed: their columns stay empty');
  }
  return new Set(
    Object.keys(JSON.parse(list).dependencies).filter((name) =>
      existsSync(path.join(folder, 'node_modules', name, 'package.json')),
    ),
  );
}
