// byacc, a parser generator, for sources that come with their grammar alone: compiled to WASI as everything here, and
// run under Node. Nothing of it but the tables it makes gets into a program.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WASI } from 'node:wasi';

const source = {
  version: '2.0.20221106-1',
  sha256: 'a899be227bbcac9cf7700f7dbb5a8494688f1f9f0617b510762daeace47b9d12',
};
const files =
  'closure error graph lalr lr0 main mkpar mstring output reader symtab verbose warshall yaccpar'.split(' ');

/** As its configure would write it; its temporary files are in the folder of the output. */
const configuration = `
#define HAVE_FCNTL_H 1
#define MAXTABLE 32500
#define umask(mask) 0
#define tempnam(folder, prefix) temporary_name()
char *temporary_name(void);
`;
const temporaryNames = `
#include <string.h>
char *temporary_name(void) {
  static char name[] = "/out/part-a";
  name[sizeof name - 2]++;
  return strdup(name);
}
`;

/** Makes <prefix>.tab.c and <prefix>.tab.h of a grammar, in `folder`. */
export async function yacc({ sources, compiler, grammar, folder, prefix }) {
  const root = await sources.debian('byacc', source);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const own = path.join(root, 'temporary-names.c');
  writeFileSync(own, temporaryNames);
  writeFileSync(path.join(root, 'config.h'), configuration);
  const objects = await compiler.compile([...files.map((each) => path.join(root, `${each}.c`)), own], {
    includes: [root],
    flags: ['-O1', '-w', '-DHAVE_CONFIG_H=1', '-DYYMAJOR=2', '-DYYMINOR=0', '-DYYPATCH=20221106'],
  });
  const program = await compiler.link(objects, { flags: ['-lwasi-emulated-signal'] });
  const wasi = new WASI({
    version: 'preview1',
    args: ['yacc', '-d', '-b', `/out/${prefix}`, `/in/${path.basename(grammar)}`],
    preopens: { '/in': path.dirname(grammar), '/out': folder },
  });
  const { instance } = await WebAssembly.instantiate(program, wasi.getImportObject());
  const code = wasi.start(instance);
  if (code) throw new Error(`yacc failed with ${code} for ${path.basename(grammar)}`);
}
