// What programs on a terminal ask of the reader: shown below the screen, and done by a click.
import { expect } from 'chai';
import type { WasmTerminal } from 'wasm-elements';
import { click, press, type } from '../input.js';
import { clearPage, until } from './page.js';
import { buttonOf, seen, showTerminal, start } from './terminal.js';

describe('What a program on a <wasm-terminal> asks of the reader', function () {
  this.timeout(90_000);
  let element: WasmTerminal;

  const shown = (): HTMLElement | undefined =>
    [...(element.shadowRoot?.querySelectorAll<HTMLElement>('[part="question"]') ?? [])].find(
      ({ hidden }) => !hidden,
    );
  const accept = (): HTMLElement | null =>
    element.shadowRoot?.querySelector('[part="accept-button"]') ?? null;

  beforeEach(async () => {
    element = showTerminal(`<wasm-terminal env="PS1='> '"></wasm-terminal>`);
    element.style.cssText = 'display: block; width: 800px; height: 400px';
    await start(element);
    await seen(element, /^> *$/m);
  });
  afterEach(clearPage);

  it('is an address, which is a link that says where it leads', async () => {
    await type('open "https://good.example@evil.example/a"; echo "did $?"\n');
    await until(() => accept() !== null);
    const link = accept() as HTMLAnchorElement;
    expect(link.textContent).to.equal('Open evil.example');
    expect(link.target).to.equal('_blank');
    expect(link.rel).to.equal('noopener noreferrer');
    expect(shown()?.innerText).to.contain('asks to open https://good.example@evil.example/a');
    // The keyboard is still the program's.
    await press('Control+c');
    await until(() => shown() === undefined);
    expect(accept()).to.equal(null);
  });

  it('is a file, which is saved by a click', async () => {
    let saved: HTMLAnchorElement | undefined;
    const listen = (event: Event): void => {
      const target = event.composedPath()[0];
      if (target instanceof HTMLAnchorElement && target.download !== '') {
        event.preventDefault();
        saved = target;
      }
    };
    const original = HTMLAnchorElement.prototype.click;
    HTMLAnchorElement.prototype.click = function () {
      this.addEventListener('click', listen);
      this.dispatchEvent(new MouseEvent('click', { cancelable: true }));
    };
    try {
      await type('echo data > "a.txt"; download a.txt; echo "did $?"\n');
      await until(() => accept() !== null);
      expect(accept()?.textContent).to.equal('Download a.txt');
      await click(accept() as HTMLElement);
      await seen(element, 'did 0');
    } finally {
      HTMLAnchorElement.prototype.click = original;
    }
    expect(saved?.download).to.equal('a.txt');
    expect(await (await fetch(saved?.href ?? '')).text()).to.equal('data\n');
    expect(shown()).to.equal(undefined);
  });

  it('is refused with No, and then not asked again until the reader does something', async () => {
    await type(
      'while ! open https://a.example; do echo again; [ $((n+=1)) = 50 ] && break; done; echo "did $n"\n',
    );
    await until(() => accept() !== null);
    await click(buttonOf(element, 'No'));
    await seen(element, 'did 50');
    await type('open https://b.example\n');
    await until(() => accept() !== null);
  });
});
