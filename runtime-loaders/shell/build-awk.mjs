// awk: the one of Kernighan's book ("the one true awk").
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { yacc } from './build-yacc.mjs';

const source = {
  version: '2022-09-12-1',
  sha256: '25e0846d5a4a20e90304bee282b068f65966406178a1e737fa0ac6744aef71d9',
};
const files = 'b lex lib main parse run tran'.split(' ');

export default async function build({ sources, compiler, posix }) {
  const root = await sources.debian('original-awk', source);
  const made = path.join(root, 'made');
  await yacc({ sources, compiler, grammar: path.join(root, 'awkgram.y'), folder: made, prefix: 'awkgram' });
  writeFileSync(path.join(made, 'proctab.c'), functionTable(root, made));
  const objects = await posix.compile(
    [
      ...files.map((each) => path.join(root, `${each}.c`)),
      path.join(made, 'awkgram.tab.c'),
      path.join(made, 'proctab.c'),
    ],
    { includes: [made, root] },
  );
  return new Map([['awk', { bytes: await posix.link(objects), commands: ['awk', 'nawk'] }]]);
}

/** What its maketab.c makes for the host: the name of each token, and the function that runs such a node. */
function functionTable(root, made) {
  const header = readFileSync(path.join(made, 'awkgram.tab.h'), 'utf8');
  const numbers = new Map(
    [...header.matchAll(/^#define (\w+) (\d+)$/gm)].map(([, name, number]) => [name, +number]),
  );
  const [first, last] = [numbers.get('FIRSTTOKEN'), numbers.get('LASTTOKEN')];
  const names = new Array(last - first + 1).fill('');
  for (const [name, number] of numbers) if (number >= first && number <= last) names[number - first] = name;
  const functions = new Map(
    [...readFileSync(path.join(root, 'maketab.c'), 'utf8').matchAll(/^\s*\{ (\w+), "(\w+)",/gm)].map(
      ([, token, name]) => [token, name],
    ),
  );
  return `#include <stdio.h>
#include "awk.h"
#include "awkgram.tab.h"
static const char *const names[] = {${names.map((name) => JSON.stringify(name)).join(', ')}};
Cell *(*proctab[])(Node **, int) = {${names.map((name) => functions.get(name) ?? 'nullproc').join(', ')}};
const char *tokname(int n) { return n < FIRSTTOKEN || n > LASTTOKEN ? "token" : names[n - FIRSTTOKEN]; }
`;
}

/** The licence of what is bundled. */
export const licences = async ({ sources }) => [
  {
    name: 'awk',
    text: readFileSync(path.join(await sources.debian('original-awk', source), 'LICENSE'), 'utf8'),
  },
];
