// elements/markup: code as it stands between tags → code as its author means it.

/** Takes away leading blank lines, white space at the end and the indentation all lines share. */
export function dedent(text: string): string {
  const lines = text
    .replace(/\r\n?/g, '\n')
    .replace(/^([^\S\n]*\n)+/, '')
    .trimEnd()
    .split('\n');
  let shared: string | undefined;
  for (const line of lines) {
    const indent = /^\s*/.exec(line)?.[0] ?? '';
    if (indent.length === line.length) continue;
    if (shared === undefined || shared.startsWith(indent)) shared = indent;
    else while (!indent.startsWith(shared)) shared = shared.slice(0, -1);
  }
  const cut = shared?.length ?? 0;
  return cut ? lines.map((line) => line.slice(cut)).join('\n') : lines.join('\n');
}
