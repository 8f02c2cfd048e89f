// elements/output: draws the screen's rows as blocks of text nodes and spans.
// A block holds consecutive rows of one source, is bounded in size, and is never touched again once all
// its rows are fixed. Where blocks begin and end depends on the text alone, never on when drawing happened.
import { BlockPages } from './block-pages.js';
import type { Line } from './line.js';
import { paintSpan } from './pen-style.js';
import { samePen, type Pen, type Source } from './pen.js';
import { mayNamePlaces, withPlaces, type Places } from './places.js';
import type { Screen } from './screen.js';

const blockRows = 64;
const blockCharacters = 16_384;
const blockRuns = 256;
/** Beyond these counts a page would suffer; colours are then left out, sources no longer told apart. */
const maxSpans = 20_000;
const maxBlocks = 8_000;

interface Block {
  readonly element: HTMLElement;
  first: number;
  rows: number;
  source: Source;
  spans: number;
  /** Drawn without a line feed at its end, for the tail to stand there. */
  open: boolean;
}

export class BlockRenderer {
  readonly #screen: Screen;
  readonly #container: HTMLElement;
  readonly #pages: BlockPages;
  readonly #places: Places | undefined;
  /** Blocks that may still change; fixed ones live in the document only. */
  #blocks: Block[] = [];
  #tail: HTMLElement | null = null;
  /** Where the blocks begin: the first row not in a fixed block. */
  #start = 0;
  #fixedBlocks = 0;
  #fixedSpans = 0;
  /** Of the last fixed block, while nothing stands between it and the next one. */
  #fixedSource: Source | undefined;
  #spans = 0;

  /** `places`: what error output names is made a link. */
  constructor(screen: Screen, container: HTMLElement, places?: Places) {
    this.#places = places;
    this.#screen = screen;
    this.#container = container;
    this.#pages = new BlockPages(container);
  }

  /** Brings the document up to date with the screen. */
  render(): void {
    const screen = this.#screen;
    if (this.#tail !== null) screen.showCursorRow();
    if (screen.changedFrom === Infinity) return;
    const start = this.#firstBlockToDraw(screen.changedFrom);
    let row = this.#blocks[start]?.first ?? this.#start;
    this.#spans = this.#fixedSpans;
    for (const block of this.#blocks.slice(0, start)) this.#spans += block.spans;
    let index = start;
    while (row < screen.end) {
      const rows = this.#rowsOfBlock(row, this.#fixedBlocks + index);
      this.#draw(index, row, rows);
      row += rows;
      index++;
    }
    for (const surplus of this.#blocks.splice(index).reverse()) this.#pages.removeLast(surplus.element);
    screen.takeChanges();
    this.#placeTail();
    this.#fix();
  }

  /** Adds an element below everything so far. Seals the screen. */
  appendBelow(element: HTMLElement): void {
    this.#screen.seal();
    this.render();
    this.#letGo(this.#blocks.length);
    this.#start = this.#screen.end;
    this.#screen.dropBefore(this.#start);
    this.#pages.end(this.#fixedBlocks, element);
    this.#fixedSource = undefined;
    this.render();
    this.#placeTail();
  }

  /** An element that stays after the last character, or null. */
  set tail(tail: HTMLElement | null) {
    if (this.#tail === tail) return;
    this.#tail?.remove();
    this.#tail = tail;
    if (tail === null) this.#screen.hideCursorRow();
    this.render();
    const last = this.#blocks.at(-1);
    if (last?.open === true) this.#fill(last);
  }

  /** A change can also move the border to the block before, so that one is looked at again. */
  #firstBlockToDraw(changedFrom: number): number {
    const holding = this.#blocks.findLastIndex((block) => block.first <= changedFrom);
    return Math.max(0, holding - 1);
  }

  #rowsOfBlock(first: number, ordinal: number): number {
    const screen = this.#screen;
    const { source } = screen.line(first);
    const mixed = ordinal >= maxBlocks;
    let [characters, runs] = [0, 0];
    let row = first;
    while (row < screen.end && row - first < blockRows) {
      const line = screen.line(row);
      characters += line.characters + 1;
      runs += line.runs.length;
      if (row > first && (characters > blockCharacters || runs > blockRuns)) break;
      if (line.source !== source && !mixed) break;
      row++;
    }
    return row - first;
  }

  #draw(index: number, first: number, rows: number): void {
    const { source } = this.#screen.line(first);
    const before = index === 0 ? this.#fixedSource : this.#blocks[index - 1]?.source;
    const name = `block ${source}${before === source ? '' : ' start'}`;
    const known = this.#blocks[index];
    if (known === undefined) {
      const element = document.createElement('div');
      element.className = name;
      const block = { element, first, rows, source, spans: 0, open: false };
      this.#pages.append(element, this.#fixedBlocks + index);
      this.#blocks.push(block);
      this.#fill(block, true);
    } else {
      const moved = known.first !== first || known.rows !== rows || known.source !== source;
      Object.assign(known, { first, rows, source });
      if (known.element.className !== name) known.element.className = name;
      this.#fill(known, moved);
    }
  }

  #fill(block: Block, always = false): void {
    const open = this.#tail !== null && block.first + block.rows === this.#screen.end;
    const lines: Line[] = [];
    for (let row = block.first; row < block.first + block.rows; row++) lines.push(this.#screen.line(row));
    if (!always && open === block.open && !lines.some((line) => line.changed)) {
      this.#spans += block.spans;
      return;
    }
    const before = this.#spans;
    const nodes = this.#nodes(block.source, lines, open);
    block.spans = this.#spans - before;
    block.open = open;
    const { element } = block;
    // The tail (an input field, maybe focused) must not leave the document while the text around it changes.
    replaceNodes(element, nodes, this.#tail?.parentNode === element ? this.#tail : null);
    for (const line of lines) line.changed = false;
  }

  /** Text of the same pen becomes one node, across lines. */
  #nodes(source: Source, lines: readonly Line[], open: boolean): Node[] {
    const nodes: Node[] = [];
    let text = '';
    let pen: Pen | undefined;
    const flush = (): void => {
      if (text === '') return;
      nodes.push(...this.#node(source, text, pen));
      text = '';
    };
    lines.forEach((line, index) => {
      for (const run of line.runs) {
        if (pen === undefined || !samePen(pen, run.pen)) flush();
        pen = run.pen;
        text += run.text;
      }
      if (!line.wrapped && !(open && index === lines.length - 1)) text += '\n';
    });
    flush();
    return nodes;
  }

  #node(source: Source, text: string, pen: Pen | undefined): Node[] {
    if (this.#spans >= maxSpans) return [document.createTextNode(text)];
    const nodes = this.#texts(source, text);
    const span = document.createElement('span');
    if (pen === undefined || !paintSpan(span, pen, source)) return nodes;
    this.#spans++;
    span.append(...nodes);
    return [span];
  }

  #texts(source: Source, text: string): Node[] {
    const places = source === 'stderr' ? this.#places : undefined;
    if (places === undefined || !mayNamePlaces(text)) return [document.createTextNode(text)];
    const nodes = withPlaces(text, places);
    this.#spans += nodes.length - 1;
    return nodes;
  }

  #placeTail(): void {
    const tail = this.#tail;
    if (tail === null) return;
    const last = this.#blocks.at(-1)?.element; // none after a note: the tail is below it
    const home = last ?? this.#container;
    if (tail.parentNode === home && tail === home.lastChild) return;
    const focused = (tail.getRootNode() as Document | ShadowRoot).activeElement;
    home.append(tail);
    if (focused instanceof HTMLElement && tail.contains(focused)) focused.focus({ preventScroll: true });
  }

  /** Lets go of blocks whose rows are all fixed. One drawn block stays, as a later border may move into it. */
  #fix(): void {
    const { floor } = this.#screen;
    let count = 0;
    while (count < this.#blocks.length - 2) {
      const block = this.#blocks[count + 1];
      if (block === undefined || block.first + block.rows > floor) break;
      count++;
    }
    this.#letGo(count);
    this.#screen.dropBefore(this.#start);
  }

  #letGo(count: number): void {
    for (const block of this.#blocks.splice(0, count)) {
      this.#start = block.first + block.rows;
      this.#fixedSource = block.source;
      this.#pages.fix(block.element, block.rows);
      this.#fixedBlocks++;
      this.#fixedSpans += block.spans;
    }
  }
}

/** Has an element hold these nodes before `end`. What is there already stays: someone may be selecting or clicking it. */
function replaceNodes(element: HTMLElement, nodes: readonly Node[], end: Node | null): void {
  let known = element.firstChild;
  let kept = 0;
  for (let node = nodes[0]; known !== null && known !== end && node !== undefined; node = nodes[kept]) {
    if (known instanceof Text && node instanceof Text) setText(known, node.data);
    else if (!known.isEqualNode(node)) break;
    known = known.nextSibling;
    kept++;
  }
  while (known !== null && known !== end) {
    const next: ChildNode | null = known.nextSibling;
    known.remove();
    known = next;
  }
  for (const node of nodes.slice(kept)) element.insertBefore(node, end);
}

/** Changes the end of a text, from where it differs. */
function setText(node: Text, text: string): void {
  const { data } = node;
  if (data === text) return;
  let same = 0;
  while (same < data.length && data[same] === text[same]) same++;
  node.replaceData(same, data.length - same, text.slice(same));
}
