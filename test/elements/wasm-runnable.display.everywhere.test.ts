import { expect } from 'chai';
import type { WasmElementDetails, WasmElementEventMap, WasmRunnable } from 'wasm-elements';
import { hits, newId, overtaken } from '../security/sink.js';
import { testConfig } from '../test-config.js';
import { clearPage, next, part, show, until } from './page.js';

/** A red dot of 2 × 2. */
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==';
const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const html = (text: string, rest = ''): string => `\x1b]7747;text/html${rest}:${base64(text)}\x07`;
const image = (rest = ''): string => `\x1b]7747;image/png${rest}:${png}\x07`;

/** A program that writes these texts, to standard error where they begin with `!`. */
function writes(...texts: readonly string[]): WasmRunnable {
  const element = show('<wasm-runnable runtime="javascript"></wasm-runnable>');
  element.code = texts
    .map((text) => {
      const [name, rest] = text.startsWith('!') ? ['stderr', text.slice(1)] : ['stdout', text];
      return `process.${name}.write(${JSON.stringify(rest)});`;
    })
    .join('\n');
  return element;
}

const output = (element: WasmRunnable): HTMLElement => part(element, 'output') as HTMLElement;
const displays = (element: WasmRunnable): HTMLElement[] => [
  ...output(element).querySelectorAll<HTMLElement>('.display'),
];

/** What a reader sees, in its order: text, or what kind of object. */
function shown(element: WasmRunnable): string[] {
  return [...output(element).querySelectorAll('.block, .display, .note')].flatMap((each) => {
    if (each.parentElement?.closest('.display')) return [];
    if (each.classList.contains('display')) return [`<${each.className.replace('display display-', '')}>`];
    return [`${each.classList.contains('stderr') ? '!' : ''}${each.textContent}`];
  });
}

/** Its frame shows something. */
const framed = (element: WasmRunnable): Promise<void> =>
  until(
    () =>
      displays(element).length > 0 &&
      displays(element).every((each) => each.querySelector('.display-frame.ready') !== null),
  );

describe('what a program shows besides text', () => {
  afterEach(clearPage);

  it('stands among the text of both streams in exactly the order it was written', async () => {
    const element = writes(
      'one',
      html('<p>x</p>'),
      '!two\n',
      image(),
      'three\n',
      '!four\n',
      html('y'),
      'five\n',
    );
    const result = await element.run();
    await until(() => shown(element).length === 8);
    expect(shown(element)).to.deep.equal([
      'one\n',
      '<html>',
      '!two\n',
      '<image>',
      'three\n',
      '!four\n',
      '<html>',
      'five\n',
    ]);
    expect(result).to.include({ stdout: 'onethree\nfive\n', stderr: 'two\nfour\n' });
  });

  it('keeps its place among thousands of lines written at once', async () => {
    const element = show('<wasm-runnable runtime="javascript"></wasm-runnable>');
    element.code = `for (let i = 0; i < 600; i += 1) {
      process.stdout.write('out ' + i + '\\n');
      if (i % 12 === 0) process.stderr.write('err ' + i + '\\n');
      if (i % 200 === 0) process.stdout.write(${JSON.stringify(image())});
    }`;
    await element.run();
    await until(() => shown(element).at(-1)?.endsWith('out 599\n') === true);
    const expected: string[] = [];
    for (let i = 0; i < 600; i += 1) {
      expected.push(`out ${i}`);
      if (i % 12 === 0) expected.push(`!err ${i}`);
      if (i % 200 === 0) expected.push('<image>');
    }
    const lines = shown(element).flatMap((each) => {
      const mark = each.startsWith('!') ? '!' : '';
      return each
        .slice(mark.length)
        .trimEnd()
        .split('\n')
        .map((line) => mark + line);
    });
    expect(lines).to.deep.equal(expected);
  });

  it('leaves the streams in their order when the page lags behind', async () => {
    const element = show('<wasm-runnable runtime="javascript"></wasm-runnable>');
    element.code = `for (let i = 0; i < 6; i += 1) process.stdout.write(('x'.repeat(99) + '\\n').repeat(1000));
      process.stderr.write('error\\n');
      process.stdout.write(${JSON.stringify(image())});
      process.stdout.write('last\\n');`;
    await element.run();
    await until(() => [...output(element).querySelectorAll('.block')].at(-1)?.textContent === 'last\n');
    expect(shown(element).slice(-3)).to.deep.equal(['!error\n', '<image>', 'last\n']);
  });

  it('is told by an event, and is no part of the text', async () => {
    const element = writes('a\n', html('<b>x</b>', ';alt=bold%20x'), 'b\n');
    const told: WasmElementDetails['wasm-display'][] = [];
    const texts: string[] = [];
    element.addEventListener('wasm-display', (event) =>
      told.push((event as WasmElementEventMap['wasm-display']).detail),
    );
    element.addEventListener('wasm-output', (event) =>
      texts.push((event as WasmElementEventMap['wasm-output']).detail.text),
    );
    await element.run();
    expect(told).to.deep.equal([{ stream: 'stdout', data: { 'text/html': '<b>x</b>' }, alt: 'bold x' }]);
    expect(texts.join('')).to.equal('a\nb\n');
  });

  it('is an image with its text alternative and its size, never wider than the element', async () => {
    const element = writes(
      image(';alt=A%20red%20dot;width=40;height=20'),
      image(';alt=Wide;width=90000;height=10'),
    );
    await element.run();
    await until(() => displays(element).length === 2);
    const [small, wide] = displays(element).map((each) => each.querySelector('img') as HTMLImageElement);
    await until(() => small?.complete === true && wide?.complete === true);
    expect(small).to.include({ alt: 'A red dot', naturalWidth: 2, offsetWidth: 40, offsetHeight: 20 });
    expect(wide?.offsetWidth).to.be.above(100).and.at.most(output(element).clientWidth);
  });

  it('is HTML in a frame as high as its content, with a title', async () => {
    const element = writes(html('<div style="height: 123px">x</div>', ';alt=A%20box'), html('<i>low</i>'));
    await element.run();
    await framed(element);
    const [high, low] = displays(element).map((each) => each.querySelector('.display-frame') as HTMLElement);
    expect(displays(element).map((each) => each.ariaLabel)).to.deep.equal(['A box', 'Output']);
    // It is told of its size once its content is laid out.
    await until(() => [high, low].every((each) => (each?.offsetHeight ?? 0) > 0));
    expect(high?.offsetHeight).to.be.within(123, 140);
    expect(low?.offsetHeight).to.be.within(10, 60);
  });

  it('is SVG as an image, and Markdown and LaTeX as their text', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="40"><script>top.location = "about:blank"</script></svg>';
    const element = writes(
      `\x1b]7747;image/svg+xml:${base64(svg)}\x07`,
      `\x1b]7747;text/markdown:${base64('# Title\n<b>not bold</b>')}\x07`,
      `\x1b]7747;text/latex:${base64('$x^2$')}\x07`,
      `\x1b]7747;text/plain:${base64('plain é')}\x07`,
    );
    const { stdout } = await element.run();
    await until(() => displays(element)[0]?.querySelector('img')?.complete === true);
    expect(displays(element)[0]?.querySelector('img')).to.include({ offsetWidth: 30, offsetHeight: 40 });
    await until(() => shown(element).length === 4);
    expect(shown(element)).to.deep.equal(['<image>', '<markdown>', '<latex>', 'plain é\n']);
    expect(displays(element)[1]?.textContent).to.equal('# Title\n<b>not bold</b>');
    expect(displays(element)[2]?.textContent).to.equal('$x^2$');
    expect(stdout).to.equal('plain é\n');
  });

  it('is understood from any program that writes the inline images of iTerm2', async () => {
    const element = writes(`\x1b]1337;File=name=${btoa('dot.png')};inline=1;width=10px:${png}\x07`);
    await element.run();
    await until(() => displays(element)[0]?.querySelector('img')?.complete === true);
    expect(displays(element)[0]?.querySelector('img')).to.include({ alt: 'dot.png', offsetWidth: 10 });
  });

  it('cannot run, reach the page, the top window or the network, or grow without end', async () => {
    const id = newId('display');
    const openId = newId('open');
    const url = `${testConfig.sink}/hit/${id}`;
    const markup = (each: string, word: string): string => `
      <script>fetch('${each}/script'); top.postMessage('${word}', '*'); top.location = '${each}/top'</script>
      <img src="${each}/img" onerror="top.postMessage('${word}', '*')"><img srcset="${each}/srcset 1x">
      <link rel="stylesheet" href="${each}/link.css"><link rel="prefetch" href="${each}/prefetch"><link rel="icon" href="${each}/icon">
      <style>@import "${each}/import.css"; p { background: url("${each}/css") } @font-face { font-family: f; src: url("${each}/font") } p { font-family: f }</style>
      <meta http-equiv="refresh" content="0; url=${each}/refresh"><base href="${each}/base/" target="_top">
      <iframe src="${each}/iframe"></iframe><iframe srcdoc="<script>top.postMessage('${word}', '*')</script>"></iframe>
      <object data="${each}/object"></object><embed src="${each}/embed"><video src="${each}/video" poster="${each}/poster" autoplay></video>
      <svg><image href="${each}/svg" /><script>top.postMessage('${word}', '*')</script><style>@import "${each}/svg.css";</style></svg>
      <form action="${each}/form"><input autofocus onfocus="top.postMessage('${word}', '*')"></form>
      <details open ontoggle="top.postMessage('${word}', '*')"><summary>s</summary></details>
      <p style="block-size: 200vh">p</p><div style="height: 1000000px"></div>`;
    const ran = new Set<unknown>();
    const listen = ({ data }: MessageEvent): void => void ran.add(data);
    addEventListener('message', listen);
    // Unsandboxed, the same markup does reach it.
    const open = document.createElement('iframe');
    open.srcdoc = markup(`${testConfig.sink}/hit/${openId}`, openId).replaceAll('top.location', 'void');
    document.body.append(open);
    await until(async () => (await hits(openId)).length > 3 && ran.has(openId));
    open.remove();

    const here = location.href;
    const element = writes(html(markup(url, id)), 'after\n');
    await element.run();
    await framed(element);
    await overtaken();
    expect(await hits(id)).to.deep.equal([]);
    expect(ran.has(id)).to.equal(false);
    expect(location.href).to.equal(here);
    expect((displays(element)[0]?.querySelector('.display-frame') as HTMLElement).offsetHeight).to.be.at.most(
      2_000,
    );
    expect(displays(element)[0]?.innerText).to.include('Scripts in this output are not run.');
    expect(document.querySelector('meta[http-equiv=refresh], base')).to.equal(null);
    removeEventListener('message', listen);
  });

  it('loses nothing of the text after an object that was never finished', async () => {
    const element = writes('a\n', '\x1b]7747;image/png:iVBOR', 'Hello, world\n', image(), 'end\n');
    const { stdout } = await element.run();
    await until(() => shown(element).length === 3);
    expect(stdout).to.equal('a\n]7747;image/png:iVBORHello, world\nend\n');
    expect(shown(element).at(-1)).to.equal('end\n');
  });

  it('says so when an object cannot be shown', async () => {
    const element = writes('\x1b]7747;text/html:abcde\x07', 'after\n');
    await element.run();
    await until(() => shown(element).length === 2);
    expect(shown(element)[0]).to.match(/cannot be shown/);
  });

  it('says so when an image is none', async () => {
    const element = writes(`\x1b]7747;image/png;alt=A%20dot:${base64('no image')}\x07`);
    await element.run();
    await until(() => displays(element)[0]?.innerText.includes('cannot read this image') === true);
    expect(displays(element)[0]?.querySelector('img')?.alt).to.equal('A dot');
  });

  it('goes away when the sample is run again', async () => {
    const element = writes(html('<p>x</p>'), image());
    await element.run();
    await until(() => displays(element).length === 2);
    element.code = 'console.log("again")';
    await element.run();
    await until(() => shown(element).length === 1);
    expect(shown(element)).to.deep.equal(['again\n']);
  });

  it('is cut where the text is cut', async () => {
    const element = show('<wasm-runnable runtime="javascript"></wasm-runnable>');
    element.code = `process.stdout.write('\\n'.repeat(100_100));
      process.stdout.write(${JSON.stringify(image())});`;
    await element.run();
    await until(() => output(element).querySelector('.note')?.textContent.includes('output is cut') === true);
    expect(displays(element)).to.deep.equal([]);
  });

  it('stands again after the element was moved', async () => {
    const element = writes(html('<div style="height: 77px">x</div>'));
    await element.run();
    await framed(element);
    const frame = displays(element)[0]?.querySelector('.display-frame') as HTMLElement;
    frame.style.blockSize = '1px';
    const place = document.createElement('section');
    document.body.append(place);
    place.append(element);
    await until(() => frame.offsetHeight >= 77);
  });

  it('is named where last expressions cannot be shown', async () => {
    const element = show('<wasm-runnable runtime="javascript" display="last">1</wasm-runnable>');
    const error = next(element, 'wasm-error');
    await element.run().catch(() => undefined);
    expect(await error).to.include({ code: 'ENOSYS' });
    element.setAttribute('display', 'first');
    const wrong = next(element, 'wasm-error');
    await element.run().catch(() => undefined);
    expect(await wrong).to.include({ code: 'EINVAL' });
  });
});
