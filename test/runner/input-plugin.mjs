// Real keys and clicks for tests (test/input.ts): events made by a script are not trusted, move no focus and
// activate nothing. Chromium and Firefox take them from puppeteer, WebKit from WebDriver.

/** Modifiers and named keys as WebDriver spells them. */
const webDriverKeys = {
  Alt: '\uE00A',
  ArrowDown: '\uE015',
  ArrowLeft: '\uE012',
  ArrowRight: '\uE014',
  ArrowUp: '\uE013',
  Backspace: '\uE003',
  Control: '\uE009',
  Delete: '\uE017',
  End: '\uE010',
  Enter: '\uE007',
  Escape: '\uE00C',
  Home: '\uE011',
  Meta: '\uE03D',
  PageDown: '\uE00F',
  PageUp: '\uE00E',
  Shift: '\uE008',
  Tab: '\uE004',
};

export function inputPlugin() {
  return {
    name: 'input',
    async executeCommand({ command, payload, session }) {
      if (!command.startsWith('input-')) return undefined;
      const { browser } = session;
      const actions =
        browser.type === 'puppeteer'
          ? puppeteerInput(browser.getPage(session.id))
          : webDriverInput(await browser.driver());
      await actions[command](payload);
      return true;
    },
  };
}

/** 'Control+Shift+Enter' → the keys to hold, then the one to press. */
const chord = (keys) => keys.split(/\+(?=.)/);

let colors;

function puppeteerInput(page) {
  return {
    'input-press': async ({ keys }) => {
      const held = chord(keys);
      const last = held.pop();
      for (const key of held) await page.keyboard.down(key);
      // Chromium has no keys of an editor's own in a page that nobody looks at; Firefox ignores the word.
      const commands = held.includes('Control') && last.toLowerCase() === 'v' ? ['Paste'] : [];
      await page.keyboard.press(last, { commands });
      for (const key of held.reverse()) await page.keyboard.up(key);
    },
    'input-type': ({ text }) => page.keyboard.type(text),
    'input-click': ({ x, y }) => page.mouse.click(x, y),
    'input-forced-colors': async ({ active }) => {
      // In force as long as the session is.
      const session = (colors ??= await page.createCDPSession());
      const features = [{ name: 'forced-colors', value: active ? 'active' : 'none' }];
      await session.send('Emulation.setEmulatedMedia', { features });
      if (active) return;
      await session.detach();
      colors = undefined;
    },
  };
}

function webDriverInput(driver) {
  const perform = (source) => driver.command('POST', '/actions', { actions: [source] });
  const keyboard = (actions) => perform({ type: 'key', id: 'keyboard', actions });
  const down = (value) => ({ type: 'keyDown', value });
  const up = (value) => ({ type: 'keyUp', value });
  return {
    'input-press': ({ keys }) => {
      const values = chord(keys).map((key) => webDriverKeys[key] ?? key);
      return keyboard([...values.map(down), ...values.reverse().map(up)]);
    },
    'input-type': ({ text }) =>
      keyboard(
        Array.from(text, (key) => (key === '\n' ? webDriverKeys.Enter : key)).flatMap((key) => [
          down(key),
          up(key),
        ]),
      ),
    'input-click': ({ x, y }) =>
      perform({
        type: 'pointer',
        id: 'mouse',
        parameters: { pointerType: 'mouse' },
        actions: [
          { type: 'pointerMove', duration: 0, origin: 'viewport', x: Math.round(x), y: Math.round(y) },
          { type: 'pointerDown', button: 0 },
          { type: 'pointerUp', button: 0 },
        ],
      }),
  };
}
