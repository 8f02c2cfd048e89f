// Starts the tests' helper servers on free ports. What tests know of them is `testConfig`.
//   WASM_ELEMENTS_SEED   of tests that draw lots: a number, or `random`
//   WASM_ELEMENTS_LONG   set: tests that can be made longer are
import { readSuites } from './conformance-suites.mjs';
import { startFlaky } from './flaky.mjs';
import { startOtherOrigin } from './other-origin.mjs';
import { startShelf } from './shelf.mjs';
import { startSink } from './sink.mjs';

export async function startTestServers({ root, lane }) {
  const [otherOrigin, sink, flaky, shelf] = await Promise.all([
    startOtherOrigin({ root }),
    startSink(),
    startFlaky({ root }),
    startShelf(),
  ]);
  // The tests' page is on localhost: 127.0.0.1 is another site to it, not only another port.
  const { WASM_ELEMENTS_SEED: seed = '20261121', WASM_ELEMENTS_LONG: long } = process.env;
  return {
    lane,
    seed: seed === 'random' ? Math.floor(Math.random() * 2 ** 32) : Number(seed),
    long: Boolean(long),
    otherOrigin: `http://127.0.0.1:${otherOrigin}`,
    sink: `http://127.0.0.1:${sink}`,
    flaky: `http://127.0.0.1:${flaky}`,
    shelf: `http://127.0.0.1:${shelf}`,
    suites: readSuites(),
  };
}
