import { expect } from 'chai';
import { testConfig } from '../../test-config.js';

interface Outcome {
  readonly type: 'boot-page';
  readonly outcome: 'ran' | 'failed';
  readonly stdout?: string;
  readonly transport?: string;
  readonly code?: string | number;
  readonly message?: string;
  readonly hint?: string;
}

const here = location.origin;

/** Opens the boot page under these headers and resolves with what it tells. */
async function boot(
  headers: Record<string, string>,
  query: Record<string, string> = {},
  origin = here,
): Promise<Outcome> {
  const served =
    Object.keys(headers).length === 0 ? '' : `/with-headers/${encodeURIComponent(JSON.stringify(headers))}`;
  const frame = document.createElement('iframe');
  frame.src = `${origin}${served}/test/fixtures/pages/boot.html?${new URLSearchParams(query).toString()}`;
  const outcome = new Promise<Outcome>((resolve) => {
    const listen = ({ source, data }: MessageEvent<Outcome>): void => {
      if (source !== frame.contentWindow || data.type !== 'boot-page') return;
      removeEventListener('message', listen);
      resolve(data);
    };
    addEventListener('message', listen);
  });
  document.body.append(frame);
  try {
    return await outcome;
  } finally {
    frame.remove();
  }
}

const csp = (policy: string): Record<string, string> => ({ 'content-security-policy': policy });
const strict =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self'";

describe('a page without any header', () => {
  it('boots the kernel and runs a program', async () => {
    const outcome = await boot({});
    expect(outcome).to.include({ outcome: 'ran', stdout: '42\n', code: 0 });
    expect(outcome.transport).to.be.oneOf(['suspending', 'local']);
  });

  it('loads library and runtimes from another origin that allows it', async () => {
    const library = `${testConfig.otherOrigin}/cors/dist/kernel.js`;
    expect(await boot({}, { library })).to.include({ outcome: 'ran', stdout: '42\n' });
  });
});

describe('a page with a strict Content-Security-Policy', () => {
  it('is told within seconds what stops the srcdoc frame and what to do', async () => {
    const outcome = await boot(csp(strict));
    expect(outcome).to.include({ outcome: 'failed', code: 'EFRAME' });
    expect(outcome.message).to.match(/Content-Security-Policy/);
    expect(outcome.hint).to.match(/frame\.html/);
  });

  it('runs everything with the hosted frame', async () => {
    expect(await boot(csp(strict), { frame: '/dist/frame.html' })).to.include({
      outcome: 'ran',
      stdout: '42\n',
    });
  });

  it('is told when no frame at all is allowed', async () => {
    const outcome = await boot(csp(strict.replace("frame-src 'self'", "frame-src 'none'")), {
      frame: '/dist/frame.html',
    });
    expect(outcome).to.include({ outcome: 'failed', code: 'EFRAME' });
  });

  it('is told when the hosted frame is not there', async () => {
    const outcome = await boot({}, { frame: '/dist/no-such-frame.html' });
    expect(outcome).to.include({ outcome: 'failed', code: 'EFRAME' });
    expect(outcome.message).to.match(/no-such-frame\.html/);
  });

  it('is told when workers from blobs are forbidden', async () => {
    const outcome = await boot(csp("script-src 'self' 'unsafe-inline'; worker-src 'none'"));
    expect(outcome).to.include({ outcome: 'failed', code: 'EWORKER' });
    expect(outcome.hint).to.match(/frame\.html/);
  });

  it('is told when connect-src forbids the library’s own files', async () => {
    const outcome = await boot(csp("connect-src 'none'"));
    expect(outcome).to.include({ outcome: 'failed', code: 'ENETWORK' });
    expect(outcome.hint).to.match(/connect-src/);
  });
});

describe('a page with Trusted Types', () => {
  it('runs with the hosted frame', async () => {
    const outcome = await boot(csp("require-trusted-types-for 'script'"), { frame: '/dist/frame.html' });
    expect(outcome).to.include({ outcome: 'ran', stdout: '42\n' });
  });
});

describe('a frame with Document-Isolation-Policy', () => {
  it('gives shared memory on a plain page where the browser knows the header', async () => {
    const outcome = await boot({}, { frame: '/dist/frame-dip.html' });
    expect(outcome).to.include({ outcome: 'ran', stdout: '42\n' });
    const expected = { chromium: 'shared', firefox: 'suspending', webkit: 'local' };
    expect(outcome.transport).to.equal(expected[testConfig.lane as keyof typeof expected]);
  });
});
