// mksh, the shell. Its Build.sh asks a host compiler what the system has; here that is known and written down. What
// bash has and mksh has not is in patches/mksh, builtins as files of our own in mksh/.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const own = path.join(import.meta.dirname, 'mksh');

const source = {
  version: '59c-28+deb12u1',
  sha256: '77ae1665a337f1c48c61d6b961db3e52119b38e58884d1c89684af31f87bc506',
};

const files =
  'edit eval exec expr funcs histrap jobs lalloc lex main misc shf syn tree ulimit var strlcpy'.split(' ');

/** Tables that Build.sh makes from lists, with nothing but a shell. */
const tables = ['sh_flags', 'rlimits', 'ulimits'];

/** What Build.sh would find: HAVE_<name>. */
const has = (
  'ATTRIBUTE_BOUNDED=0 ATTRIBUTE_FORMAT=1 ATTRIBUTE_NORETURN=1 ATTRIBUTE_PURE=1 ATTRIBUTE_UNUSED=1 ' +
  'ATTRIBUTE_USED=1 SYS_TIME_H=1 TIME_H=1 BOTH_TIME_H=1 SYS_BSDTYPES_H=0 SYS_FILE_H=0 SYS_MKDEV_H=0 ' +
  'SYS_MMAN_H=0 SYS_PARAM_H=1 SYS_RESOURCE_H=1 SYS_SELECT_H=1 SYS_SYSMACROS_H=0 BSTRING_H=0 GRP_H=1 IO_H=0 ' +
  'LIBGEN_H=1 LIBUTIL_H=0 PATHS_H=0 STDINT_H=1 STRINGS_H=1 TERMIOS_H=1 ULIMIT_H=0 VALUES_H=0 CAN_INTTYPES=1 ' +
  'CAN_UCBINTS=1 CAN_INT8TYPE=1 CAN_UCBINT8=1 SIG_T=1 STRING_POOLING=1 SYS_ERRLIST=0 SYS_SIGNAME=0 ' +
  'SYS_SIGLIST=0 FLOCK=0 LOCK_FCNTL=1 RLIMIT=1 RLIM_T=1 GETRUSAGE=1 GETSID=1 GETTIMEOFDAY=1 KILLPG=1 ' +
  'MEMMOVE=1 MKNOD=0 MMAP=0 FTRUNCATE=1 NICE=0 REVOKE=0 SETLOCALE_CTYPE=0 LANGINFO_CODESET=0 SELECT=1 ' +
  'SETRESUGID=0 SETGROUPS=0 STRERROR=1 STRSIGNAL=1 STRLCPY=1 FLOCK_DECL=0 REVOKE_DECL=0 SYS_ERRLIST_DECL=0 ' +
  'SYS_SIGLIST_DECL=0 ST_MTIM=1 ST_MTIMENSEC=1 PERSISTENT_HISTORY=0'
).split(' ');

/** In the order of their numbers, from 1. */
const signals = (
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU ' +
  'URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'
).split(' ');

const flags = [
  '-fwrapv',
  ...has.map((each) => `-DHAVE_${each}`),
  ...[
    '-DMKSH_BUILDSH',
    '-DMKSH_BUILD_R=593',
    '-DMKSH_ASSUME_UTF8=1',
    '-DMKSH_DISABLE_TTY_WARNING',
    '-DMKSH_PRINTF_BUILTIN',
  ],
  '-D_FILE_OFFSET_BITS=64',
  '-DMKSH_DEFAULT_EXECSHELL="/usr/bin/sh"',
];

export default async function build({ sources, posix }) {
  const folder = await sources.debian('mksh', source);
  const made = path.join(folder, 'made');
  mkdirSync(made, { recursive: true });
  for (const table of tables)
    await run('sh', ['../Build.sh', '-G', `../${table}.opt`], {
      cwd: made,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
  writeFileSync(
    path.join(made, 'signames.inc'),
    signals.map((name, index) => `{ "${name}", ${index + 1} },\n`).join(''),
  );
  const objects = await posix.compile(
    [
      ...files.map((file) => path.join(folder, `${file}.c`)),
      ...readdirSync(own).map((file) => path.join(own, file)),
    ],
    { flags, includes: [made, folder] },
  );
  return new Map([['mksh', { bytes: await posix.link(objects), commands: ['sh', 'bash', 'mksh'] }]]);
}

/** They stand in the sources, most of them in several. */
export const licences = async ({ sources }) => {
  const folder = await sources.debian('mksh', source);
  const notices = ['sh.h', ...files.map((file) => `${file}.c`)].flatMap((file) =>
    (readFileSync(path.join(folder, file), 'utf8').match(/\/\*.*?\*\//gs) ?? []).filter((comment) =>
      /Copyright .c. \d/.test(comment),
    ),
  );
  const texts = notices.map((comment) =>
    comment
      .slice(0, -2)
      .replaceAll(/^(?:\/\*-?| \*) ?/gm, '')
      .trim(),
  );
  return [{ name: 'mksh', text: [...new Set(texts)].join('\n\n') }];
};
