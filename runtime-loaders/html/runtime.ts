// runtime-loaders/html: pages shown as a live result. There is no loader: the client shows the entry file
// in a preview frame (kernel-core/client/preview.ts), which runs it with the browser's own engine.
import type { Runtime } from '../../kernel-core/abi/runtime.js';

export const htmlRuntime: Runtime = {
  name: 'html',
  aliases: ['htm', 'web', 'css'],
  title: 'HTML',
  kind: 'page',
  versions: [{ version: '5', loader: 'html', assets: [] }],
  extensions: ['.html', '.htm'],
  language: 'html',
  entry: 'index.html',
};
