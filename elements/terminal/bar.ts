// elements/terminal: the toolbar of a running terminal. Owns its nodes.

export interface BarActions {
  interrupt(): void;
  clear(): void;
  restart(): void;
  /** `button`: what it opens from. */
  menu(button: HTMLElement): void;
}

export class Bar {
  readonly element = document.createElement('div');
  readonly #state = document.createElement('span');
  readonly #interrupt: HTMLButtonElement;

  constructor(actions: BarActions) {
    this.element.className = 'bar';
    this.element.setAttribute('part', 'toolbar');
    this.element.setAttribute('role', 'group');
    this.element.setAttribute('aria-label', 'Terminal');
    this.#state.className = 'state';
    this.#state.setAttribute('role', 'status');
    this.#interrupt = button('Interrupt', '', actions.interrupt);
    const menu = button('⋯', 'More', () => actions.menu(menu));
    menu.setAttribute('aria-haspopup', 'menu');
    this.element.append(
      this.#state,
      this.#interrupt,
      button('Clear', '', actions.clear),
      button('Restart', '', actions.restart),
      menu,
    );
  }

  /** What the program does, where that is worth a word; whether it can be interrupted. */
  state(words: string, isRunning: boolean): void {
    this.#state.textContent = words;
    this.#interrupt.disabled = !isRunning;
  }
}

function button(text: string, label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.setAttribute('part', 'button');
  if (label) {
    made.setAttribute('aria-label', label);
    made.title = label;
  }
  made.addEventListener('click', act);
  return made;
}
