// Python: from the reader's Enter in the field below a program to the line that `input()` had waited for, printed
// again: what the page, the kernel and the interpreter take together.
import { withPage } from '../browser.mjs';
import { row } from '../table.mjs';

const goalMs = 10;
const html = `<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/dist/wasm-elements.js"></script><body><wasm-runnable runtime="python"><pre><code>while True:
    print(input(), flush=True)</code></pre></wasm-runnable>`;

export async function measurePythonInput({ browser, server, samples }) {
  const url = server.page('python-input', html);
  const taken = await withPage(browser, async (tab) => {
    await tab.goto(url, { waitUntil: 'networkidle0' });
    await tab.evaluate(begin);
    // The field has the focus where the reader began the run.
    const button = await tab.evaluateHandle(() =>
      document.querySelector('wasm-runnable').shadowRoot.querySelector('[part~="run-button"], button'),
    );
    await button.click();
    const milliseconds = [];
    for (let sample = 0; sample < samples * 3; sample += 1) {
      await tab.evaluate(() => window.waiting);
      await tab.evaluate(listen);
      await tab.keyboard.type('typed');
      await tab.evaluate(shown);
      await tab.keyboard.press('Enter', { delay: 50 });
      milliseconds.push(await tab.evaluate(() => window.echoed));
    }
    return milliseconds;
  });
  return [
    row({ figure: 'Python: from Enter to what input() read', unit: 'ms', samples: taken, goal: goalMs }),
  ];
}

/** Runs in the page. */
function begin() {
  const element = document.querySelector('wasm-runnable');
  window.waits = () =>
    new Promise((resolve) => {
      const look = () => {
        if (element.shadowRoot.activeElement?.matches('input')) resolve();
        else requestAnimationFrame(look);
      };
      look();
    });
  window.waiting = window.waits();
}

/** Runs in the page: no reader presses Enter before the letters are seen. */
function shown() {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}

/** Runs in the page. */
function listen() {
  const element = document.querySelector('wasm-runnable');
  window.echoed = new Promise((resolve) => {
    let start;
    const onEnter = ({ key }) => {
      if (key !== 'Enter') return;
      start = performance.now();
      element.removeEventListener('keydown', onEnter, true);
    };
    element.addEventListener('keydown', onEnter, true);
    element.addEventListener('wasm-output', () => resolve(performance.now() - start), { once: true });
  });
  // The field goes while the program computes, and comes back.
  window.waiting = window.echoed.then(window.waits);
}
