// less, with the capabilities of our terminal built in.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const source = {
  version: '590-2.1',
  sha256: '6aadf54be8bf57d0e2999a3c5d67b1de63808bb90deb8f77b028eafae3a08e10',
};
const files = (
  'main screen brac ch charset cmdbuf command cvt decode edit filename forwback help ifile input jump lesskey_parse ' +
  'line linenum lsystem mark optfunc option opttbl os output pattern position prompt search signal tags ttyin ' +
  'version xbuf'
).split(' ');

/** What configure would find. */
const has = (
  'ANSI_PROTOS CONST CTYPE_H ERRNO ERRNO_H FCHMOD FCNTL_H FILENO FLOAT FSYNC INTTYPES_H LIMITS_H LOCALE MEMORY_H ' +
  'NANOSLEEP POLL POPEN POSIX_REGCOMP REALPATH SIGEMPTYSET SIGPROCMASK SIGSET_T SNPRINTF STAT STAT_INO STDINT_H ' +
  'STDIO_H STDLIB_H STRERROR STRING_H STRINGS_H SYSTEM SYS_IOCTL_H SYS_STAT_H SYS_TYPES_H TERMIOS_FUNCS TERMIOS_H ' +
  'TIME_H TIME_T UNISTD_H UPPER_LOWER VOID WCTYPE WCTYPE_H'
).split(' ');

export default async function build({ sources, posix }) {
  const root = await sources.debian('less', source);
  const made = path.join(root, 'made');
  mkdirSync(made, { recursive: true });
  writeFileSync(path.join(made, 'defines.h'), configuration(root));
  const own = path.join(import.meta.dirname, 'less/termcap.c');
  const objects = await posix.compile([...files.map((each) => path.join(root, `${each}.c`)), own], {
    includes: [made, root],
    flags: ['-DBINDIR="/usr/bin"', '-DSYSDIR="/etc"', '-std=gnu89', '-ffunction-sections', '-fdata-sections'],
  });
  return new Map([['less', { bytes: await posix.link(objects), commands: ['less'] }]]);
}

/** Its template, with what there is. */
function configuration(root) {
  const template = readFileSync(path.join(root, 'defines.h.in'), 'utf8');
  const set = new Map(has.map((name) => [`HAVE_${name}`, '1']));
  for (const [name, value] of [
    ['EDIT_PGM', '"vi"'],
    ['SECURE_COMPILE', '0'],
    ['RETSIGTYPE', 'void'],
    ['STDC_HEADERS', '1'],
  ])
    set.set(name, value);
  return template.replaceAll(/^#undef\s+(\w+)/gm, (line, name) =>
    set.has(name) ? `#define ${name} ${set.get(name)}` : line,
  );
}

/** The licence of what is bundled: of its two, the BSD-like one. */
export const licences = async ({ sources }) => [
  { name: 'less', text: readFileSync(path.join(await sources.debian('less', source), 'LICENSE'), 'utf8') },
];
