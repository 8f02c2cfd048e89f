import { expect } from 'chai';

interface Outcome {
  readonly type: 'display-page';
  readonly frames: readonly number[];
  readonly images: readonly number[];
  readonly violations: readonly string[];
}

/** A page under this policy on which a program shows something. */
async function shownUnder(policy: string, height: number, sequence: string): Promise<Outcome> {
  const headers = encodeURIComponent(JSON.stringify({ 'content-security-policy': policy }));
  const frame = document.createElement('iframe');
  frame.src = `/with-headers/${headers}/test/fixtures/pages/display.html?${new URLSearchParams({ sequence, height: String(height) }).toString()}`;
  const outcome = new Promise<Outcome>((resolve) => {
    const listen = ({ source, data }: MessageEvent<Outcome>): void => {
      if (source !== frame.contentWindow || data.type !== 'display-page') return;
      removeEventListener('message', listen);
      resolve(data);
    };
    addEventListener('message', listen);
  });
  document.body.append(frame);
  return outcome.finally(() => frame.remove());
}

const strict =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self'";
const svg = `\x1b]7747;image/svg+xml:${btoa('<svg xmlns="http://www.w3.org/2000/svg" width="30" height="40"/>')}\x07`;

describe('on a page with a strict Content-Security-Policy', () => {
  it('HTML is shown by the hosted frame, and nothing violates the policy', async () => {
    const sequence = `\x1b]7747;text/html:${btoa('<p style="height: 55px; color: red">x</p>')}\x07`;
    const { frames, violations } = await shownUnder(strict, 55, sequence);
    expect(frames[0]).to.be.within(55, 110);
    expect(violations).to.deep.equal([]);
  });

  it('images are, too, where the policy allows none from memory', async () => {
    const { frames, images } = await shownUnder(strict, 40, svg);
    expect(images).to.deep.equal([]);
    expect(frames[0]).to.be.within(40, 60);
  });

  it('images are images where it allows them', async () => {
    const { frames, images, violations } = await shownUnder(
      strict.replace('img-src', 'img-src blob:'),
      40,
      svg,
    );
    expect({ frames, images, violations }).to.deep.equal({ frames: [], images: [40], violations: [] });
  });
});
