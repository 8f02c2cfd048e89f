import { expect } from 'chai';
import type { AskEvent, Process } from 'wasm-elements/kernel';
import { useShell } from './shell.js';

const text = (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream).text();

describe('A program that asks the reader', () => {
  const shell = useShell();

  const spawn = async (script: string, onAsk?: (event: AskEvent) => void): Promise<Process> => {
    const process = await shell.sandbox.spawn('sh', ['-c', script], { stdin: 'null', timeoutMs: 20_000 });
    if (onAsk) process.addEventListener('ask', (event) => onAsk(event as AskEvent));
    return process;
  };

  it('hears at once that there is nobody', async () => {
    const { stdout, stderr } = await shell.run('open https://example.com; echo $?');
    expect(stdout).to.equal('1\n');
    expect(stderr).to.equal('open: there is no reader to ask here\n');
  });

  it('waits for the answer, be it the process or one that it started', async () => {
    const asked: string[] = [];
    const process = await spawn(
      'echo a > f.txt; open example.com && download f.txt; echo $?; (cd /tmp; upload)',
      (event) => {
        event.preventDefault();
        asked.push(`${event.action} ${event.what}`);
        if (event.action === 'download') event.refuse();
        else event.answer(event.action === 'upload' ? ['one', 'two'] : []);
      },
    );
    const [stdout, stderr] = await Promise.all([text(process.stdout), text(process.stderr)]);
    expect(asked).to.deep.equal(['open https://example.com', 'download /home/user/f.txt', 'upload /tmp']);
    expect({ stdout, stderr }).to.deep.equal({
      stdout: '1\none\ntwo\n',
      stderr: 'download: the reader did not save it\n',
    });
  });

  it('is one at a time, and its question goes with it', async () => {
    const asked: AskEvent[] = [];
    const script =
      'open https://a.example & read x; open https://b.example; echo $?; kill $!; wait; echo end';
    const process = await shell.sandbox.spawn('sh', ['-c', script], { timeoutMs: 20_000 });
    process.addEventListener('ask', (event) => {
      event.preventDefault();
      asked.push(event as AskEvent);
      void process.stdin.getWriter().write(new TextEncoder().encode('go on\n'));
    });
    const [stdout, stderr] = await Promise.all([text(process.stdout), text(process.stderr)]);
    expect(stdout).to.equal('1\nend\n');
    expect(stderr).to.contain('another program is asking');
    expect(asked.map(({ what }) => what)).to.deep.equal(['https://a.example']);
    expect(asked[0]?.signal.aborted).to.equal(true);
    // Too late, and nothing happens.
    asked[0]?.answer();
  });

  it('says what cannot be asked', async () => {
    const { stdout, stderr } = await shell.run(
      'open nothing; open javascript:alert; download nosuch; download /tmp; upload nosuch; echo $?',
    );
    expect(stdout).to.equal('1\n');
    expect(stderr.split('\n').length).to.equal(6);
    expect(stderr).to.contain('is no address of the web').and.contain('tar cz');
  });
});
