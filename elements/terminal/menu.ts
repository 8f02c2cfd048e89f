// elements/terminal: the menu of the toolbar, which also opens at the pointer (WAI-ARIA menu pattern). Owns its nodes
// while it is open.

export interface MenuItem {
  readonly label: string;
  /** The keys that do the same. */
  readonly keys?: string;
  readonly disabled?: boolean;
  /** It is switched on, or not. */
  readonly checked?: boolean;
  act(): void;
}

export class Menu {
  readonly #parent: HTMLElement;
  readonly #onClosed: () => void;
  #element: HTMLElement | undefined;
  #aborter = new AbortController();

  /** `onClosed`: takes the focus back. */
  constructor(parent: HTMLElement, onClosed: () => void) {
    this.#parent = parent;
    this.#onClosed = onClosed;
  }

  /** Below a button, or at the pointer. */
  open(items: readonly MenuItem[], from: HTMLElement | MouseEvent): void {
    this.close();
    const menu = (this.#element = document.createElement('div'));
    menu.className = 'menu';
    menu.setAttribute('part', 'menu');
    menu.setAttribute('role', 'menu');
    menu.append(...items.map((item) => this.#entry(item)));
    this.#parent.append(menu);
    const box = this.#parent.getBoundingClientRect();
    const at = from instanceof MouseEvent ? { x: from.clientX, y: from.clientY } : cornerOf(from);
    const { offsetWidth, offsetHeight } = menu;
    menu.style.left = `${Math.max(0, Math.min(at.x - box.left, box.width - offsetWidth - 4))}px`;
    menu.style.top = `${Math.max(0, Math.min(at.y - box.top, box.height - offsetHeight - 4))}px`;
    this.#aborter = new AbortController();
    const { signal } = this.#aborter;
    menu.addEventListener('keydown', (event) => this.#key(event), { signal });
    menu.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
    addEventListener(
      'pointerdown',
      (event) => {
        if (!event.composedPath().includes(menu)) this.close();
      },
      { capture: true, signal },
    );
    menu.addEventListener(
      'focusout',
      ({ relatedTarget }) => {
        if (relatedTarget instanceof Node && !menu.contains(relatedTarget)) this.close();
      },
      { signal },
    );
    this.#move(0);
  }

  close(): void {
    this.#aborter.abort();
    this.#element?.remove();
    this.#element = undefined;
  }

  #entry({ label, keys, disabled, checked, act }: MenuItem): HTMLElement {
    const entry = document.createElement('button');
    entry.type = 'button';
    entry.tabIndex = -1;
    entry.setAttribute('role', checked === undefined ? 'menuitem' : 'menuitemcheckbox');
    if (checked !== undefined) entry.setAttribute('aria-checked', String(checked));
    if (disabled === true) entry.setAttribute('aria-disabled', 'true');
    const text = document.createElement('span');
    text.textContent = label;
    const hint = document.createElement('kbd');
    hint.textContent = keys ?? '';
    if (keys !== undefined) entry.setAttribute('aria-keyshortcuts', keys);
    entry.append(text, hint);
    entry.addEventListener('click', () => {
      if (disabled === true) return;
      this.close();
      this.#onClosed();
      act();
    });
    return entry;
  }

  #key(event: KeyboardEvent): void {
    const entries = [...(this.#element?.children ?? [])];
    const root = this.#element?.getRootNode();
    const now = root instanceof ShadowRoot && root.activeElement ? entries.indexOf(root.activeElement) : 0;
    const last = entries.length - 1;
    const next = {
      ArrowDown: now < last ? now + 1 : 0,
      ArrowUp: now > 0 ? now - 1 : last,
      Home: 0,
      End: last,
    };
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      this.close();
      this.#onClosed();
    } else if (event.key in next) {
      event.preventDefault();
      this.#move(next[event.key as keyof typeof next]);
    } else return;
    event.stopPropagation();
  }

  #move(index: number): void {
    (this.#element?.children[index] as HTMLElement | undefined)?.focus();
  }
}

function cornerOf(button: HTMLElement): { x: number; y: number } {
  const { right, bottom } = button.getBoundingClientRect();
  return { x: right, y: bottom };
}
