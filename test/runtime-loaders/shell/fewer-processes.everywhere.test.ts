import { expect } from 'chai';
import { useShell } from './shell.js';

// What a shell does itself, or starts without a copy of itself, must look as if a copy had done it.
describe('A shell that saves processes', () => {
  const shell = useShell();

  it('reads what echo and printf print as it reads any command', async () => {
    await shell.prints(
      'printf "<%s>" $(echo a  "b  c") "$(printf "x\\n\\ny\\n\\n")" "$(echo $(echo in) "$(echo out)")"; printf "[%s]\n" $(echo -n)',
      '<a><b><c><x\n\ny><in out>[]\n',
    );
  });

  it('takes nothing over from what is expanded for a copy', async () => {
    await shell.prints('echo $(echo ${v:=1}) "[$v]"; echo ${w:=2} | cat; echo "[$w]"', '1 []\n2\n[]\n');
    await shell.prints('i=1; echo $(echo $((i++))) | cat; echo $i $((i++)) | cat; echo $i', '1\n1 1\n1\n');
  });

  it('runs functions, and builtins that it cannot print for', async () => {
    await shell.prints('echo() { printf "mine %s\\n" "$1"; }; x=$(echo a); printf "%s\\n" "$x"', 'mine a\n');
    await shell.prints(
      'x=$(printf -v y z); printf "[%s%s]" "$x" "$y"; x=$(cd /tmp; pwd); pwd; echo $x',
      '[]/home/user\n/tmp\n',
    );
  });

  it('knows how each program of a pipeline ended, also one that could not begin', async () => {
    const { stdout } = await shell.run(
      'cat < nofile | sh -c "exit 3" | nosuch; echo ${PIPESTATUS[@]}\n' +
        'x=$(A=1 sh -c "kill -9 \\$\\$"); echo $?; x=$(A=1 sh -c "exit 4"); echo $?',
    );
    expect(stdout).to.equal('1 3 127\n137\n4\n');
  });

  it('undoes the redirections of what it starts', async () => {
    await shell.prints(
      'echo one > first; : > second; { cat < first | tr a-z A-Z > second 2>&1; cat; } < second; seq 3 | tail -n 1 >> second; cat second',
      'ONE\nONE\n3\n',
    );
  });
});
