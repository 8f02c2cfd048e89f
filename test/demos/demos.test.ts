import { expect } from 'chai';
import { testConfig } from '../test-config.js';
import { openDemo, runSample, shows, type DemoPage } from './demo-page.js';

/** demo → sample → what the reader sees after pressing Run. */
const samples: Record<string, Record<string, RegExp>> = {
  index: { hello: /'o' ████ 4/ },
  python: {
    hello: /Hello from Python 3\.\d+\.\d+\s+1267650600228229401496703205376/,
    stdin: /Your name\? Hello, Ada!/,
    progress: /━{25} 100 %/,
    error: /3\.0[^]*mean\.py", line 5[^]*ZeroDivisionError: division by zero/,
    endless: /Stopped after 3 s/,
  },
  javascript: {
    hello: /Mars {5}☾☾\s+Map\(3\) \{ 'Mercury' => 0/,
    typescript: /circle 3\.14\s+square 9\.00/,
    modules: /one {4}7692c3ad3540bb80[^]*two[^]*three/,
    error: /7[^]*TypeError[^]*basket\.js:2:23/,
    endless: /Counting…[^]*Stopped after 2 s/,
    network: /has no network grant, so it cannot reach example\.com/,
  },
  wasm: {
    primes: /2 3 5 7 11 [^]*89 97/,
    shout: /SO QUIET IN HERE/,
    usage: /usage: primes N[^]*exit 2/,
  },
  files: {
    csv: /Tokyo +▇{30}\s[^]*São Paulo +▇+\s/,
    tests: /✓ abc\s+✗ an emoji/,
    visits: /Run number 1\s+Here are: main\.py visits\.txt/,
  },
  'other-origin': { javascript: /Hello from another origin/, python: /Python too/ },
  'strict-csp': { javascript: /42\s+the network does not: .*no network grant/, python: /499999500000/ },
  lesson: { inside: /ready\s+steady\s+go/, after: /5 25/, named: /27 reaches 1 after 111 steps/ },
};

/** Whether a program can wait for the reader in this browser. */
const canAsk = testConfig.lane !== 'webkit';

describe('the demos', () => {
  let page: DemoPage;
  afterEach(() => {
    expect(page.errors).to.deep.equal([]);
    page.close();
  });

  for (const [name, expected] of Object.entries(samples)) {
    for (const [id, text] of Object.entries(expected)) {
      it(`${name}: “${id}” does what the page says`, async () => {
        page = await openDemo(name);
        expect(await runSample(page, id)).to.match(text);
      });
    }
  }

  it('python: a reader can answer', async () => {
    page = await openDemo('python');
    let [low, high, guess] = [1, 20, 0];
    const text = await runSample(page, 'input', (shown) => {
      if (/Higher\.\s+Your guess\?\s*$/.test(shown)) low = guess + 1;
      if (/Lower\.\s+Your guess\?\s*$/.test(shown)) high = guess - 1;
      guess = Math.floor((low + high) / 2);
      return String(guess);
    });
    expect(text).to.match(canAsk ? /That is it!/ : /cannot pause a program[^]*stdin="…"/);
  });

  it('html: pages are shown, with their console beneath', async () => {
    page = await openDemo('html');
    await runSample(page, 'counter');
    await shows(page, 'counter', /ready/);
    await runSample(page, 'files');
    await shows(page, 'files', /a ball of 48px/);
    await runSample(page, 'error');
    await shows(page, 'error', /TypeError[^]*index\.html:4/);
  });

  it('strict-csp: a page of one’s own is shown', async () => {
    page = await openDemo('strict-csp');
    expect(await runSample(page, 'html')).not.to.match(/Try again/);
  });

  it('kernel-api: the tour comes to its end', async () => {
    page = await openDemo('kernel-api', null);
    const log = page.document.querySelector('#log') as HTMLElement;
    page.document.querySelector<HTMLElement>('#start')?.click();
    while (!log.textContent.includes('Done.')) {
      expect(log.textContent).not.to.match(/E[A-Z]+:/);
      await new Promise(requestAnimationFrame);
    }
    expect(log.textContent).to.match(/Hello from a process[^]*a\.txt, b\.txt[^]*tick 3[^]*SIGTERM/);
  });

  it('no-javascript: code and expected output are there, buttons are not', async () => {
    page = await openDemo('no-javascript', null);
    const off = page.document.querySelector<HTMLIFrameElement>('#off')?.contentDocument as Document;
    const text = off.body.innerText;
    expect(text).to.include('for word in').and.to.include('steady').and.to.include('steps += 1');
    expect(off.querySelector('wasm-runnable')?.shadowRoot).to.equal(null);
  });
});
