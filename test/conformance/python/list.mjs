// npm run -s conformance:python:list -- <out.json> [later.json …] > docs/reference/python-conformance.md
// The list that the documentation has, from what `npm run conformance:python -- --out` wrote. Of modules that stand in
// several files the outcomes of the last one count.
import { readFileSync } from 'node:fs';
import { reasons } from './reasons.mjs';

const tests = {};
for (const file of process.argv.slice(2)) {
  for (const [module, outcomes] of Object.entries(JSON.parse(readFileSync(file, 'utf8')))) {
    const before = tests[module] ?? {};
    // A side that this file says nothing about keeps what an earlier one said.
    const stated = new Set(Object.values(outcomes).flatMap((sides) => Object.keys(sides)));
    const kept = Object.entries(before).map(([test, sides]) => [
      test,
      Object.fromEntries(Object.entries(sides).filter(([side]) => !stated.has(side))),
    ]);
    tests[module] = Object.fromEntries(kept);
    for (const [test, sides] of Object.entries(outcomes))
      tests[module][test] = { ...tests[module][test], ...sides };
  }
}

const notLookedAt = 'Not looked at yet.';
const nothingToCompare =
  'Stock pyodide does not get through this module, so nothing tells whether the suite is too new for the interpreter; not looked at yet.';
const failed = (outcome) => outcome !== undefined && (outcome[0] === 'fail' || outcome[0] === 'error');
const counted = (outcomes, side) => {
  const each = Object.values(outcomes).flatMap((sides) => (sides[side] === undefined ? [] : [sides[side]]));
  const of = (...kinds) => each.filter(([kind]) => kinds.includes(kind)).length;
  return each.length === 0 ? 'did not come up' : `${of('pass')} / ${of('fail', 'error')} / ${of('skip')}`;
};
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim();

const modules = Object.keys(tests).sort();
console.log(`# CPython's own tests

Outcomes of the test suite of CPython 3.14 (as Debian packages it, a few months newer than the interpreter), in Chromium, on a plain page. Stock
pyodide runs the same driver in a worker. Made by \`npm run conformance:python\` and \`test/conformance/python/list.mjs\`; what
it takes to run it stands in [CONTRIBUTING](../../CONTRIBUTING.md). Here the tests of processes and sockets run, too, which the suite skips on Emscripten by name.

| module | here: passed / failed / skipped | stock pyodide |
| --- | --- | --- |`);
for (const module of modules)
  console.log(`| ${module} | ${counted(tests[module], 'ours')} | ${counted(tests[module], 'stock')} |`);

console.log(`
## What passes in stock pyodide and not here

| test | here | why |
| --- | --- | --- |`);
for (const module of modules)
  for (const [test, { ours, stock }] of Object.entries(tests[module])) {
    if (stock?.[0] !== 'pass' || ours?.[0] === 'pass') continue;
    const name = `${module} ${test.replace(`test.${module}.`, '')}`;
    const [kind, why] = ours ?? ['missing', ''];
    const known = reasons.find(([expression]) => expression.test(`${name}: ${why}`))?.[1];
    console.log(`| ${cell(name)} | ${kind === 'skip' ? 'skipped' : 'failed'} | ${cell(known ?? why)} |`);
  }

console.log(`
## Failures that stock pyodide does not have

It skips most of these, or does not come up in the module.
`);
const byReason = new Map();
for (const module of modules) {
  const hasStock = Object.values(tests[module]).some(({ stock }) => stock?.[0] === 'pass');
  for (const [test, { ours, stock }] of Object.entries(tests[module])) {
    if (!failed(ours) || failed(stock)) continue;
    const name = `${module} ${test.replace(`test.${module}.`, '')}`;
    const known = reasons.find(([expression]) => expression.test(`${name}: ${ours[1]}`))?.[1];
    const reason = known ?? (hasStock ? notLookedAt : nothingToCompare);
    byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  }
}
for (const [reason, names] of [...byReason].sort((a, b) => b[1].length - a[1].length)) {
  console.log(`**${reason}** (${names.length})\n`);
  for (const module of modules) {
    const each = names.filter((name) => name.startsWith(`${module} `));
    const shown = each.map((name) => `\`${name.slice(module.length + 1).replaceAll('`', '')}\``);
    if (shown.length > 0) console.log(`- ${module}: ${shown.join(', ')}`);
  }
  console.log();
}

console.log(`## Skips, by the reason the suite gives

| tests | reason |
| --- | --- |`);
const skips = new Map();
for (const module of modules)
  for (const { ours } of Object.values(tests[module]))
    if (ours?.[0] === 'skip') skips.set(ours[1], (skips.get(ours[1]) ?? 0) + 1);
for (const [reason, count] of [...skips].sort((a, b) => b[1] - a[1]))
  console.log(`| ${count} | ${cell(reason)} |`);
