// elements/run: what a program asks of the reader, as a line with a button: an address to open, a file to save, files to
// choose. Nothing happens without the reader's own click. Must always hold: one question at a time, and none that takes
// the focus; who has declined one is not asked again before `mayAsk` is called.
import type { AskEvent, FileSystem } from '../../kernel-core/client/index.js';
import { chosenFiles, freeName, plainText, safeName, saveFile, shownAddress } from './ask-files.js';

export class AskLine {
  readonly element = document.createElement('div');
  readonly #text = document.createElement('span');
  readonly #place = document.createElement('span');
  #isDeclined = false;

  /** `closed`: it has gone by the reader's click. */
  constructor(closed: () => void) {
    const { element } = this;
    element.className = 'question';
    element.setAttribute('part', 'question');
    element.setAttribute('role', 'status');
    element.hidden = true;
    this.#text.className = 'sentence';
    // The second half of a double click was not meant for what has just come up.
    const once = (event: MouseEvent): void => {
      if (event.detail <= 1) return;
      event.preventDefault();
      event.stopPropagation();
    };
    this.#place.addEventListener('click', once, { capture: true });
    this.#place.addEventListener('click', closed);
    element.append(this.#text, this.#place);
  }

  /** Shows what `event` asks; `files`: of the sandbox that the program is in. */
  ask(event: AskEvent, files: FileSystem): void {
    event.preventDefault();
    if (this.#isDeclined) return event.refuse();
    event.signal.addEventListener('abort', () => this.#close());
    switch (event.action) {
      case 'open':
        return this.#open(event);
      case 'download':
        return this.#download(event, files);
      case 'upload':
        return this.#upload(event, files);
    }
  }

  /** The reader has done something since: programs may ask again. */
  mayAsk(): void {
    this.#isDeclined = false;
  }

  #open(event: AskEvent): void {
    const address = shownAddress(event.what);
    if (address === undefined) return event.refuse(true);
    const link = document.createElement('a');
    link.href = address.href;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    link.textContent = `Open ${address.place}`;
    link.addEventListener('click', () => event.answer());
    this.#show(`A program asks to open ${address.text}`, link, event);
  }

  #download(event: AskEvent, files: FileSystem): void {
    const name = safeName(event.what);
    const save = async (): Promise<void> => {
      try {
        saveFile(await files.readFile(event.what), name);
        event.answer();
      } catch {
        event.refuse(true);
      }
    };
    const button = makeButton(`Download ${name}`, () => void save());
    this.#show(`A program offers the file ${name}.`, button, event);
  }

  #upload(event: AskEvent, files: FileSystem): void {
    const take = async (): Promise<void> => {
      const chosen = await chosenFiles();
      if (chosen.length === 0 || event.signal.aborted) return;
      const names: string[] = [];
      try {
        for (const file of chosen) {
          const name = await freeName(files, event.what, safeName(file.name));
          await files.writeFile(`${event.what}/${name}`, file);
          names.push(name);
        }
        event.answer(names);
      } catch {
        event.refuse(true);
      }
    };
    const button = makeButton('Choose files…', () => void take());
    this.#show(
      `A program asks for files of yours, to put them into ${plainText(event.what)}.`,
      button,
      event,
    );
  }

  #show(text: string, act: HTMLElement, event: AskEvent): void {
    act.className = 'retry';
    act.setAttribute('part', 'accept-button');
    const no = makeButton('No', () => {
      this.#isDeclined = true;
      event.refuse();
    });
    no.className = 'retry';
    this.#text.textContent = text;
    this.#place.replaceChildren(act, ' ', no);
    this.element.hidden = false;
  }

  #close(): void {
    this.element.hidden = true;
    this.#place.replaceChildren();
  }
}

function makeButton(text: string, act: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  button.addEventListener('click', act);
  return button;
}
