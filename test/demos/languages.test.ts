import { runSample, shows } from './demo-page.js';
import { describeDemo } from './describe-demo.js';

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
      // Made by the page's own constructors: a File of another window is no File there.
      const { DataTransfer, File, Event } = page.document.defaultView as Window & typeof globalThis;
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
