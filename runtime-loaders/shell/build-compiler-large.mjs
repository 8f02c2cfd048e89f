// Compiles one file that is too large for clang under node:wasi, by the package's own way of running it: slower, and
// with nothing of this machine's files in sight. Arguments: the package's folder and
//   { args, folders: { name in the arguments: folder }, output: file }
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , packageDir, request] = process.argv;
const { args, folders, output } = JSON.parse(request);
const { commands } = await import(pathToFileURL(path.join(packageDir, 'gen/bundle.js')).href);

const files = Object.fromEntries(
  Object.entries(folders).map(([name, folder]) => [name.slice(1), treeOf(folder)]),
);
const messages = [];
try {
  const made = await commands.clang(
    [...args, '-o', '/out/object.o'],
    { ...files, out: {} },
    {
      stderr: (bytes) => bytes && messages.push(Buffer.from(bytes)),
      fetchProgress: () => undefined,
    },
  );
  writeFileSync(output, made.out['object.o']);
} catch (error) {
  process.stderr.write(messages.length === 0 ? `${error.stack}\n` : Buffer.concat(messages));
  process.exitCode = 1;
}

/** What a C file may include, as the package takes it. */
function treeOf(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(
    (each) => each.isDirectory() || /\.[ch]$/.test(each.name),
  );
  return Object.fromEntries(
    entries.map((entry) => {
      const file = path.join(folder, entry.name);
      return [entry.name, entry.isDirectory() ? treeOf(file) : readFileSync(file)];
    }),
  );
}
