// A program that looks at files after others wrote more than the journal remembers.
import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

const megabyte = 1024 * 1024;

const program = String.raw`
import os
held = open('held', 'r+')
os.remove('held')
with open('mine', 'w') as mine:
    mine.write('own')
    mine.flush()
    print('ready', flush=True)
    input()
    names = sorted(os.listdir('many'))
    print(names, sum(os.path.getsize(f'many/{name}') for name in names))
    print(open('many/7', 'rb').read()[-3:], open('replaced').read(), open('small').read())
    print(held.read())
    held.write('!')
    held.seek(0)
    print(held.read())
    mine.write(' and more')
with open('small', 'a') as small:
    small.write(' and mine')
print(open('mine').read(), open('small').read(), flush=True)
input()
print(open('late').read(), open('many/0', 'rb').read(3))
`;

describe('A program that missed much', () => {
  it('sees what there is, keeps what it has open, and goes on hearing', async function () {
    this.timeout(60_000);
    // There it could not wait for the line.
    if (testConfig.lane === 'webkit') this.skip();
    const kernel = await Kernel.boot();
    const files = { 'main.py': program, held: 'held open', replaced: 'before', small: 'as it was' };
    const sandbox = await kernel.sandbox({ files });
    const process = await sandbox.spawn('python', ['main.py']);
    const [input, output] = [process.stdin.getWriter(), process.stdout.getReader()];
    const decoder = new TextDecoder();
    let printed = '';
    const until = async (wanted: string): Promise<void> => {
      while (!printed.includes(wanted)) {
        const { value, done } = await output.read();
        if (done) throw new Error(`It ended after ${printed}`);
        printed += decoder.decode(value, { stream: true });
      }
    };
    const line = () => input.write(new TextEncoder().encode('\n'));
    await until('ready\n');
    for (let each = 0; each < 8; each += 1) {
      await sandbox.fs.writeFiles({ [`many/${each}`]: new Uint8Array(megabyte).fill(48 + each) });
    }
    await sandbox.fs.writeFiles({ replaced: 'after' });
    await line();
    await until('own and more as it was and mine\n');
    await sandbox.fs.writeFiles({ late: 'heard', 'many/0': new TextEncoder().encode('new') });
    await line();
    await until('heard');
    expect(await process.exited).to.include({ code: 0 });
    const names = Array.from({ length: 8 }, (_, each) => `'${each}'`).join(', ');
    expect(printed.split('\n').slice(0, 7)).to.deep.equal([
      'ready',
      `[${names}] ${8 * megabyte}`,
      `b'777' after as it was`,
      'held open',
      'held open!',
      'own and more as it was and mine',
      `heard b'new'`,
    ]);
    expect(await sandbox.fs.readFile('small', 'utf-8')).to.equal('as it was and mine');
    await sandbox.dispose();
  });
});
