import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';
import { programUrl } from '../../fixture-program.js';

describe('A WASI program on a terminal', () => {
  it('reads lines and bytes, learns its size, and is told what is typed', async () => {
    const kernel = await Kernel.boot();
    const response = await fetch(programUrl('c/terminal'));
    const bytes = new Uint8Array(await response.arrayBuffer());
    const sandbox = await kernel.sandbox({ files: { 'self.wasm': bytes } });
    const process = await sandbox.spawn('./self.wasm', [], { tty: { columns: 80, rows: 24 } });
    const reader = process.stdout.getReader();
    const writer = process.stdin.getWriter();
    const type = (text: string) => writer.write(new TextEncoder().encode(text));
    const decoder = new TextDecoder();
    let seen = '';
    /** What the screen was sent, up to a text. */
    const until = async (text: string): Promise<string> => {
      while (!seen.includes(text)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`ended before ${text}: ${seen}`);
        seen += decoder.decode(value, { stream: true });
      }
      const end = seen.indexOf(text) + text.length;
      const part = seen.slice(0, end);
      seen = seen.slice(end);
      return part;
    };

    await until('80 by 24\r\n');
    await type('hellp\x7fo\r');
    expect(await until('line: hello\r\n')).to.equal('hellp\b \bo\r\nline: hello\r\n');
    await until('raw\r\n');
    await type('q');
    expect(await until('byte: q\r\n')).to.equal('byte: q\r\n');
    await until('resize\r\n');
    process.resize(100, 30);
    await until('100 by 30\r\n');
    await until('child\r\n');
    await type('\x03');
    expect(await until('child: signal 2\r\n')).to.equal('^Cchild: signal 2\r\n');
    await type('more\r');
    await until('again: more\r\n');
    await type('\x04');
    await until('end of file\r\n');
    expect(await process.exited).to.include({ code: 0, signal: null });
    await sandbox.dispose();
  });
});
