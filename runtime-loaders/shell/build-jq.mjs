// jq, with the regular expressions of oniguruma.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const source = {
  version: '1.6-2.1',
  sha256: '3ba940b97571c866923f0409678033d33b5a98758dfc174fad8397ed908bc4d9',
};
const onigSource = {
  version: '6.9.8-1',
  sha256: '26372720bab6733c869a9eb69377f73971138dc5e3eff4a81f5ba8aea5435fb2',
};

const files = (
  'builtin bytecode compile execute jv jv_alloc jv_aux jv_dtoa jv_file jv_parse jv_print jv_unicode jq_test lexer linker ' +
  'locfile main parser util'
).split(' ');
/** UTF-8 is the one encoding. */
const onigFiles = (
  'ascii onig_init regcomp regenc regerror regexec regext regparse regsyntax regtrav regversion st unicode ' +
  'unicode_fold1_key unicode_fold2_key unicode_fold3_key unicode_unfold_key utf8'
).split(' ');

/** What configure would find in the libc. */
const has = (
  'MEMMEM MKSTEMP ISATTY STRPTIME STRFTIME TIMEGM GMTIME_R GMTIME LOCALTIME_R LOCALTIME GETTIMEOFDAY TM_TM_GMT_OFF ' +
  'LIBONIG ATEXIT ALLOCA_H ACOS ACOSH ASIN ASINH ATAN2 ATAN ATANH CBRT CEIL COPYSIGN COS COSH DREM ERF ERFC EXP10 ' +
  'EXP2 EXP EXPM1 FABS FDIM FLOOR FMA FMAX FMIN FMOD FREXP HYPOT J0 J1 JN LDEXP LGAMMA LOG10 LOG1P LOG2 LOG LOGB ' +
  'MODF LGAMMA_R NEARBYINT NEXTAFTER NEXTTOWARD POW REMAINDER RINT ROUND SCALBLN SIGNIFICAND SIN SINH SQRT TAN TANH ' +
  'TGAMMA TRUNC Y0 Y1 YN'
).split(' ');

const onigConfiguration = `
#define STDC_HEADERS 1
#define HAVE_ALLOCA_H 1
#define HAVE_INTTYPES_H 1
#define HAVE_STDINT_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_UNISTD_H 1
#define SIZEOF_INT 4
#define SIZEOF_LONG 4
#define SIZEOF_LONG_LONG 8
#define SIZEOF_VOIDP 4
#define PACKAGE "onig"
#define VERSION "6.9.8"
`;

export default async function build({ sources, posix }) {
  const root = await sources.debian('jq', source);
  const onig = await sources.debian('libonig', onigSource);
  const code = path.join(root, 'src');
  const onigCode = path.join(onig, 'src');
  const made = path.join(onig, 'made');
  mkdirSync(made, { recursive: true });
  writeFileSync(path.join(made, 'config.h'), onigConfiguration);
  writeFileSync(path.join(code, 'version.h'), '#define JQ_VERSION "1.6"\n');
  writeFileSync(
    path.join(code, 'builtin.inc'),
    asString(readFileSync(path.join(code, 'builtin.jq'), 'utf8')),
  );
  const flags = ['-fvisibility=hidden', '-ffunction-sections', '-fdata-sections'];
  const objects = [
    ...(await posix.compile(
      files.map((each) => path.join(code, `${each}.c`)),
      {
        includes: [root, code, onigCode],
        flags: [...flags, '-DIEEE_8087=1', ...has.map((each) => `-DHAVE_${each}=1`)],
      },
    )),
    ...(await posix.compile(
      onigFiles.map((each) => path.join(onigCode, `${each}.c`)),
      { includes: [made, onigCode], flags: [...flags, '-DHAVE_CONFIG_H=1', '-DONIG_STATIC=1'] },
    )),
  ];
  return new Map([['jq', { bytes: await posix.link(objects), commands: ['jq'] }]]);
}

/** A text as a C string, a line each. */
const asString = (text) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `${JSON.stringify(`${line}\n`)}\n`)
    .join('');

/** The licences of what is bundled. */
export const licences = async ({ sources }) => [
  { name: 'jq', text: readFileSync(path.join(await sources.debian('jq', source), 'COPYING'), 'utf8') },
  {
    name: 'oniguruma',
    text: readFileSync(path.join(await sources.debian('libonig', onigSource), 'COPYING'), 'utf8'),
  },
];
