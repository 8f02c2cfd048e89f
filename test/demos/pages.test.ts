import { expect } from 'chai';
import { runSample } from './demo-page.js';
import { describeDemo } from './describe-demo.js';

describeDemo('files', {
  csv: /Tokyo +▇{30}\s[^]*São Paulo +▇+\s/,
  tests: /✓ abc\s+✗ an emoji/,
});

describeDemo(
  'lesson',
  {},
  {
    'goes on with the names of the step before': async (page) => {
      expect(await runSample(page, 'inside')).to.match(/ready\s+steady\s+go/);
      expect(await runSample(page, 'after')).to.match(/3 go 2/);
      expect(await runSample(page, 'named')).to.match(/steady ██████ 6/);
      expect(await runSample(page, 'failing')).to.match(/File "cell 4", line 2[^]*TypeError/);
    },
    'finds the code of every sample': ({ document }) => {
      const codes = [...document.querySelectorAll('wasm-runnable')].map(({ code }) => code.split('\n')[0]);
      expect(codes).to.deep.equal([
        'words = ["ready", "steady", "go"]',
        'lengths = {}',
        'while lengths:',
        'def shout(word):',
      ]);
    },
  },
);

describeDemo('other-origin', { javascript: /Hello from another origin/, python: /Python too/ });

describeDemo(
  'strict-csp',
  { javascript: /42\s+the network does not: .*no network grant/, python: /499999500000/ },
  {
    'shows a page of one’s own': async (page) => {
      expect(await runSample(page, 'html')).not.to.match(/Try again/);
    },
  },
);

describeDemo(
  'kernel-api',
  {},
  {
    'comes to the end of its tour': async ({ document }) => {
      const log = document.querySelector('#log') as HTMLElement;
      document.querySelector<HTMLElement>('#start')?.click();
      while (!log.textContent.includes('Done.')) {
        expect(log.textContent).not.to.match(/E[A-Z]+:/);
        await new Promise(requestAnimationFrame);
      }
      expect(log.textContent).to.match(/Hello from a process[^]*a\.txt, b\.txt[^]*tick 3[^]*SIGTERM/);
    },
  },
);

describeDemo(
  'no-javascript',
  {},
  {
    'shows code and expected output without scripts': ({ document }) => {
      const off = document.querySelector<HTMLIFrameElement>('#off')?.contentDocument as Document;
      const text = off.body.innerText;
      expect(text).to.include('for word in').and.to.include('steady').and.to.include('while lengths');
      expect(off.querySelector('wasm-runnable')?.shadowRoot).to.equal(null);
    },
  },
);
