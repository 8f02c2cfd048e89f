import { expect } from 'chai';
import { Frame } from '../../../elements/output/frame.js';

describe('Frame', () => {
  const { requestAnimationFrame: real } = window;
  afterEach(() => (window.requestAnimationFrame = real));

  it('calls back once for many requests', async () => {
    let calls = 0;
    const frame = new Frame(() => calls++);
    frame.request();
    frame.request();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => requestAnimationFrame(resolve));
    expect(calls).to.equal(1);
  });

  it('calls back in a hidden tab, where no frame comes', async () => {
    window.requestAnimationFrame = () => 0;
    await new Promise<void>((resolve) => new Frame(resolve).request());
  });

  it('is silent once disposed', async () => {
    let calls = 0;
    const frame = new Frame(() => calls++);
    frame.request();
    frame.dispose();
    frame.request();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    expect([calls, frame.disposed]).to.deep.equal([0, true]);
  });
});
