// npm run bench: one table of our figure, the peer or limit measured in the same run, and the ratio.
// Every figure is the median of samples taken in turn with the other side's, so that a machine that slows
// down slows both. Raw samples go to build/bench/results.json.
//   node test/bench/run.mjs [--samples 7] [--only before,first-run]
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

const { values } = parseArgs({
  options: { samples: { type: 'string', default: '7' }, only: { type: 'string' } },
});
const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
const folder = path.join(root, 'build/bench');
mkdirSync(folder, { recursive: true });

const peers = installPeers(folder);
const server = await startBenchServer({ root, peers });
const browser = await launch();
const rows = [];
try {
  const chosen = values.only?.split(',') ?? Object.keys(measures);
  for (const name of chosen) {
    console.log(`measuring ${name} …`);
    rows.push(...(await measures[name]({ browser, server, peers, root, samples: Number(values.samples) })));
  }
} finally {
  await browser.close();
  await server.close();
}
printTable(rows);
writeFileSync(path.join(folder, 'results.json'), JSON.stringify(rows, null, 1));
console.log('raw samples: build/bench/results.json');
if (rows.some((row) => row.met === false)) process.exitCode = 1;
