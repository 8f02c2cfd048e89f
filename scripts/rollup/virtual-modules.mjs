// Modules that exist only in the bundles, made from what is compiled already:
//   virtual:frames          the frame documents (scripts/build-frame.mjs)
//   virtual:preview         the script of preview documents; apart, for most pages never load it
//   virtual:runtimes        every runtime's data, for the client
//   virtual:runtime-labels  what the element entry must know before any request: names and sizes
//   virtual:xterm-css       the style sheet of @xterm/xterm, as text
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { buildFrame } from '../build-frame.mjs';
import { inlineScript } from '../inline-script.mjs';

export function virtualModules(root) {
  return {
    name: 'virtual-modules',
    resolveId: (id) => (id.startsWith('virtual:') ? `\0${id}` : null),
    async load(id) {
      switch (id) {
        case '\0virtual:frames':
          return buildFrame({ root });
        case '\0virtual:preview': {
          const script = await inlineScript(`${root}/build/kernel-core/frame/preview-document.js`);
          return `export const previewScript = ${JSON.stringify(script)};`;
        }
        case '\0virtual:runtimes':
          return `export const runtimes = ${JSON.stringify(await runtimes(root))};`;
        case '\0virtual:runtime-labels':
          return `export const runtimeLabels = ${JSON.stringify((await runtimes(root)).map(label))};`;
        case '\0virtual:xterm-css': {
          const css = readFileSync(
            createRequire(`${root}/package.json`).resolve('@xterm/xterm/css/xterm.css'),
            'utf8',
          );
          return `export const xtermCss = ${JSON.stringify(css)};`;
        }
        default:
          return null;
      }
    },
  };
}

async function runtimes(root) {
  const { runtimeTable } = await import(pathToFileURL(`${root}/build/runtime-loaders/runtime-table.js`).href);
  return runtimeTable;
}

const label = ({ name, aliases, title, kind, extensions, language, entry, versions }) => ({
  name,
  aliases,
  title,
  kind,
  extensions,
  language,
  entry,
  versions: versions.map((version) => ({
    version: version.version,
    // What comes only when it is used is not part of a first run.
    bytes: version.assets.filter(({ later }) => later !== true).reduce((sum, { bytes }) => sum + bytes, 0),
  })),
});
