// Starts the tests' helper servers on free ports. What tests know of them is `testConfig`.
import { readSuites } from './conformance-suites.mjs';
import { startFlaky } from './flaky.mjs';
import { startOtherOrigin } from './other-origin.mjs';
import { startSink } from './sink.mjs';

export async function startTestServers({ root, lane }) {
  const [otherOrigin, sink, flaky] = await Promise.all([
    startOtherOrigin({ root }),
    startSink(),
    startFlaky({ root }),
  ]);
  // The tests' page is on localhost: 127.0.0.1 is another site to it, not only another port.
  return {
    lane,
    otherOrigin: `http://127.0.0.1:${otherOrigin}`,
    sink: `http://127.0.0.1:${sink}`,
    flaky: `http://127.0.0.1:${flaky}`,
    suites: readSuites(),
  };
}
