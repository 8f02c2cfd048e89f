// WebKitGTK by plain WebDriver: every test file gets the window to itself, not a frame in it.
import { startWebKit } from './webkit-driver.mjs';

export function webkitLauncher(browsers) {
  const urls = new Map();
  let starting = null;
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
      // Ends the page's workers before the next file is timed.
      await (await starting).navigate('about:blank');
      return {};
    },
    async startDebugSession() {
      throw new Error('debug sessions are not supported in WebKit');
    },
    async stop() {
      await (await starting)?.quit();
      starting = null;
    },
  };
}
