// A terminal with the shell: from the reader's click to the prompt, from a key to its echo on the screen, and what a
// flood of output does to the page. Real clicks and keys; what is on the screen is what xterm has put there.
import { heapOf, withPage } from '../browser.mjs';
import { median, row } from '../table.mjs';

const terminal = `<wasm-terminal env="PS1='> '"></wasm-terminal>`;
const html = `<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/dist/wasm-elements.js"></script><body>${terminal}${terminal}`;
/** The least that a page can do: a key goes to a worker, and what comes back is drawn in the next frame. */
const plainHtml = `<!doctype html><meta charset="utf-8"><title>bench</title><body><textarea></textarea><pre></pre>
<script>
  const [field, screen] = [document.querySelector('textarea'), document.querySelector('pre')];
  const worker = new Worker(URL.createObjectURL(new Blob(['onmessage = ({ data }) => postMessage(data)'])));
  worker.onmessage = ({ data }) => requestAnimationFrame(() => (screen.textContent += data));
  field.onkeydown = (event) => {
    event.preventDefault();
    worker.postMessage(event.key);
  };
  field.focus();
  window.echoed = () =>
    new Promise((resolve) => {
      let pressedAt;
      field.addEventListener('keydown', () => (pressedAt = performance.now()), { capture: true, once: true });
      const observer = new MutationObserver(() => {
        observer.disconnect();
        resolve(performance.now() - pressedAt);
      });
      observer.observe(screen, { childList: true });
    });
</script>`;
const floodMs = 10_000;
const keys = 40;

export async function measureTerminal({ browser, server, samples }) {
  const url = server.page('terminal', html);
  const plainUrl = server.page('echo', plainHtml);
  const prompts = { cold: [], warm: [] };
  const echoes = [];
  const plainEchoes = [];
  const floods = [];
  for (let sample = 0; sample < samples; sample += 1) {
    await withPage(browser, async (tab) => {
      await open(tab, url);
      prompts.cold.push(await fromClickToPrompt(tab, 0));
      await pause(500);
      prompts.warm.push(await fromClickToPrompt(tab, 1));
      echoes.push(await fromKeyToEcho(tab, 1));
      if (sample < 2) floods.push(await flood(tab, 1));
    });
    await withPage(browser, async (tab) => {
      await tab.goto(plainUrl);
      plainEchoes.push(await timesOf(tab));
    });
  }
  const of = (name) => floods.map((each) => each[name]);
  const idle = { against: 'idle page', other: of('idle') };
  return [
    row({ figure: 'terminal: click → prompt, cold', unit: 'ms', samples: prompts.cold, goal: 400 }),
    row({
      figure: 'terminal: click → prompt, another on the page',
      unit: 'ms',
      samples: prompts.warm,
      goal: 150,
    }),
    row({
      figure: 'terminal: key → echo on screen',
      unit: 'ms',
      samples: echoes.map(median),
      goal: 16,
      against: 'a worker that only echoes',
      other: plainEchoes.map(median),
    }),
    row({
      figure: 'terminal: key → echo on screen, the slowest',
      unit: 'ms',
      samples: echoes.map(slowest),
      against: 'a worker that only echoes',
      other: plainEchoes.map(slowest),
    }),
    row({
      figure: 'yes for 10 s: longest gap of page timers',
      unit: 'ms',
      samples: of('longest'),
      goal: 50,
      ...idle,
    }),
    row({ figure: 'yes for 10 s: p99 of page timers', unit: 'ms', samples: of('p99'), goal: 50 }),
    row({ figure: 'yes for 10 s: growth of the page’s heap', unit: 'MB', samples: of('grownMB'), goal: 2 }),
    row({ figure: 'yes for 10 s: ^C → prompt', unit: 'ms', samples: of('stopMs'), goal: 500 }),
  ];
}

const slowest = (times) => Math.max(...times);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function open(tab, url) {
  await tab.goto(url, { waitUntil: 'networkidle0' });
  await tab.evaluate(() => {
    const elements = [...document.querySelectorAll('wasm-terminal')];
    /** What is on the last line of the screen. */
    const lastLine = (index) => {
      const rows = [...elements[index].shadowRoot.querySelectorAll('.xterm-rows > div')];
      return rows.map((row) => row.textContent.trimEnd()).findLast((text) => text !== '') ?? '';
    };
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    window.prompted = async (index) => {
      while (lastLine(index) !== '>') await frame();
      return performance.now();
    };
    window.clicked = (index) =>
      new Promise((resolve) =>
        elements[index].addEventListener('click', () => resolve(performance.now()), {
          once: true,
          capture: true,
        }),
      );
    /** Resolves with the time from the next key to the change of the screen. */
    window.echoed = (index) =>
      new Promise((resolve) => {
        const { shadowRoot } = elements[index];
        let pressedAt;
        const pressed = () => (pressedAt = performance.now());
        shadowRoot.addEventListener('keydown', pressed, { capture: true, once: true });
        const before = lastLine(index);
        const observer = new MutationObserver(() => {
          if (pressedAt === undefined || lastLine(index) === before) return;
          observer.disconnect();
          resolve(performance.now() - pressedAt);
        });
        observer.observe(shadowRoot.querySelector('.xterm-rows'), {
          subtree: true,
          childList: true,
          characterData: true,
        });
      });
    /** The gaps of a timer that wants to fire every 4 ms. */
    window.gaps = async (ms) => {
      const found = [];
      let last = performance.now();
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        const now = performance.now();
        found.push(now - last);
        last = now;
        setTimeout(() => channel.port2.postMessage(0), 4);
      };
      channel.port2.postMessage(0);
      await new Promise((resolve) => setTimeout(resolve, ms));
      channel.port1.close();
      found.sort((one, other) => one - other);
      return { longest: found.at(-1), p99: found[Math.floor(found.length * 0.99)] };
    };
  });
}

async function fromClickToPrompt(tab, index) {
  // In two steps, here and below: a key or a click may overtake a call that is not answered.
  await tab.evaluate((which) => void (window.begin = window.clicked(which)), index);
  const button = await tab.evaluateHandle(
    (which) => document.querySelectorAll('wasm-terminal')[which].shadowRoot.querySelector('button'),
    index,
  );
  await button.click();
  const prompt = await tab.evaluate((which) => window.prompted(which), index);
  return prompt - (await tab.evaluate(() => window.begin));
}

/** Of many keys, the times to their echoes. */
async function timesOf(tab, index) {
  const times = [];
  for (let key = 0; key < keys; key += 1) {
    await tab.evaluate((which) => void (window.echo = window.echoed(which)), index);
    await tab.keyboard.press('x');
    times.push(await tab.evaluate(() => window.echo));
    await pause(20);
  }
  return times;
}

async function fromKeyToEcho(tab, index) {
  const times = await timesOf(tab, index);
  await tab.keyboard.down('Control');
  await tab.keyboard.press('u');
  await tab.keyboard.up('Control');
  await tab.evaluate((which) => window.prompted(which), index);
  return times;
}

async function flood(tab, index) {
  const { longest: idle } = await tab.evaluate(() => window.gaps(2_000));
  const session = await tab.createCDPSession();
  await tab.keyboard.type('yes\n');
  // What is kept above the screen fills up first.
  await pause(3_000);
  const before = await heapOf(session);
  const gaps = await tab.evaluate((ms) => window.gaps(ms), floodMs);
  const grownMB = ((await heapOf(session)) - before) / 1e6;
  const begin = await tab.evaluate(() => performance.now());
  await tab.keyboard.down('Control');
  await tab.keyboard.press('c');
  await tab.keyboard.up('Control');
  const stopMs = (await tab.evaluate((which) => window.prompted(which), index)) - begin;
  await session.detach();
  return { idle, ...gaps, grownMB, stopMs };
}
