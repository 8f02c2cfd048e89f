// Tools of ours and of toybox that its own tests do not reach.
import { expect } from 'chai';
import { useShell } from './shell.js';

/** `packed` and a line feed, as `xz -0 -C crc32` packs it. */
const packed = '/Td6WFoAAAFpIt42AgAhAQwAAACPmEGcAQAGcGFja2VkCgAAQ+BBLwABGwcS69QXkEKZDQEAAAAAAVla';

describe('Tools of the shell', () => {
  const shell = useShell();

  it('find what was found before in the same line, in extended expressions too', async () => {
    await shell.prints(
      "printf 'abab\\nabba\\nfoo foo\\n' >f; grep -E '^(a)(b)\\1\\2$' f; grep -Eo '(\\w+) \\1' f; grep -cE '(a|b)\\1' f; sed -nE 's/(b+)\\1|(x)/<\\1>/p' f\n" +
        "echo '(a+a)(a+a)' | sed -E 's/(\\([a+]+\\))\\1/[&]/'; r='^(abc)\\1$'; [[ abcabc =~ $r ]] && echo ${BASH_REMATCH[1]}; echo 'a{1}[\\1]' | grep -E 'a\\{1}[[]\\\\1[]]'",
      'abab\nfoo foo\n1\na<b>a\n[(a+a)(a+a)]\nabc\na{1}[\\1]\n',
    );
  });

  it('write numbers for people, and back', async () => {
    await shell.prints(
      'numfmt --to=si 999 1000 1500 123456789; numfmt --to=iec 1024 1536 1048576; numfmt --to=iec-i --suffix=B 4096; numfmt --from=iec 1K 1.5M; numfmt --from=auto 1K 1Ki\n' +
        'printf "name size\\nx 2048\\ny 10485760\\n" | numfmt --header --field=2 --to=iec; echo 5000:6000 | numfmt -d: --field=1- --to=si\n' +
        'numfmt --grouping 1234567; numfmt --format=%8.2f 3.14159; numfmt --padding=-6 --suffix=x 7; numfmt --round=down --to=si 1990',
      '999\n1.0K\n1.5K\n124M\n1.0K\n1.5K\n1.0M\n4.0KiB\n1024\n1572864\n1000\n1024\n' +
        'name size\nx 2.0K\ny 10M\n5.0K:6.0K\n1,234,567\n    3.15\n7x    \n1.9K\n',
    );
    const { stderr, code } = await shell.run('numfmt --to=si many');
    expect({ stderr, code }).to.deep.equal({ stderr: "numfmt: invalid number: 'many'\n", code: 2 });
  });

  it('split files where patterns say', async () => {
    await shell.prints(
      'seq 10 >f; csplit f 4 8; cat xx01; csplit -s -f part- -n 1 f /5/ "%8%"; head part-*; rm xx* part-*\n' +
        'printf "# a\\n1\\n# b\\n2\\n# c\\n" >g; csplit -z g "/^#/" "{*}"; csplit -sz --suppress-matched -b %d.txt g "/#/" "{*}"; cat xx0.txt xx1.txt; ls',
      '6\n8\n7\n4\n5\n6\n7\n==> part-0 <==\n1\n2\n3\n4\n\n==> part-1 <==\n8\n9\n10\n6\n6\n4\n1\n2\nf\ng\nxx0.txt\nxx00\nxx01\nxx02\nxx1.txt\n',
    );
    const { stderr, code } = await shell.run('mkdir d; cd d; seq 3 | csplit -s - /2/ /7/; echo *');
    expect({ stderr, code }).to.deep.equal({ stderr: 'csplit: /7/: match not found\n', code: 0 });
  });

  it('unpack .xz, list what find finds, and copy by cpio', async () => {
    await shell.prints(
      `echo ${packed} | base64 -d >f.xz; xzcat f.xz; unxz -k f.xz; cat f; xz -d <f.xz; rm f; xz -d f.xz; ls\n` +
        'mkdir -p a/b; echo hi >a/b/c; ln -s c a/b/l; find a -depth | cpio -pd copy; cat copy/a/b/c; readlink copy/a/b/l\n' +
        'find a/b -type f -ls -o -type l -ls | sed -E "s/^ *[0-9]+ +([0-9]+) (.{10}).*user +[0-9]+ .{12} (.*)/\\1 \\2 \\3/"',
      'packed\npacked\npacked\nf\nhi\nc\n0 -rw-r--r-- a/b/c\n0 lrwxrwxrwx a/b/l -> c\n',
    );
    expect((await shell.run('echo x | xz')).code).to.equal(1);
  });
});
