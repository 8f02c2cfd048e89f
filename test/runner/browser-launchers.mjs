// How each browser is started; also used by the benchmarks through puppeteer-core directly.
import { chromeLauncher } from '@web/test-runner-chrome';
import puppeteer from 'puppeteer-core';
import { findBrowsers } from '../../scripts/browsers.mjs';
import { webkitLauncher } from './webkit-launcher.mjs';

/** Options for `puppeteer.launch`. */
export function chromiumOptions() {
  return {
    browser: 'chrome',
    executablePath: findBrowsers().chromium,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      // As shipped: puppeteer turns it off, and then a sandbox frame shares the page's OS process.
      '--enable-features=IsolateSandboxedIframes',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  };
}

export function firefoxOptions() {
  return {
    browser: 'firefox',
    executablePath: findBrowsers().firefox,
    headless: true,
    protocol: 'webDriverBiDi',
  };
}

const launchers = {
  chromium: () => chromeLauncher({ puppeteer, launchOptions: chromiumOptions() }),
  firefox: () => chromeLauncher({ puppeteer, launchOptions: firefoxOptions() }),
  webkit: () => webkitLauncher(findBrowsers()),
};

export const launcherOf = (browser) => launchers[browser]();
