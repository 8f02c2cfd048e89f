// Applies unified diffs, as `diff -u` and `git diff` write them. Strict: each hunk must fit exactly, at its line or
// nearby. What stands before the first `---` is the reason for the patch.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** How many lines a hunk may have moved. */
const driftMax = 400;

/** Applies a patch to the files of a folder, their first path component left out. Throws where it does not fit. */
export function applyPatch(folder, text, name) {
  for (const { file, hunks } of parse(text)) {
    const target = path.join(folder, file);
    const isNew = hunks.length === 1 && hunks[0].from === 0;
    const lines = isNew ? [] : readFileSync(target, 'utf8').split('\n');
    let moved = 0;
    for (const hunk of hunks) {
      const at = isNew ? 0 : findHunk(lines, hunk.before, hunk.from - 1 + moved);
      if (at === undefined) throw new Error(`${name} does not fit ${file} at line ${hunk.from}.`);
      lines.splice(at, hunk.before.length, ...hunk.after);
      moved = at - (hunk.from - 1) + hunk.after.length - hunk.before.length;
    }
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, isNew ? `${lines.join('\n')}\n` : lines.join('\n'));
  }
}

function parse(text) {
  const files = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (line.startsWith('--- ') && lines[at + 1]?.startsWith('+++ ')) {
      at += 1;
      const [target] = lines[at].slice(4).split('\t');
      files.push({ file: target.split('/').slice(1).join('/'), hunks: [] });
      continue;
    }
    const head = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (head === null) continue;
    const hunk = { from: Number(head[1]), before: [], after: [] };
    let old = Number(head[2] ?? 1);
    let fresh = Number(head[3] ?? 1);
    while (old > 0 || fresh > 0) {
      at += 1;
      const each = lines[at];
      if (each === undefined || each.startsWith('\\')) throw new Error('A patch ends inside a hunk.');
      // Editors take the space from an empty line.
      const mark = each === '' ? ' ' : each[0];
      if (mark !== '+') [hunk.before.push(each.slice(1)), (old -= 1)];
      if (mark !== '-') [hunk.after.push(each.slice(1)), (fresh -= 1)];
    }
    files.at(-1).hunks.push(hunk);
  }
  return files;
}

function findHunk(lines, before, wanted) {
  const fits = (at) => at >= 0 && before.every((line, index) => lines[at + index] === line);
  for (let drift = 0; drift <= driftMax; drift += 1) {
    if (fits(wanted + drift)) return wanted + drift;
    if (fits(wanted - drift)) return wanted - drift;
  }
  return undefined;
}
