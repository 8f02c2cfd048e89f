import { expect } from 'chai';
import { Kernel, type FileEvent, type Sandbox } from 'wasm-elements/kernel';
import { rejection } from './rejection.js';

/** The next `count` events. */
async function take(iterator: AsyncIterator<FileEvent>, count: number): Promise<FileEvent[]> {
  const events: FileEvent[] = [];
  while (events.length < count) {
    const result = (await iterator.next()) as IteratorResult<FileEvent, undefined>;
    if (result.done === true) break;
    events.push(result.value);
  }
  return events;
}

const said = ({ type, path, from }: FileEvent): string =>
  from === undefined ? `${type} ${path}` : `${type} ${from} ${path}`;

/** A watch, and something that happens once it was begun. */
function begun(sandbox: Sandbox, happen: () => Promise<void>): AsyncIterable<FileEvent> {
  const events = sandbox.fs.watch('.');
  void happen();
  return events;
}

describe('sandbox.fs.watch', () => {
  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({ files: { 'w/a': '1', 'w/deep/b': '2', 'w/c.js': 'x' } });
  });
  after(() => sandbox.dispose());

  it('tells everything from the call on, in order', async () => {
    const { fs } = sandbox;
    const events = fs.watch('w')[Symbol.asyncIterator]();
    await Promise.all([fs.writeFile('w/a', '2'), fs.writeFile('w/deep/unseen', '')]);
    await fs.writeFile('w/new', '');
    await fs.rename('w/new', 'w/newer');
    await fs.rm('w/newer');
    const told = await take(events, 4);
    expect(told.map(said)).to.deep.equal([
      'change /home/user/w/a',
      'create /home/user/w/new',
      'rename /home/user/w/new /home/user/w/newer',
      'remove /home/user/w/newer',
    ]);
    const sequences = told.map(({ sequence }) => sequence);
    expect(sequences).to.deep.equal([...sequences].sort((a, b) => a - b));
    await events.return?.();
  });

  it('looks below when told to', async () => {
    const { fs } = sandbox;
    const events = fs.watch('w', { recursive: true })[Symbol.asyncIterator]();
    await fs.writeFile('w/deep/b', '3');
    expect((await take(events, 1)).map(said)).to.deep.equal(['change /home/user/w/deep/b']);
    await events.return?.();
    expect(await events.next()).to.deep.equal({ done: true, value: undefined });
  });

  it('watches a file that is not there yet, and through symbolic links', async () => {
    const { fs } = sandbox;
    await fs.symlink('w', 'link');
    const one = fs.watch('w/later')[Symbol.asyncIterator]();
    const two = fs.watch('link')[Symbol.asyncIterator]();
    await fs.writeFile('w/other', '');
    await fs.writeFile('w/later', '');
    expect((await take(one, 1)).map(said)).to.deep.equal(['create /home/user/w/later']);
    expect((await take(two, 2)).map(said)).to.deep.equal([
      'create /home/user/w/other',
      'create /home/user/w/later',
    ]);
    await one.return?.();
    await two.return?.();
  });

  it('ends with its signal: before, while somebody waits, and when nobody does', async () => {
    const { fs } = sandbox;
    const before: FileEvent[] = [];
    for await (const event of fs.watch('w', { signal: AbortSignal.abort() })) before.push(event);
    expect(before).to.deep.equal([]);

    const controller = new AbortController();
    const events = fs.watch('w', { signal: controller.signal })[Symbol.asyncIterator]();
    const waiting = events.next();
    controller.abort();
    expect(await waiting).to.deep.equal({ done: true, value: undefined });
  });

  it('ends with its sandbox, and is left by break', async () => {
    const kernel = await Kernel.boot();
    const other = await kernel.sandbox();
    const events = other.fs.watch('.')[Symbol.asyncIterator]();
    const waiting = events.next();
    await other.fs.writeFile('x', '');
    expect((await waiting).done).to.equal(false);
    const last = events.next();
    for await (const event of begun(other, () => other.fs.writeFile('y', ''))) {
      expect(said(event)).to.equal('create /home/user/y');
      break;
    }
    expect(said((await last).value as FileEvent)).to.equal('create /home/user/y');
    const end = events.next();
    await other.dispose();
    expect((await end).done).to.equal(true);
  });

  it('ends with ELOST when the kernel is lost', async () => {
    const events = sandbox.fs.watch('w')[Symbol.asyncIterator]();
    await sandbox.fs.writeFile('w/before', '');
    expect((await take(events, 1)).map(said)).to.deep.equal(['create /home/user/w/before']);
    const next = rejection(events.next());
    document.querySelector('html > iframe')?.remove();
    await sandbox.fs.stat('w');
    expect((await next).code).to.equal('ELOST');
    const again = sandbox.fs.watch('w')[Symbol.asyncIterator]();
    await sandbox.fs.writeFile('w/after', '');
    expect((await take(again, 1)).map(said)).to.deep.equal(['create /home/user/w/after']);
    await again.return?.();
  });

  it('says what is wrong with a path', async () => {
    const events = sandbox.fs.watch('w/c.js/below')[Symbol.asyncIterator]();
    expect((await rejection(events.next())).code).to.equal('ENOTDIR');
    expect(await events.next()).to.deep.equal({ done: true, value: undefined });
  });
});
