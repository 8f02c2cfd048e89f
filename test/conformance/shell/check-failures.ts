import type { ExpectedFailures } from './expected-failures.js';

const because = (reason: string, names: string): ExpectedFailures =>
  Object.fromEntries(names.split(/\s+/).map((name) => [name, reason]));

/** Tests of mksh's check.t that end otherwise here: most of them where it was made to answer as bash does. */
export const checkFailures: ExpectedFailures = {
  ...because('numbers have 64 bits, as in bash, and the test is for 32', 'arith-mandatory regression-69'),
  ...because('010 is eight, as in bash', 'integer-base-check-flat'),
  ...because(
    'variables are listed as bash lists them: declare -- x="…"',
    `regression-63 export-1 typeset-2 varexpand-special-quote varexpand-funny-chars valsub-1 duffs-device
     xxx-exec-environment-1 oksh-varfunction-mod1`,
  ),
  ...because(
    'a special builtin that fails does not end the shell, as in bash',
    'regression-27 command-readonly',
  ),
  ...because('assigning to a read-only variable ends with 1, as in bash', 'readonly-0 readonly-1'),
  ...because('|& is a pipe for both outputs, as in bash, and no coprocess', 'pipeline-2 regression-66'),
  ...because(
    '${*:0} and ${a[*]:0} are parts of lists, as in bash',
    'xxx-variable-syntax-2 xxx-variable-syntax-3',
  ),
  ...because('${1:?} ends with 127, as in bash', 'xxx-param-subst-qmark-namespec'),
  ...because('a[-1] is the last element, as in bash', 'arrays-3'),
  ...because('(… [1]=x) sets the element of that number, as in bash', 'arrays-4'),
  ...because('${!x} is the variable that x names, as in bash', 'arrays-7 nameref-1 nameref-2da'),
  ...because('a=(…) may stand before a command, as in bash', 'arrassign-eol'),
  ...because(
    'echo and print know the escapes of bash’s echo -e',
    'print-bksl-c echo-test-1 echo-test-3-normal print-escapes',
  ),
  ...because("$'…' has the escapes of bash", 'dollar-quoted-strings'),
  ...because('type and command -V answer in the words of bash', 'command-pvV-posix-priorities'),
  ...because('functions are printed with what bash’s forms add', 'comsub-torture comsub-torture-io'),
  ...because(
    'UTF-8 is on without being asked for',
    'utf8opt-1 nounset-1 xtrace-2 fksh-flags fsh-flags print-array print-funny-chars integer-base-one-3As integer-base-one-3Ar',
  ),
  ...because('aliases are listed as bash lists them: alias name=…', 'aliases-1 aliases-2b aliases-funcdef-4'),
  ...because('as sh the shell has not the aliases of ksh', 'aliases-3b'),
  ...because('what exec opens is handed on to programs, as in bash', 'fd-cloexec-3'),
  ...because('called by no name of its own, the shell lists its options as bash does', 'sh-mode-1'),
  ...because('there is no Perl here', 'utf8bom-2 fd-cloexec-1 fd-cloexec-2'),
  ...because('there is no ed here', 'history-ed-1 history-ed-2 history-ed-3'),
  ...because('there is no /etc here', 'cd-history'),
  ...because('a folder that may not be read can be read: everybody is the owner of everything', 'cd-pe'),
  ...because(
    'a file that may not be written can be written over: the test is not for root',
    'history-unlink',
  ),
};
