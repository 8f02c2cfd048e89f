// npm run bench: one table of our figure, the peer or limit measured in the same run, and the ratio.
// Every figure is the median of samples taken in turn with the other side's, so that a machine that slows
// down slows both. Raw samples go to build/bench/results.json.
//   node test/bench/run.mjs [--samples 7] [--only before,first-run] [--browser chromium,firefox]
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPeers } from './peers.mjs';
import { startBenchServer } from './server.mjs';
import { printTable } from './table.mjs';
import { measureArchives } from './measure/archives.mjs';
import { measureBefore } from './measure/before.mjs';
import { measureBombs } from './measure/bombs.mjs';
import { measureFiles } from './measure/files.mjs';
import { measureFirstRun } from './measure/first-run.mjs';
import { measureIdle } from './measure/idle.mjs';
import { measureInterrupts } from './measure/interrupts.mjs';
import { measureKernel } from './measure/kernel.mjs';
import { measurePython, measureSlowLine } from './measure/python.mjs';
import { measurePythonComputing } from './measure/python-computing.mjs';
import { measurePythonFiles } from './measure/python-files.mjs';
import { measurePythonInput } from './measure/python-input.mjs';
import { measureWidgets } from './measure/widgets.mjs';
import { measurePacks } from './measure/packs.mjs';
import { measureShell } from './measure/shell.mjs';
import { measureStalls } from './measure/stalls.mjs';
import { measureTerminal } from './measure/terminal.mjs';
import { measureView } from './measure/view.mjs';
import { launch } from './browser.mjs';

const measures = {
  before: measureBefore,
  'first-run': measureFirstRun,
  python: measurePython,
  'python-line': measureSlowLine,
  'python-files': measurePythonFiles,
  'python-computing': measurePythonComputing,
  'python-input': measurePythonInput,
  widgets: measureWidgets,
  interrupts: measureInterrupts,
  stalls: measureStalls,
  files: measureFiles,
  archives: measureArchives,
  packs: measurePacks,
  kernel: measureKernel,
  view: measureView,
  terminal: measureTerminal,
  shell: measureShell,
  bombs: measureBombs,
  idle: measureIdle,
};

/** Those that need no DevTools of Chromium's, measured in Firefox as well. */
const alsoInFirefox = [
  'python',
  'python-line',
  'python-input',
  'python-files',
  'python-computing',
  'interrupts',
];

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '7' },
    only: { type: 'string' },
    browser: { type: 'string', default: 'chromium,firefox' },
  },
});
const samples = Number(values.samples);
const chosen = values.only?.split(',') ?? Object.keys(measures);
const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
const folder = path.join(root, 'build/bench');
mkdirSync(folder, { recursive: true });

const peers = installPeers(folder);
const server = await startBenchServer({ root, peers });
const rows = [];
try {
  for (const name of values.browser.split(',')) {
    const isFirefox = name === 'firefox';
    const wanted = isFirefox ? chosen.filter((each) => alsoInFirefox.includes(each)) : chosen;
    const browser = await launch(name);
    try {
      for (const each of wanted) {
        console.log(`measuring ${each}${isFirefox ? ' in Firefox' : ''} …`);
        const taken = await measures[each]({ browser, server, peers, root, samples });
        rows.push(...taken.map((row) => (isFirefox ? { ...row, figure: `Firefox: ${row.figure}` } : row)));
      }
    } finally {
      await browser.close();
    }
  }
} finally {
  await server.close();
}
printTable(rows);
writeFileSync(path.join(folder, 'results.json'), JSON.stringify(rows, null, 1));
console.log('raw samples: build/bench/results.json');
if (rows.some((row) => row.met === false)) process.exitCode = 1;
