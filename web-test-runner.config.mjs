// One lane of the tests; scripts/test.mjs runs one after another and adds up their counts.
//   WASM_ELEMENTS_LANE     name of a lane in test/runner/lanes.mjs (chromium)
//   WASM_ELEMENTS_FILES    the compiled test files to run, comma-separated (all of the lane)
//   WASM_ELEMENTS_RESULTS  file that the counts go to
import { fileURLToPath } from 'node:url';
import { launcherOf } from './test/runner/browser-launchers.mjs';
import { inputPlugin } from './test/runner/input-plugin.mjs';
import { lanes, testFiles } from './test/runner/lanes.mjs';
import { reporter } from './test/runner/reporter.mjs';
import { packageByName, serveVerbatim, testPage, virtualByUrl } from './test/runner/test-page.mjs';
import { freePort } from './test/runner/webkit-driver.mjs';
import { startTestServers } from './test/server/start.mjs';

const root = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '');
const lane = process.env.WASM_ELEMENTS_LANE ?? 'chromium';
const { browser, isolated } = lanes[lane];
const testConfig = await startTestServers({ root, lane });

export default {
  rootDir: root,
  files: process.env.WASM_ELEMENTS_FILES?.split(',') ?? testFiles(lane),
  port: await freePort(),
  nodeResolve: true,
  browsers: [launcherOf(browser)],
  concurrentBrowsers: 1,
  concurrency: 1,
  browserStartTimeout: 90_000,
  testsStartTimeout: 60_000,
  testsFinishTimeout: 300_000,
  testFramework: { config: { ui: 'bdd', timeout: 40_000 } },
  testRunnerHtml: testPage(testConfig),
  plugins: [packageByName(root), virtualByUrl(root), inputPlugin()],
  middleware: [serveVerbatim({ root, isolated, testConfig })],
  reporters: [reporter({ lane, resultsFile: process.env.WASM_ELEMENTS_RESULTS })],
};
