import { expect } from 'chai';
import type { WasmTerminal } from 'wasm-elements';
import { shows, type DemoPage } from './demo-page.js';
import { describeDemo } from './describe-demo.js';

/** As a reader would: a terminal out of sight does not draw. */
function start({ document }: DemoPage, id: string): void {
  const element = document.getElementById(id);
  element?.scrollIntoView();
  element?.shadowRoot?.querySelector<HTMLElement>('[part="run-button"]')?.click();
}

describeDemo(
  'terminal',
  {},
  {
    'starts a shell': async (page) => {
      start(page, 'shell');
      // WebKit takes style sheets for text, which then stand beside the prompt.
      await shows(page, 'shell', /~\$/);
    },
    'starts a prompt': async (page) => {
      start(page, 'prompt');
      await shows(page, 'prompt', />>>|cannot pause/);
    },
    'types for the reader': async (page) => {
      start(page, 'typed');
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
