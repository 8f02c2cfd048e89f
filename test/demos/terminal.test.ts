import { expect } from 'chai';
import type { WasmTerminal } from 'wasm-elements';
import { shows } from './demo-page.js';
import { describeDemo } from './describe-demo.js';

describeDemo(
  'terminal',
  {},
  {
    'starts a shell': async (page) => {
      const root = page.document.getElementById('shell')?.shadowRoot;
      root?.querySelector<HTMLElement>('[part="run-button"]')?.click();
      await shows(page, 'shell', /\$\s*$|cannot pause/m);
    },
    'starts a prompt': async (page) => {
      const root = page.document.getElementById('prompt')?.shadowRoot;
      root?.querySelector<HTMLElement>('[part="run-button"]')?.click();
      await shows(page, 'prompt', />>>|cannot pause/);
    },
    'types for the reader': async (page) => {
      const typed = page.document.getElementById('typed');
      // A terminal out of sight does not draw.
      typed?.scrollIntoView();
      typed?.shadowRoot?.querySelector<HTMLElement>('[part="run-button"]')?.click();
      await shows(page, 'typed', /boarded|cannot pause/);
    },
    'runs a list of commands in order': async (page) => {
      const element = page.document.getElementById('commands') as WasmTerminal;
      const result = await element.run();
      expect(result).to.include({ code: 0 });
      expect(result.stdout).to.contain('"and": 2');
      const [first, second] = element.shadowRoot?.querySelectorAll<HTMLElement>('[part="panel"]') ?? [];
      expect(first?.innerText).to.match(/^21 words counted into counts.json/);
      expect(second?.innerText).to.match(/■■■ +on/);
    },
  },
);
