import { useShell } from './shell.js';

/** Scripts that ended otherwise here than in bash once. */
describe('What bash answers', () => {
  const shell = useShell();

  it('is the same for coprocesses', async () => {
    await shell.prints(
      'coproc cat; echo hello >&${COPROC[1]}; read -r l <&${COPROC[0]}; echo "$l"; eval "exec ${COPROC[1]}>&-"; wait $COPROC_PID; echo $?',
      'hello\n0\n',
    );
    await shell.prints(
      'coproc P { while read x; do echo "got $x"; done; }; echo a >&"${P[1]}"; read r <&"${P[0]}"; echo $r; exec {P[1]}>&-; wait; echo done',
      'got a\ndone\n',
    );
  });

  it('is 2 for what cannot be parsed, and the script that evals it goes on', async () => {
    await shell.prints('exec 2>/dev/null; echo a\nfi\necho b', 'a\n', 2);
    await shell.prints(
      'trap "echo bye" EXIT; eval "fi" 2>/dev/null; echo $?; eval "echo x; )" 2>/dev/null; echo $?; trap - EXIT; echo if >s; . ./s 2>/dev/null; echo $?',
      '2\n2\n2\n',
    );
    await shell.prints("eval $'cat <<E\\nno end' 2>/dev/null", 'no end\n');
  });

  it('is the same for the ends of jobs', async () => {
    await shell.prints(
      '(exit 7) & b=$!; wait -n; echo $?; wait $b; echo $?; wait -n; echo $?; (exit 9) & p=$!; wait -n -p id $p; echo $? $((id == p))',
      '7\n7\n127\n9 1\n',
    );
    await shell.prints('sleep 30 & jobs | tr -s " "; kill $!', '[1]+ Running sleep 30 &\n');
  });

  it('is the same for traps and aliases that are asked for', async () => {
    await shell.prints(
      "trap 'echo int' INT; trap -p INT; trap '' HUP; trap; alias a=1 b='c d'; alias",
      "trap -- 'echo int' SIGINT\ntrap -- '' SIGHUP\ntrap -- 'echo int' SIGINT\nalias a='1'\nalias b='c d'\n",
    );
  });

  it('is the same for what is read', async () => {
    await shell.prints(
      'read <<<"  two  words "; echo "[$REPLY]"; read -a q -d : <<<"a b:c"; echo ${#q[@]}\n' +
        "mapfile -t -c 2 -C 'echo at' z <<<$'q\\nr'; echo ${#z[@]}",
      '[  two  words ]\n2\nat 1 r\n2\n',
    );
  });

  it('is the same for numbers and words', async () => {
    await shell.prints(
      'declare -i n=5; n+=3; echo $n $(("1" + 2)); echo {a,} end; [ a -eq 1 ] 2>/dev/null; echo $?; typeset -i t=0x1f; echo $t; : last; echo $_',
      '8 3\na end\n2\n31\nlast\n',
    );
    await shell.prints(
      'printf "1\\n2\\n" >f; exec 5<f 6<&5-; read l <&6; echo $l; readonly r=1; { : {r}>g; } 2>/dev/null; echo $?; set -Eeuo pipefail; echo on; builtin nope 2>/dev/null || echo no',
      '1\n1\non\nno\n',
    );
  });

  it('is the same for what a trap of DEBUG or RETURN does', async () => {
    await shell.prints(
      "trap 'echo D' DEBUG; f() { echo f; }; f; for i in 1; do echo $i; done; trap - DEBUG; echo end",
      'D\nf\nD\nD\n1\nD\nend\n',
    );
    await shell.prints(
      "f() { trap 'echo in f' RETURN; g; }; g() { echo g; }; f; g; trap -p; set -T; g",
      "g\nin f\ng\ntrap -- 'echo in f' RETURN\ng\nin f\n",
    );
  });

  it('is the same for what a word says of a variable', async () => {
    await shell.prints(
      'x=\'a\\tb\\x41\'; echo "${x@E}"; y="q r"; echo "${y@A}"; export Z=1; echo ${Z@a} ${Z@A}; a=(1); echo ${a@a}; set -- p q; echo ${!#}',
      "a\tbA\ny='q r'\nx declare -x Z='1'\na\nq\n",
    );
  });

  it('is the same where options change what patterns find', async () => {
    await shell.prints(
      '>a.txt; shopt -s nocaseglob nocasematch; echo A*; [[ FooBar =~ ^foo(B) ]] && echo ${BASH_REMATCH[1]}; case Q in [a-z]) echo c;; esac; x=ABC; echo ${x/b/-}; [ A = a ] || echo plain',
      'a.txt\nB\nc\nA-C\nplain\n',
    );
    await shell.prints('set -f; echo {a,b}* {1..2}', 'a* b* 1 2\n');
    await shell.prints('exec 2>/dev/null; shopt -s failglob; echo *.none; echo never', '', 1);
  });

  it('is the same for where a script is, and how deep', async () => {
    await shell.prints(
      'printf \'echo ${BASH_SOURCE[0]}\\nf() { echo $BASH_LINENO; }\\n\\nf\\n\' >s; . ./s; bash s; echo "[$BASH_SOURCE]"; env -u SHLVL bash -c \'echo $SHLVL; bash -c "echo \\$SHLVL"\'',
      './s\n4\ns\n4\n[]\n1\n2\n',
    );
    await shell.prints(
      'echo if >s; trap \'echo bye\' EXIT; . ./s 2>/dev/null; echo $?; eval "cat <<E" 2>/dev/null; echo on',
      '2\non\nbye\n',
    );
  });

  it('is the same for the places of the stack of directories', async () => {
    await shell.prints(
      'mkdir -p a/b; cd a; pushd b; pushd /; dirs +1; dirs -0; pushd +2; popd +1; popd -n; dirs; popd +3 2>/dev/null; echo $?',
      '~/a/b ~/a\n/ ~/a/b ~/a\n~/a/b\n~/a\n~/a / ~/a/b\n~/a ~/a/b\n~/a\n~/a\n1\n',
    );
    await shell.prints('sleep 30 & jobs; kill $!', '[1]+  Running                 sleep 30 &\n');
  });

  it('is that of GNU where tools are asked', async () => {
    await shell.prints(
      'printf "one\\ntwo\\n" >f; grep "one\\|x" f; grep -c "on\\+e\\|two" f; echo ab | hexdump -C; sed "1i\\top" f; basename "" | wc -l',
      'one\n2\n00000000  61 62 0a                                          |ab.|\n00000003\ntop\none\ntwo\n1\n',
    );
    await shell.prints(
      'echo a >f; echo b >g; tar cf t f; tar rf t g; tar tf t; tar tf none 2>/dev/null; echo $?; tar xf t h 2>/dev/null; echo $?',
      'f\ng\n2\n2\n',
    );
    await shell.prints(
      "date -d 'Jan 5 2021' +%F; date -d '1 Feb 2000' +%F; date -d 20240102 +%F; date -d 01/02/2024 +%F; date -u -R -d @0; date -u --rfc-3339=seconds -d @0; date -d '2024-01-02' +%a",
      '2021-01-05\n2000-02-01\n2024-01-02\n2024-01-02\nThu, 01 Jan 1970 00:00:00 +0000\n1970-01-01 00:00:00+00:00\nTue\n',
    );
    await shell.prints(
      'printf "foo\\nx\\ny\\nfoo\\n" >f; grep --color=always foo f | head -1 | cat -v; grep -A1 --no-group-separator foo f | wc -l; echo foo | grep -r foo -; sed "s/./\\x41/;q" f; sed -n "1,~2p" f; sed p none 2>/dev/null; echo $?',
      '^[[01;31m^[[Kfoo^[[m^[[K\n3\nfoo\nAoo\nfoo\nx\n2\n',
    );
    await shell.prints(
      'printf "a\\nb\\n" >f; paste f none 2>/dev/null; echo $?; paste -z f | od -An -c; gzip -k f; gzip -t f.gz; echo $?; gzip -l f.gz | awk \'NR==2{print $2, $4}\'; tail . 2>/dev/null; echo $?; tar cf t f; tar tzf t 2>/dev/null; echo $?; awk \'{print > "o" NR}\' f; cat o2; split -dl 1 f s; cat s01',
      '1\n   a  \\n   b  \\n  \\0\n0\n4 f\n1\n2\nb\nb\n',
    );
  });

  it('is the same for patterns and parts of texts', async () => {
    await shell.prints(
      'y=a1b2; echo ${y//[^0-9]} ${y#[^b]} ${y//[a^]/X} "${y/[^a]}"; case b in [^a]) echo other;; esac; touch a1 b1 ^c; echo [^a]* [a^]* "[^a]"*',
      '12 1b2 X1b2 ab2\nother\n^c b1 ^c a1 [^a]*\n',
    );
    await shell.prints(
      'exec 2>/dev/null; x=hello; echo ${x:0:-1} ${x:1:-1} ${x::-2} ${x: -3:-1} [${x: -9}] ${x: -5} [${x:3:-2}]; echo "${x:3:-3}"; echo never',
      'hell ell hel ll [] hello []\n',
      1,
    );
    await shell.prints(
      'f() { :; }; unset f; f 2>/dev/null; echo $?; f=1; f() { echo F; }; unset f; f; unset f; f 2>/dev/null; echo $?; select z in p; do echo $z; done 2>/dev/null </dev/null; echo $?',
      '127\nF\n127\n\n1\n',
    );
  });

  it('is that of GNU for files that are devices, or the output', async () => {
    await shell.prints(
      'cp /dev/null a; cat /dev/null b 2>/dev/null >c; stat -c "%n %s %F" a /dev/null .; [ /dev/null -ef /dev/zero ]; echo $?; [ /dev/null -ef /dev/null ]; echo $?; cp /dev/stdin d </dev/null; ls',
      'a 0 regular empty file\n/dev/null 0 character special file\n. 4096 directory\n1\n0\na\nc\nd\n',
    );
    await shell.prints(
      'echo a >x; cat x >>x 2>/dev/null; echo $?; cat x x >y; command cat y >>y 2>/dev/null; cat <x >z; cat z; grep a x >>x 2>/dev/null; echo $?; grep -c a x; sort x >x; wc -c x',
      '1\na\n2\n1\n0 x\n',
    );
  });

  it('is that of GNU for lines, limits and places', async () => {
    await shell.prints(
      'printf "x\\0y\\0z\\0" >f; tail -z -n2 f | tr "\\0" ,; grep -zc x f; head -z -n1 f | tr "\\0" ,; echo',
      'y,z,1\nx,\n',
    );
    await shell.prints(
      'printf "1\\nfoo 1\\nfoo 2\\n3\\nfoo 4\\n" >f; grep -m2 -nA1 foo f; grep -m1 -A1 foo f; grep -m0 foo f; echo $?; sed \'$!N;P;D\' f | wc -l; printf "a\\n\\nb\\n" | sed \'s/a/&\\n/;P;D\'',
      '2:foo 1\n3:foo 2\n4-3\nfoo 1\nfoo 2\n1\n5\na\n\n\nb\n',
    );
    await shell.prints(
      'echo aaaa | sed "s/a/b/2g"; echo "the cat sat on the mat" >f; sed -n "l 12" f; sed -n "l 0" f; sed -n l f; cmp f /dev/null 2>/dev/null; echo $?; cmp -s f f; echo $?',
      'abbb\nthe cat sat\\\n on the mat$\nthe cat sat on the mat$\nthe cat sat on the mat$\n1\n0\n',
    );
    await shell.prints(
      'mkdir d; touch d/a.c d/b.c; find d -name "*.c" -exec echo {} to {}.o \\; | sort; find d -name "*.c" -exec echo {} + | wc -l; find d -name "[^a].c"',
      'd/a.c to d/a.c.o\nd/b.c to d/b.c.o\n1\nd/b.c\n',
    );
    await shell.prints(
      'printf "alpha\\nbe" >f; for o in -x -o -tx4 -to2 -i -l -X -h -a "-tx1 -tc" "-tx1 -tx4"; do od $o f | head -2; done',
      '0000000 6c61 6870 0a61 6562\n0000010\n0000000 066141 064160 005141 062542\n0000010\n0000000 68706c61 65620a61\n0000010\n0000000 066141 064160 005141 062542\n0000010\n0000000  1752198241  1700924001\n0000010\n0000000  7305412959028669537\n0000010\n0000000 68706c61 65620a61\n0000010\n0000000 6c61 6870 0a61 6562\n0000010\n0000000   a   l   p   h   a  nl   b   e\n0000010\n0000000  61  6c  70  68  61  0a  62  65\n          a   l   p   h   a  \\n   b   e\n0000000 61 6c 70 68 61 0a 62 65\n           68706c61    65620a61\n',
    );
    await shell.prints(
      'mkdir -p g/d; cd g; echo naïve >d/u; echo abcde >v; grep -rc "^.....$" | sort; grep -r abc . ; grep -rl e d',
      'd/u:1\nv:1\n./v:abcde\nd/u\n',
    );
    await shell.prints('printf "1K\\n1e3\\n2\\n1k\\n" | sort -h | paste -sd" "', '1e3 2 1K 1k\n');
  });
});
