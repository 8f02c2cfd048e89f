// sqlite3, SQLite's command line: the amalgamation out of an npm package, for Debian's source package makes it with Tcl.
import { readdirSync } from 'node:fs';
import path from 'node:path';

const source = {
  version: '5.1.7',
  sha256: '44cc9bdee02705a7b636f76968d745e21c1d0b2f1c62810c678bc3b0ececab1b',
  archive: 'deps/sqlite-autoconf-3440200.tar.gz',
};
const own = path.join(import.meta.dirname, 'sqlite');

/** As the shells that systems bring, but for threads, extensions from files, and mapped memory. */
const settings = (
  'THREADSAFE=0 OMIT_LOAD_EXTENSION MAX_MMAP_SIZE=0 TEMP_STORE=2 DEFAULT_MEMSTATUS=0 OMIT_SHARED_CACHE ' +
  'OMIT_DEPRECATED ENABLE_FTS4 ENABLE_FTS5 ENABLE_RTREE ENABLE_MATH_FUNCTIONS ENABLE_DBPAGE_VTAB ENABLE_DBSTAT_VTAB ' +
  'ENABLE_STMTVTAB ENABLE_OFFSET_SQL_FUNC EXTRA_INIT=sqlite_extra_init'
).split(' ');
const has = 'FDATASYNC ISNAN LOCALTIME_R LSTAT READLINK USLEEP'.split(' ');

export default async function build({ sources, posix, log }) {
  const root = await sources.npm('sqlite3', source);
  const flags = [
    '-Os',
    ...settings.map((each) => `-DSQLITE_${each}`),
    ...has.map((each) => `-DHAVE_${each}=1`),
    ...['-DUSE_PREAD=1', '-ffunction-sections', '-fdata-sections'],
  ];
  log('sqlite3: where it is not kept from before, the compiler takes two minutes');
  const objects = [
    ...(await posix.compile([path.join(root, 'sqlite3.c')], { flags, includes: [root], isLarge: true })),
    ...(await posix.compile(
      [path.join(root, 'shell.c'), ...readdirSync(own).map((each) => path.join(own, each))],
      { flags, includes: [root] },
    )),
  ];
  return new Map([['sqlite3', { bytes: await posix.link(objects), commands: ['sqlite3'] }]]);
}

/** SQLite is in the public domain. */
export const licences = () => [];
