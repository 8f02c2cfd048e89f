// elements/terminal: the small mode of <wasm-terminal>, as far as a page pays for it before a command is run. What
// stands between the tags stays as it is; each block of code gets a Run and a Copy button and a place for its output.
// Imported only by elements that have `commands`; starts nothing.
import { textIn } from '../markup/children.js';
import type { Sample } from '../markup/sample.js';
import { formatBytes } from '../markup/size.js';
import { bytesOf } from '../markup/source-file.js';
import { retried } from '../retried-import.js';
import type { ElementHost, TerminalHalf } from '../run/host.js';
import { commandStyles } from './command-list.styles.js';
import { CommandBlock, slotOf } from './command-block.js';

const loadRunner = retried('command-runner', () => import('./command-runner.js'));

/** The half that runs commands. */
export interface CommandsHalf extends TerminalHalf {
  /** Runs it, or ends it where it runs or waits for its turn. */
  press(block: CommandBlock): void;
  /** The author has taken it away. */
  forget(block: CommandBlock): void;
}

export class CommandList {
  readonly #host: HTMLElement;
  readonly #sample: Sample;
  readonly #onReady: (event: Event) => void;
  readonly #load: () => Promise<unknown>;
  readonly #element = document.createElement('div');
  readonly #error = document.createElement('p');
  /** By child of the host; null for one that is no command. */
  readonly #shown = new Map<
    ChildNode,
    { readonly element: HTMLElement; readonly block: CommandBlock | null }
  >();
  #half: CommandsHalf | undefined;
  #isCached = false;

  /** `onReady`: the reader's hand is on a button; `load`: brings what `loadHalf` makes. */
  constructor(
    host: HTMLElement,
    sample: Sample,
    onReady: (event: Event) => void,
    load: () => Promise<unknown>,
  ) {
    this.#host = host;
    this.#sample = sample;
    this.#onReady = onReady;
    this.#load = load;
    host.shadowRoot?.adoptedStyleSheets.push(commandStyles());
    this.#error.setAttribute('role', 'alert');
    this.#error.setAttribute('part', 'error');
  }

  /** The commands, in order. */
  get blocks(): CommandBlock[] {
    return [...this.#shown.values()].flatMap(({ block }) => block ?? []);
  }

  async loadHalf(): Promise<(host: ElementHost) => TerminalHalf> {
    const { createCommands } = await loadRunner();
    return (host) => (this.#half = createCommands(host, this));
  }

  /** Shows the children as they are now; `error`: the half could not be downloaded. */
  update(error: string): HTMLElement {
    const nodes = [...this.#host.childNodes].filter(({ nodeType }) => nodeType < Node.COMMENT_NODE);
    const before = [...this.#shown.keys()];
    for (const node of before) if (!nodes.includes(node)) this.#forget(node);
    const elements = nodes.map((node) => this.#show(node));
    this.#error.textContent = error;
    if (error) elements.push(this.#error);
    const { childNodes } = this.#element;
    if (elements.length !== childNodes.length || elements.some((each, index) => childNodes[index] !== each))
      this.#element.replaceChildren(...elements);
    this.#saySize();
    return this.#element;
  }

  /** Everything the runtime needs is on this machine now. */
  cached(): void {
    this.#isCached = true;
    this.#saySize();
  }

  focus(): void {
    this.#element.querySelector<HTMLElement>('.run')?.focus();
  }

  /** Once, beside the first command. */
  #saySize(): void {
    const { label } = this.#sample;
    const bytes = bytesOf(label, this.#host.getAttribute('runtime') ?? '');
    const size = this.#isCached ? 'cached' : bytes ? formatBytes(bytes) : '';
    this.blocks[0]?.say(label?.title ?? '', size);
  }

  #show(node: ChildNode): HTMLElement {
    const pre = codeOf(node);
    const before = this.#shown.get(node);
    if (before && (before.block === null) === (pre === undefined)) {
      if (pre) before.block?.read(commandIn(textIn(pre)));
      return before.element;
    }
    this.#forget(node);
    const block = pre
      ? new CommandBlock(node as Element, commandIn(textIn(pre)), {
          onReady: this.#onReady,
          onPress: (pressed) => {
            // What could not be downloaded is told by `update`.
            this.#load().then(
              () => this.#half?.press(pressed),
              () => undefined,
            );
          },
        })
      : null;
    const element = block?.element ?? slotOf(node);
    this.#shown.set(node, { element, block });
    return element;
  }

  #forget(node: ChildNode): void {
    const block = this.#shown.get(node)?.block;
    this.#shown.delete(node);
    if (!block) return;
    this.#half?.forget(block);
    block.dispose();
  }
}

/** The block of code that is a command: without a name, also in a highlighter's wrapper. */
function codeOf(node: ChildNode): Element | undefined {
  if (!(node instanceof Element)) return undefined;
  const pres = node.matches('pre') ? [node] : [...node.querySelectorAll('pre')];
  const isOther = [node, ...pres].some((each) => each.matches('[data-filename], [data-expected-output]'));
  return isOther ? undefined : pres.at(-1);
}

/**
 * What is to be run. Of a transcript, which begins with the prompt `$ `, it is what was typed: lines behind that prompt, and
 * those behind `> ` that follow them.
 */
export function commandIn(text: string): string {
  if (!text.startsWith('$ ')) return text;
  let isTyped = false;
  return text
    .split('\n')
    .filter((line) => (isTyped = line.startsWith('$ ') || (isTyped && line.startsWith('> '))))
    .map((line) => line.slice(2))
    .join('\n');
}
