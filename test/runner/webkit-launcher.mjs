// WebKitGTK by plain WebDriver: every test file gets the window to itself, not a frame in it.
import { startWebKit } from './webkit-driver.mjs';

// One process shows them all and gives back late what ended pages held; memory ran out once, after a hundred of them.
const pagesPerBrowser = 30;

export function webkitLauncher(browsers) {
  const urls = new Map();
  let starting = null;
  let pages = 0;
  const stop = async () => {
    const started = await starting?.catch(() => null);
    starting = null;
    pages = 0;
    await started?.quit();
  };
  return {
    name: 'WebKit',
    type: 'webdriver',
    concurrency: 1,
    async initialize() {},
    async startSession(id, url) {
      starting ??= startWebKit(browsers);
      urls.set(id, url);
      await (await starting).navigate(url);
    },
    /** For test/runner/input-plugin.mjs. */
    driver: () => starting,
    isActive: (id) => urls.has(id),
    getBrowserUrl: (id) => urls.get(id),
    async stopSession(id) {
      urls.delete(id);
      pages += 1;
      if (pages === pagesPerBrowser) await stop();
      // Ends the page's workers before the next file is timed. A browser that cannot even do this is of no use to it.
      else await (await starting).navigate('about:blank').catch(stop);
      return {};
    },
    async startDebugSession() {
      throw new Error('debug sessions are not supported in WebKit');
    },
    stop,
  };
}
