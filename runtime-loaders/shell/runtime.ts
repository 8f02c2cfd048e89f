// runtime-loaders/shell: what the page and the kernel know of the shell and the UNIX tools. Data only: they are WASI
// programs, which `wasi/loader.ts` runs.
import type { Runtime } from '../runtime.js';
import { assets, programs, version } from './assets.js';

/** mksh, with toybox and other tools as commands in /usr/bin. */
export const shellRuntime: Runtime = {
  name: 'sh',
  aliases: ['shell', 'bash', 'mksh'],
  title: 'Shell',
  kind: 'process',
  reusable: true,
  versions: [{ version, loader: 'wasi', assets, programs }],
  extensions: ['.sh', '.bash'],
  language: 'shell',
  entry: 'main.sh',
  interactive: true,
};
