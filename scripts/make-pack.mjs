// Writes a pack (docs/reference/pack.md) of a folder: what `sandbox.fs.mount(path, new URL('….pack'))` reads.
//   node scripts/make-pack.mjs <folder> <file.pack>
// Scripts that derive assets call `makePack`.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const blockBytes = 1024 * 1024;

/** Entries sorted by path, directories before what is in them, and the content of all files. */
function read(folder) {
  const entries = [];
  const contents = [];
  let offset = 0;
  const visit = (below) => {
    for (const name of readdirSync(path.join(folder, below)).sort()) {
      const at = below === '' ? name : `${below}/${name}`;
      const file = path.join(folder, at);
      const stat = lstatSync(file);
      const common = [at, stat.mode & 0o7777, Math.floor(stat.mtimeMs)];
      if (stat.isDirectory()) {
        entries.push(['d', ...common]);
        visit(at);
      } else if (stat.isSymbolicLink()) {
        entries.push(['l', ...common, readlinkSync(file)]);
      } else if (stat.isFile()) {
        const bytes = readFileSync(file);
        entries.push(['f', ...common, offset, bytes.length]);
        contents.push(bytes);
        offset += bytes.length;
      } else {
        throw new Error(`${file} is neither file, directory nor symbolic link.`);
      }
    }
  };
  visit('');
  return { entries, content: Buffer.concat(contents) };
}

/**
 * The pack of a folder: its bytes, its entries, and its id, the SHA-256 of the index in hex. `modifiedMs`: instead of the
 * times of the files.
 */
export function makePack(folder, { compress = (plain) => gzipSync(plain, { level: 9 }), modifiedMs } = {}) {
  const { entries, content } = read(folder);
  if (modifiedMs !== undefined) for (const entry of entries) entry[3] = modifiedMs;
  const stored = [];
  const blocks = [];
  for (let at = 0; at < content.length; at += blockBytes) {
    const plain = content.subarray(at, at + blockBytes);
    const packed = compress(plain);
    const bytes = packed.length < plain.length ? packed : plain;
    stored.push(bytes);
    blocks.push([bytes.length, plain.length, sha256(bytes).toString('hex')]);
  }
  const index = compress(Buffer.from(JSON.stringify({ bytes: content.length, blocks, entries })));
  const header = Buffer.alloc(48);
  header.write('wasmpack', 0, 'latin1');
  header.writeUInt32LE(1, 8);
  header.writeUInt32LE(index.length, 12);
  sha256(index).copy(header, 16);
  return { bytes: Buffer.concat([header, index, ...stored]), entries, id: sha256(index).toString('hex') };
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest();
}

function main([folder, target]) {
  if (folder === undefined || target === undefined) {
    console.error('node scripts/make-pack.mjs <folder> <file.pack>');
    process.exitCode = 2;
    return;
  }
  const { bytes, entries, id } = makePack(folder);
  writeFileSync(target, bytes);
  console.log(`${target}: ${entries.length} entries, ${bytes.length} bytes, sha256 of the index ${id}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.slice(2));
