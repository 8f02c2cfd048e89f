import { expect } from 'chai';
import { testConfig } from '../test-config.js';
import { runSample, shows } from './demo-page.js';
import { describeDemo } from './describe-demo.js';

/** Whether a program can wait for the reader in this browser. */
const canAsk = testConfig.lane !== 'webkit';

describeDemo(
  'python',
  {
    hello: /Hello from Python 3\.\d+\.\d+\s+1267650600228229401496703205376/,
    stdin: /Your name\? Hello, Ada!/,
    progress: /━{25} 100 %/,
    error: /3\.0[^]*mean\.py", line 5[^]*ZeroDivisionError: division by zero/,
    endless: /Stopped after 5 s/,
  },
  {
    'lets the reader answer': async (page) => {
      let [low, high, guess] = [1, 20, 0];
      const text = await runSample(page, 'input', (printed) => {
        if (printed.includes('Higher.')) low = guess + 1;
        if (printed.includes('Lower.')) high = guess - 1;
        guess = Math.floor((low + high) / 2);
        return String(guess);
      });
      expect(text).to.match(canAsk ? /That is it!/ : /cannot pause a program[^]*stdin="…"/);
    },
  },
);

describeDemo('javascript', {
  hello: /Mars {5}☾☾\s+Map\(3\) \{ 'Mercury' => 0/,
  typescript: /circle 3\.14\s+square 9\.00/,
  modules: /one {4}7692c3ad3540bb80[^]*two[^]*three/,
  error: /7[^]*TypeError[^]*basket\.js:2:\d+/,
  endless: /Counting…[^]*Stopped after 2 s/,
  network: /has no network grant, so it cannot reach example\.com/,
});

describeDemo(
  'html',
  {},
  {
    'shows pages, with their console beneath': async (page) => {
      await runSample(page, 'counter');
      await shows(page, 'counter', /ready/);
      await runSample(page, 'files');
      await shows(page, 'files', /a ball of 48px/);
      await runSample(page, 'error');
      await shows(page, 'error', /TypeError[^]*index\.html:4/);
    },
  },
);

describeDemo(
  'wasm',
  { primes: /2 3 5 7 11 [^]*89 97/, shout: /SO QUIET IN HERE/, usage: /usage: primes N[^]*exit 2/ },
  {
    'runs a program from the reader’s disk': async (page) => {
      const program = await (await fetch('/demos/wasm/shout.wasm')).blob();
      const chosen = new DataTransfer();
      chosen.items.add(new File([program], 'mine.wasm'));
      const field = page.document.querySelector('input') as HTMLInputElement;
      page.document.getElementById('own')?.setAttribute('stdin', 'from my disk');
      field.files = chosen.files;
      field.dispatchEvent(new Event('change', { bubbles: true }));
      await shows(page, 'own', /FROM MY DISK/);
    },
  },
);
