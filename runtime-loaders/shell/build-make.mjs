// GNU make. It is under the GPL, so it is an asset of its own that nothing else is linked with or bundled into
// (docs/decisions/0026): a program apart, started as one. The source that it corresponds to is named in LICENSES.txt.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const source = {
  version: '4.3-4.1',
  sha256: 'be4c17542578824e745f83bcd2a9ba264206187247cb6a5f5df99b0a9d1f9047',
};
const files = (
  'ar arscan commands default dir expand file function getopt getopt1 guile hash implicit job load loadapi main misc ' +
  'output posixos read remake remote-stub rule signame strcache variable version vpath'
).split(' ');
/** Of gnulib: ours lack what make asks of them. */
const libraryFiles = ['fnmatch', 'glob'];

/** What configure would find. */
const has = (
  'ALLOCA ALLOCA_H ATEXIT CLOCK_GETTIME DIRENT_H DUP DUP2 FCNTL FCNTL_H FDOPEN GETCWD GETGROUPS GETTIMEOFDAY ' +
  'INTTYPES_H ISATTY LIMITS_H LOCALE_H LONG_LONG_INT LSTAT MEMORY_H MEMRCHR MKSTEMP PIPE READLINK REALPATH SA_RESTART ' +
  'SETEGID SETEUID SETREGID SETREUID SETVBUF SIGACTION STDINT_H STDLIB_H STPCPY STRCASECMP STRCOLL STRDUP ' +
  'STRINGS_H STRING_H STRNCASECMP STRNDUP STRSIGNAL STRUCT_DIRENT_D_TYPE SYMLINK SYS_FILE_H SYS_PARAM_H SYS_RESOURCE_H ' +
  'SYS_SELECT_H SYS_STAT_H SYS_TIME_H SYS_TYPES_H SYS_WAIT_H TTYNAME UINTMAX_T UMASK UNISTD_H ' +
  'UNSIGNED_LONG_LONG_INT WAITPID'
).split(' ');
const settings = {
  FILE_TIMESTAMP_HI_RES: '1',
  MAKE_HOST: '"wasm32-wasip1"',
  MAKE_JOBSERVER: '1',
  MAKE_SYMLINKS: '1',
  PACKAGE: '"make"',
  PACKAGE_NAME: '"GNU make"',
  PACKAGE_TARNAME: '"make"',
  PACKAGE_BUGREPORT: '"bug-make@gnu.org"',
  PACKAGE_URL: '"https://www.gnu.org/software/make/"',
  VERSION: '"4.3"',
  PATH_SEPARATOR_CHAR: "':'",
  RETSIGTYPE: 'void',
  SCCS_GET: '"get"',
  STDC_HEADERS: '1',
  ST_MTIM_NSEC: 'st_mtim.tv_nsec',
  TIME_WITH_SYS_TIME: '1',
};

export default async function build({ sources, posix }) {
  const root = await sources.debian('make-dfsg', source);
  const made = path.join(root, 'made');
  mkdirSync(made, { recursive: true });
  writeFileSync(path.join(made, 'config.h'), configuration(root));
  for (const each of libraryFiles)
    writeFileSync(path.join(made, `${each}.h`), readFileSync(path.join(root, 'lib', `${each}.in.h`), 'utf8'));
  const objects = await posix.compile(
    [
      ...files.map((each) => path.join(root, 'src', `${each}.c`)),
      ...libraryFiles.map((each) => path.join(root, 'lib', `${each}.c`)),
    ],
    {
      includes: [made, path.join(root, 'src'), path.join(root, 'lib')],
      flags: [
        ...['-DHAVE_CONFIG_H', '-DLOCALEDIR="/usr/share/locale"', '-DLIBDIR="/usr/lib"'],
        ...['-DINCLUDEDIR="/usr/include"', '-ffunction-sections', '-fdata-sections'],
        '-Wno-incompatible-pointer-types',
      ],
    },
  );
  return new Map([['make', { bytes: await posix.link(objects), commands: ['make', 'gmake'] }]]);
}

/** Its template, with what there is. */
function configuration(root) {
  const template = readFileSync(path.join(root, 'src/config.h.in'), 'utf8');
  const set = new Map([...has.map((name) => [`HAVE_${name}`, '1']), ...Object.entries(settings)]);
  return template.replaceAll(/^#\s*undef\s+(\w+)/gm, (line, name) =>
    set.has(name) ? `#define ${name} ${set.get(name)}` : line,
  );
}

/** The licence, and where the source is to be had. */
export const licences = async ({ sources }) => {
  const root = await sources.debian('make-dfsg', source);
  const offer =
    'make.wasm.gz is GNU make 4.3, a program under the GNU General Public License, version 3 or later, whose text ' +
    `follows. It was made from the upstream source of Debian's package make-dfsg ${source.version} (SHA-256 of the ` +
    `tarball: ${source.sha256}), which Debian's mirrors and its archive of snapshots ` +
    'offer, by build-make.mjs with patches/make-dfsg and posix/ of runtime-loaders/shell in the source of ' +
    'wasm-elements. Nothing else in this folder is derived from it.';
  return [{ name: 'GNU make', text: `${offer}\n\n${readFileSync(path.join(root, 'COPYING'), 'utf8')}` }];
};
