// The shell and the UNIX tools, on a plain page, beside dash and the tools of this machine; and C, from an edit to the
// output.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withPage } from '../browser.mjs';
import { median, row } from '../table.mjs';

const html = '<!doctype html><meta charset="utf-8"><title>bench</title><body>shell';
const loop = (times, what) => `i=0; while [ $i -lt ${times} ]; do ${what}; i=$((i+1)); done`;

/** `per`: how often a script does it; `goal` in ms, or `times` as long as native. */
const scripts = [
  { figure: '$(echo a)', per: 200, script: loop(200, 'x=$(echo a)'), goal: 1 },
  { figure: '/bin/true', per: 200, script: loop(200, '/usr/bin/true'), goal: 0.7 },
  {
    figure: '3-stage pipeline',
    per: 50,
    script: loop(50, 'echo a | /usr/bin/cat | /usr/bin/cat > /dev/null'),
    goal: 4,
  },
  {
    figure: '200 MB through cat, blocks of 64 KB',
    per: 1,
    script: 'dd if=/dev/zero bs=65536 count=3200 2> /dev/null | /usr/bin/cat > /dev/null',
    goal: 1049,
  },
  { figure: 'seq 1000000 | sort -n | tail -1', per: 1, script: 'seq 1000000 | sort -n | tail -1', times: 4 },
  { figure: 'find, 5,000 files', per: 1, script: 'find tree -name "*7.txt" | wc -l', times: 5 },
  { figure: 'grep -r, 5,000 files', per: 1, script: 'grep -r needle tree | wc -l', times: 5 },
];

const files = Object.fromEntries(
  Array.from({ length: 5000 }, (_, index) => [
    `tree/${index % 50}/${index}.txt`,
    `line of ${index}\n`.repeat(20) + (index % 100 === 0 ? 'a needle\n' : ''),
  ]),
);

const c = '#include <stdio.h>\nint main(void) { printf("hello %d\\n", NUMBER); }\n';
const cpp = '#include <iostream>\nint main() { std::cout << "hello " << NUMBER << std::endl; }\n';

export async function measureShell({ browser, server, samples }) {
  const url = server.page('shell', html);
  const folder = mkdtempSync(path.join(tmpdir(), 'wasm-elements-bench-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    }
    return await withPage(browser, async (tab) => {
      await tab.goto(url, { waitUntil: 'networkidle0' });
      await tab.evaluate(begin, files);
      const rows = [];
      for (const { figure, per, script, goal, times } of scripts) {
        await tab.evaluate((text) => window.inShell(text), script);
        const ours = [];
        const native = [];
        for (let sample = 0; sample < samples; sample += 1) {
          ours.push((await tab.evaluate((text) => window.inShell(text), script)) / per);
          native.push(natively(folder, script) / per);
        }
        const wanted = goal ?? times * median(native);
        rows.push(
          row({ figure, unit: 'ms', samples: ours, goal: wanted, against: 'native dash', other: native }),
        );
      }
      for (const [runtime, source, goal] of [
        ['c', c, 250],
        ['cpp', cpp, 1000],
      ]) {
        const ours = await tab.evaluate((...words) => window.compiled(...words), runtime, source, samples);
        rows.push(row({ figure: `${runtime}: hello, edit → output, warm`, unit: 'ms', samples: ours, goal }));
      }
      return rows;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function natively(folder, script) {
  const started = performance.now();
  execFileSync('dash', ['-c', script], { cwd: folder });
  return performance.now() - started;
}

/** In the page. */
async function begin(given) {
  const { Kernel } = await import('/dist/kernel.js');
  const kernel = await Kernel.boot();
  const sandbox = await kernel.sandbox({ files: given });
  const check = ({ code, stderr, message }) => {
    if (code !== 0) throw new Error(message ?? stderr);
  };
  window.inShell = async (script) => {
    const started = performance.now();
    check(await sandbox.run('sh', ['-c', script]));
    return performance.now() - started;
  };
  window.compiled = async (runtime, source, samples) => {
    const own = await kernel.sandbox();
    const times = [];
    for (let sample = -2; sample < samples; sample += 1) {
      const started = performance.now();
      await own.fs.writeFile(`main.${runtime}`, source.replace('NUMBER', String(sample)));
      check(await own.run(runtime, [`main.${runtime}`]));
      if (sample >= 0) times.push(performance.now() - started);
    }
    await own.dispose();
    return times;
  };
}
