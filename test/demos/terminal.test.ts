import { shows } from './demo-page.js';
import { describeDemo } from './describe-demo.js';

describeDemo(
  'terminal',
  {},
  {
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
  },
);
