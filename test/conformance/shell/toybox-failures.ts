import type { ExpectedFailures } from './expected-failures.js';

const because = (reason: string, ...names: readonly string[]): ExpectedFailures =>
  Object.fromEntries(names.map((name) => [name, reason]));

/** Files of tests, and cases, that are not run. */
export const toyboxLeftOut: ExpectedFailures = {
  'tail: -f one two three': 'what comes first is a matter of luck',
  demo_number: 'a demonstration, which is not built',
};

/** Cases that end otherwise here; toybox on Linux passes all of them but those of `file` and `readelf`. */
export const toyboxFailures: ExpectedFailures = {
  ...because(
    'this program is one of ours, which answers as GNU’s does and has no options of toybox’s own',
    'cut: -C test1.txt',
    'cut: -DF',
    'cut: -DF 2',
    'cut: -nb',
    'cut: -d newline',
    'nl: -b t',
    'nl: -b n',
    'nl: -sook -b p',
    'nl: -l',
    'nl: -E',
    'rev: no trailing newline',
    'sort: -x',
    'sort: -kx',
    'timeout: -i',
    'wc: one file',
    'wc: -mlw',
    'find: -printf \\c escape',
  ),
  ...because(
    'a symbolic link takes a block',
    'du: counts symlinks without following',
    'du: -H does not follow unspecified symlinks',
    'du: -LH does not follow unspecified symlinks',
  ),
  ...because('a variable has a name', 'env: why is this allowed'),
  ...because(
    'Debian’s source comes without the binary file that is looked at',
    'file: java class',
    'file: Android NDK full ELF note',
    'file: Android NDK short ELF note',
    'file: ELF static fdpic',
    'file: symlink',
    'file: symlink -h',
    'file: symlink -L',
    'file: - pipe',
    'file: - redirect',
    'readelf: -h',
    'readelf: -S',
    'readelf: -l',
    'readelf: -d',
    'readelf: -n',
    'readelf: -p',
    'readelf: -x',
    'readelf: -s',
  ),
  ...because('devices have no numbers', 'file: /dev/zero', 'tar: pass /dev/null', 'tar: --absolute-names'),
  ...because(
    'the file system has no named pipes',
    'find: -type l -a -type d -o -type p',
    'find: -type l -type d -o -type p',
    'find: ( -type p -o -type d ) -type p',
    'mkfifo: mkfifo',
    'mkfifo: one two',
    'mkfifo: (default permissions)',
    'mkfifo: -m 124',
  ),
  ...because('there is no /etc/passwd', 'find: one slash'),
  ...because(
    'files have no holes',
    'tar: sparse without overflow',
    'tar: sparse single overflow',
    'tar: sparse double overflow',
    'tar: sparse extract',
    'tar: sparse extract hole at end',
    'truncate: is sparse',
  ),
  ...because(
    'nothing here compresses to xz, which would take half of what all of toybox takes',
    'xzcat: - decompresses a single file',
    'xzcat: - decompresses multiple files',
  ),
  ...because(
    'the working directory is asked for, not the shell’s $PWD: only toybox does so',
    'realpath: -s .. eats symlink in $PWD',
  ),
  ...because('`\\b` and `\\f` are no characters that `y` knows', "sed: sed 'y/a\\bc/de\\f/'"),
  ...because(
    'regexec of wasi-libc ends at a NUL, and not at a length it is told',
    'sed: s after NUL',
    'tar: xform trailing slash special case',
  ),
};
