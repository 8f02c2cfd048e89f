// elements/output: places in the code that a traceback names, `File "main.py", line 3`, or the message of a compiler,
// `main.c:3:5: error: …` or `In file included from main.c:3:`. A link is made of text and a listener, by us: it leads
// to nothing but what `Places` opens, whatever a program prints.

/** Says what opens a line (from 1) of a file; undefined: the reader sees no such file, and the text stays text. */
export type Places = (file: string, line: number) => (() => void) | undefined;

const place =
  /File "([^"\n]{1,1000})", line (\d{1,7})|(?<!\S)([^\s:"]{1,1000}):(\d{1,7}):\d{1,7}(?=:\s)|(?<=included from )([^\s:"]{1,1000}):(\d{1,7})(?=:)/g;

/** Whether it is worth while to look for places in a text. */
export const mayNamePlaces = (text: string): boolean => text.includes('File "') || /\.\w+:\d+:/.test(text);

/** Text as nodes, in which places are links. */
export function withPlaces(text: string, places: Places): Node[] {
  const nodes: Node[] = [];
  let from = 0;
  for (const match of text.matchAll(place)) {
    const open = places(match[1] ?? match[3] ?? match[5] ?? '', Number(match[2] ?? match[4] ?? match[6]));
    if (open === undefined) continue;
    if (match.index > from) nodes.push(document.createTextNode(text.slice(from, match.index)));
    nodes.push(link(match[0], open));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}

function link(text: string, open: () => void): HTMLElement {
  const element = document.createElement('span');
  element.className = 'place';
  element.setAttribute('part', 'place');
  element.setAttribute('role', 'link');
  element.tabIndex = 0;
  element.textContent = text;
  element.addEventListener('click', () => {
    // Whoever selects the text to copy it does not want to go there.
    if (document.getSelection()?.isCollapsed !== false) open();
  });
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    open();
  });
  return element;
}
