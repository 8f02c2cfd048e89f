import { expect } from 'chai';
import { useShell } from './shell.js';

describe('zip and unzip', function () {
  this.timeout(60_000);
  const shell = useShell();

  it('take back out what they put in', async () => {
    await shell.prints(
      'mkdir -p d/e; seq 2000 >d/e/numbers; echo ünï >d/naïve.txt; : >d/empty; cp -r d before\n' +
        'zip -qr a.zip d && rm -r d && unzip -q a.zip && diff -r before d && ls d d/e\n' +
        'unzip -p a.zip d/naïve.txt; zip -q a.zip -d d/empty; unzip -Z1 a.zip',
      'e\nempty\nnaïve.txt\n\nd/e:\nnumbers\nünï\nd/\nd/e/\nd/e/numbers\nd/naïve.txt\n'.replace(/^/, 'd:\n'),
    );
  });

  it('and Python read what the other wrote', async () => {
    await shell.prints(
      'seq 500 >n; zip -q a.zip n; python3 -c "\n' +
        "import zipfile\nprint(len(zipfile.ZipFile('a.zip').read('n').split()))\n" +
        "with zipfile.ZipFile('b.zip', 'w', zipfile.ZIP_DEFLATED) as z: z.writestr('ö/x.txt', 'from Python\\n' * 100)\n" +
        '"; unzip -q b.zip; wc -l <ö/x.txt; unzip -tq b.zip',
      '500\n100\nNo errors detected in compressed data of b.zip.\n',
    );
  });

  it('ask nothing where nobody is, and say what is no archive', async () => {
    const { stdout, code } = await shell.run('echo no >x.zip; unzip x.zip; echo $?; unzip nosuch; echo $?');
    expect({ stdout: stdout.match(/^\d+$/gm), code }).to.deep.equal({ stdout: ['9', '9'], code: 0 });
  });
});
