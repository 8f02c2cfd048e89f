// Browsers for benchmarks; a page of its own context is a reader who has never been here.
import puppeteer from 'puppeteer-core';
import { chromiumOptions, firefoxOptions } from '../runner/browser-launchers.mjs';

/** Options by browser. */
const browsers = { chromium: chromiumOptions, firefox: firefoxOptions };

export const launch = (name = 'chromium', options = {}) =>
  puppeteer.launch({ ...browsers[name](), ...options });

/** Calls `work` with a fresh page and closes its context afterwards. */
export async function withPage(browser, work) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.on('pageerror', (error) => console.log(`  page: ${error.message}`));
  try {
    await page.setViewport({ width: 1000, height: 800 });
    return await work(page);
  } finally {
    await context.close();
  }
}

/** Bytes on the heap of a realm after a collection, buffers included, by its DevTools session. */
export async function heapOf(session) {
  await session.send('HeapProfiler.collectGarbage');
  const {
    usedSize,
    backingStorageSize = 0,
    embedderHeapUsedSize = 0,
  } = await session.send('Runtime.getHeapUsage');
  return usedSize + backingStorageSize + embedderHeapUsedSize;
}
