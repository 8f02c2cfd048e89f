// elements/terminal: one command of a list: the author's block with its buttons over it, and a place for the output
// below. Owns its nodes.
import { copyText } from './clipboard.js';

export interface CommandActions {
  onReady(event: Event): void;
  onPress(block: CommandBlock): void;
}

/** Of code, in pixels: near enough to know when the buttons lie over it. */
const characterWidth = 8.4;
const buttonsWidth = 170;
const copiedMs = 2_000;

export class CommandBlock {
  readonly node: Element;
  readonly element = document.createElement('div');
  /** Empty until the command runs. */
  readonly panel = document.createElement('div');
  readonly #frame = document.createElement('div');
  readonly #label = document.createElement('span');
  readonly #run = button('run', 'run-button');
  readonly #copy = button('copy', 'copy-button');
  readonly #box = new ResizeObserver(() => this.#fit());
  #command = '';
  #isBusy = false;

  constructor(node: Element, command: string, actions: CommandActions) {
    this.node = node;
    this.#frame.className = 'frame';
    this.#frame.setAttribute('part', 'frame');
    this.panel.className = 'panel';
    this.panel.setAttribute('part', 'panel');
    this.#label.className = 'label';
    this.#label.setAttribute('part', 'label');
    const toolbar = document.createElement('div');
    toolbar.className = 'toolbar';
    toolbar.setAttribute('part', 'toolbar');
    toolbar.append(this.#label, this.#copy, this.#run);
    const corner = document.createElement('div');
    corner.className = 'corner';
    corner.append(toolbar);
    this.#frame.append(slotOf(node), corner);
    this.element.append(this.#frame, this.panel);
    this.#copy.addEventListener('click', () => this.#copyCommand());
    this.#run.addEventListener('click', () => actions.onPress(this));
    for (const type of ['pointerdown', 'focus']) this.#run.addEventListener(type, actions.onReady);
    this.#label.hidden = true;
    this.read(command);
    this.#box.observe(this.#frame);
  }

  get command(): string {
    return this.#command;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** It runs, or waits for its turn: the button ends it. */
  set isBusy(isBusy: boolean) {
    this.#isBusy = isBusy;
    this.#draw();
  }

  /** The author's text may be another now. */
  read(command: string): void {
    if (command === this.#command) return;
    this.#command = command;
    this.#draw();
    this.#fit();
  }

  /** What the first click downloads, before the buttons. */
  say(title: string, size: string): void {
    const name = document.createElement('span');
    // Left out where there is little room.
    name.className = 'title';
    name.textContent = size ? `${title} · ` : title;
    this.#label.replaceChildren(name, size);
    this.#label.hidden = title === '';
  }

  dispose(): void {
    this.#box.disconnect();
  }

  #draw(): void {
    const word = this.#isBusy ? 'Stop' : 'Run';
    name(this.#run, word, this.#command);
    this.#run.classList.toggle('stop', this.#isBusy);
    name(this.#copy, 'Copy', this.#command);
  }

  #copyCommand(): void {
    name(this.#copy, 'Copied', this.#command);
    copyText(this.#command, () => name(this.#copy, 'Not copied', this.#command));
    setTimeout(() => name(this.#copy, 'Copy', this.#command), copiedMs);
  }

  /** Buttons that would lie over the command stand above it. */
  #fit(): void {
    const longest = Math.max(...this.#command.split('\n', 2).map((line) => line.length)) * characterWidth;
    const labelWidth = this.#label.textContent.length * 7;
    const { clientWidth } = this.#frame;
    this.#frame.classList.toggle('above', longest + buttonsWidth + labelWidth > clientWidth);
  }
}

/** A place for a child; who draws the element assigns it. */
export function slotOf(node: ChildNode): HTMLSlotElement {
  return Object.assign(document.createElement('slot'), { shown: node });
}

function button(className: string, part: string): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = className;
  made.setAttribute('part', part);
  return made;
}

/** The word for the eye, with the command for who does not see where the button stands. */
function name(button: HTMLButtonElement, word: string, command: string): void {
  button.textContent = word;
  button.setAttribute('aria-label', `${word}: ${command}`);
}
