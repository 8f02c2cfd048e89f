// toybox: most of the UNIX tools as one program, whose name says which tool it is. Files of applets of our own are in
// toys/; changes to toybox, each with its reason, in patches/toybox.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { appletFiles, unset } from './build-toybox-applets.mjs';
import { toyboxHeaders } from './build-toybox-headers.mjs';

const source = {
  version: '0.8.9+dfsg-1',
  sha256: '16fb5967531e88ca33b8c9142376987617ebe52e34e2b3f3a779603674b7d07c',
};
const own = path.join(import.meta.dirname, 'toys');

export default async function build({ sources, posix, log }) {
  const root = await sources.debian('toybox', source);
  const applets = [
    ...appletFiles.map((each) => path.join(root, each)),
    ...cFiles(own).map((each) => path.join(own, each)),
  ];
  const library = cFiles(`${root}/lib`)
    .filter((each) => each !== 'net.c')
    .map((each) => path.join(root, 'lib', each));
  const headers = toyboxHeaders({ applets, library, unset });
  mkdirSync(`${root}/generated`, { recursive: true });
  for (const [name, text] of Object.entries(headers)) writeFileSync(path.join(root, 'generated', name), text);
  const objects = await posix.compile([path.join(root, 'main.c'), ...library, ...applets], {
    includes: [root],
    flags: ['-funsigned-char', '-ffunction-sections', '-fdata-sections'],
  });
  log(`toybox: ${applets.length} files of applets`);
  return new Map([['toybox', { bytes: await posix.link(objects), commands: commandNames(headers) }]]);
}

/** The names of the applets, out of the table that main.c searches. */
const commandNames = (headers) => [
  ...new Set(
    [...headers['newtoys.h'].matchAll(/(?:NEW|OLD)TOY\(([^ ,]+),/g)].map(([, name]) => plainName(name)),
  ),
];

/** As C has them in quotes: `"["`. */
const plainName = (name) => name.replaceAll('"', '');

const cFiles = (folder) =>
  readdirSync(folder)
    .filter((each) => each.endsWith('.c'))
    .sort();

/** The licence of what is bundled. */
export const licences = async ({ sources }) => [
  {
    name: 'toybox',
    text: readFileSync(path.join(await sources.debian('toybox', source), 'LICENSE'), 'utf8'),
  },
];
