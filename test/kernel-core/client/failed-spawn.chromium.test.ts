import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';
import { rejection } from './rejection.js';

describe('A spawn that fails', () => {
  it('closes its port on both sides', async () => {
    const kernel = await Kernel.boot();
    const sandbox = await kernel.sandbox();
    const made: MessageChannel[] = [];
    const closed: MessagePort[] = [];
    const { MessageChannel: Original } = globalThis;
    const { close } = MessagePort.prototype;
    globalThis.MessageChannel = class extends Original {
      constructor() {
        super();
        made.push(this);
      }
    };
    MessagePort.prototype.close = function () {
      closed.push(this);
      close.call(this);
    };
    try {
      expect((await rejection(sandbox.spawn('no-such-program'))).code).to.equal('ENOENT');
    } finally {
      globalThis.MessageChannel = Original;
      MessagePort.prototype.close = close;
    }
    // The one of the process; whatever else a call needs is its own affair.
    expect(made.some(({ port1 }) => closed.includes(port1))).to.equal(true);
    await sandbox.dispose();
  });
});
