// Nothing a shown page does reaches the network without a grant. Every attack is made twice: first inside a
// shown page, then in a plain frame of this page. Only the second may reach the sink, and it must, or the
// attack proves nothing.
import { expect } from 'chai';
import { testConfig } from '../../test-config.js';
import { disposeAll, show } from './shown-page.js';

const { sink, lane } = testConfig;
const chromium = lane === 'chromium';

interface Hit {
  readonly id: string | null;
  readonly kind: string;
}

const hits = async (id: string): Promise<Hit[]> =>
  (await (await fetch(`${sink}/__sink/hits?id=${id}`)).json()) as Hit[];

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks again until there is one: how long a browser takes to load something is its own affair. */
async function arrived(id: string): Promise<void> {
  while ((await hits(id)).length === 0) await pause(20);
}

let count = 0;
const freshId = (name: string): string => `${name.replace(/\W+/g, '-')}-${lane}-${(count += 1)}`;

interface Attack {
  /** HTML; `URL` stands for a place in the sink, with the extension asked for. */
  readonly html?: string;
  /** Script in a body; `url` is that place. */
  readonly code?: string;
  readonly extension?: string;
  /** Lanes whose browsers know the thing at all. Default: all. */
  readonly only?: boolean;
}

const append = (tag: string, properties: string): string =>
  `document.body.append(Object.assign(document.createElement('${tag}'), { ${properties} }))`;
const worker = (code: string): string =>
  `new Worker(URL.createObjectURL(new Blob([${JSON.stringify(code)}.replaceAll('$URL', url)])))`;

const attacks: Readonly<Record<string, Attack>> = {
  fetch: { code: 'fetch(url)' },
  'fetch without CORS': { code: 'fetch(url, { mode: "no-cors", credentials: "include" })' },
  'fetch that outlives the page': { code: 'fetch(url, { mode: "no-cors", keepalive: true })' },
  'fetch in a Request': { code: 'fetch(new Request(url))' },
  fetchLater: { code: 'fetchLater(url, { activateAfter: 0 })', only: chromium },
  XMLHttpRequest: { code: 'const x = new XMLHttpRequest(); x.open("GET", url); x.send()' },
  'synchronous XMLHttpRequest': {
    code: 'const x = new XMLHttpRequest(); x.open("GET", url, false); x.send()',
  },
  WebSocket: { code: 'new WebSocket(url.replace("http", "ws"))' },
  EventSource: { code: 'new EventSource(url)' },
  sendBeacon: { code: 'navigator.sendBeacon(url, "x")' },
  image: { html: '<img src="URL">' },
  'image by property': { code: 'new Image().src = url' },
  'image by srcset': { html: '<img srcset="URL 1x">' },
  'image by innerHTML': { code: 'document.body.innerHTML = `<img src="${url}">`' },
  'image in a shadow tree': {
    code: 'document.body.attachShadow({ mode: "closed" }).innerHTML = `<img src="${url}">`',
  },
  'image of an SVG': { html: '<svg><image href="URL" width="9" height="9"/></svg>' },
  'image button': { html: '<input type="image" src="URL">' },
  'background attribute': { html: '<table background="URL"><tr><td>x</table>' },
  'style sheet': { html: '<link rel="stylesheet" href="URL">', extension: '.css' },
  'style sheet by import': { html: '<style>@import "URL";</style>', extension: '.css' },
  'background image': { html: '<p style="background: url(URL)">x</p>' },
  'image-set': { html: '<p style="background: image-set(&quot;URL&quot; 1x)">x</p>' },
  'list marker': { html: '<ul style="list-style: url(URL)"><li>x</ul>' },
  'generated content': { html: '<style>p::before { content: url(URL) }</style><p>x' },
  'custom property': { html: '<style>p { --u: url(URL); background: var(--u) }</style><p>x' },
  'font face': {
    html: '<style>@font-face { font-family: f; src: url(URL) } p { font-family: f }</style><p>x',
  },
  FontFace: { code: 'new FontFace("f", `url(${url})`).load()' },
  'constructed style sheet': {
    code: 'const s = new CSSStyleSheet(); s.replaceSync(`body { background: url(${url}) }`); document.adoptedStyleSheets = [s]',
  },
  audio: { html: '<audio src="URL" preload="auto"></audio>' },
  'video poster': { html: '<video poster="URL"></video>' },
  'source of a video': { html: '<video preload="auto"><source src="URL" type="video/webm"></video>' },
  script: { html: '<script src="URL"></script>', extension: '.js' },
  'script by DOM': { code: append('script', 'src: url'), extension: '.js' },
  module: { html: '<script type="module" src="URL"></script>', extension: '.js' },
  'static import': { html: '<script type="module">import "URL"</script>', extension: '.js' },
  'dynamic import': { code: 'import(url)', extension: '.js' },
  'import through eval': { code: 'eval("import(url)")', extension: '.js' },
  'import in a data: module': {
    code: 'import("data:text/javascript," + encodeURIComponent(`import ${JSON.stringify(url)}`))',
    extension: '.js',
  },
  'import map': {
    html: '<script type="importmap">{ "imports": { "evil": "URL" } }</script><script type="module">import "evil"</script>',
    extension: '.js',
  },
  'worker with importScripts': { code: worker('importScripts("$URL")'), extension: '.js' },
  'worker with fetch': { code: worker('fetch("$URL", { mode: "no-cors" })') },
  'worker with XMLHttpRequest': {
    code: worker('const x = new XMLHttpRequest(); x.open("GET", "$URL", false); x.send()'),
  },
  'worker with WebSocket': { code: worker('new WebSocket("$URL".replace("http", "ws"))') },
  'worker in a worker': {
    code: worker(
      "new Worker(URL.createObjectURL(new Blob([\"fetch('$URL', { mode: 'no-cors' })\"]))); setTimeout(() => {}, 1e4)",
    ),
  },
  'worker with import': { code: worker('import("$URL")'), extension: '.js' },
  'audio worklet': {
    code: 'new OfflineAudioContext(1, 1, 44100).audioWorklet.addModule(url)',
    extension: '.js',
    only: lane !== 'webkit',
  },
  'paint worklet': { code: 'CSS.paintWorklet.addModule(url)', extension: '.js', only: false },
  preload: { html: '<link rel="preload" as="image" href="URL">' },
  'preload by DOM': { code: append('link', 'rel: "preload", as: "fetch", crossOrigin: "", href: url') },
  'modulepreload by DOM': { code: append('link', 'rel: "modulepreload", href: url'), extension: '.js' },
  prefetch: { html: '<link rel="prefetch" href="URL">', only: lane !== 'webkit' },
  'prefetch by DOM': { code: append('link', 'rel: "prefetch", href: url'), only: lane !== 'webkit' },
  icon: { html: '<link rel="icon" href="URL">', only: false },
  frame: { html: '<iframe src="URL"></iframe>' },
  'frame by DOM': { code: append('iframe', 'src: url') },
  object: { html: '<object data="URL" type="image/png"></object>' },
  embed: { html: '<embed src="URL" type="image/png">' },
  'frame that navigates itself': {
    code: append('iframe', 'srcdoc: `<script>location = "${url}"</${"script"}>`'),
  },
  'frame that fetches': {
    code: append('iframe', 'srcdoc: `<script>fetch("${url}", { mode: "no-cors" })</${"script"}>`'),
  },
  'frame of a blob: that loads an image': {
    code: append(
      'iframe',
      'src: URL.createObjectURL(new Blob([`<img src="${url}">`], { type: "text/html" }))',
    ),
  },
  'frame of a javascript: URL': { code: append('iframe', "src: `javascript:'<img src=${url}>'`") },
  location: { code: 'location = url' },
  'location.replace': { code: 'location.replace(url)' },
  'link click': {
    code: `const a = ${append('a', 'href: url')} ?? document.querySelector('a'); document.querySelector('a').click()`,
  },
  'link to its own window by name': {
    code: `window.name = 'own'; ${append('a', 'href: url, target: "own"')}; document.querySelector('a').click()`,
  },
  'ping of a link': {
    code: `${append('a', 'href: "#x", ping: url')}; document.querySelector('a').click()`,
    only: lane !== 'firefox',
  },
  refresh: { html: '<meta http-equiv="refresh" content="0; url=URL">' },
  'refresh by DOM': {
    code: `const m = document.createElement('meta'); m.httpEquiv = 'refresh'; m.content = '0; url=' + url; document.head.append(m)`,
  },
  form: { code: `${append('form', 'action: url')}; document.querySelector('form').requestSubmit()` },
  'form by submit()': {
    code: `${append('form', 'action: url, method: "post"')}; HTMLFormElement.prototype.submit.call(document.querySelector('form'))`,
  },
  'form in a fresh frame': {
    code: append(
      'iframe',
      'srcdoc: `<form action="${url}"></form><script>document.forms[0].submit()</${"script"}>`',
    ),
  },
  base: { html: `<base href="${sink}/hit/"><img src="ID">` },
  'document.write': { code: 'document.write(`<img src="${url}">`)' },
  'document.open': { code: 'document.open(); document.write(`<img src="${url}">`); document.close()' },
  'XSLT and DOMParser': {
    code: 'document.body.append(document.adoptNode(new DOMParser().parseFromString(`<img src="${url}">`, "text/html").body.firstChild))',
  },
  'speculation rules': {
    code: append(
      'script',
      'type: "speculationrules", text: JSON.stringify({ prefetch: [{ source: "list", urls: [url] }] })',
    ),
    only: false,
  },
};

const page = (attack: Attack, url: string, id: string): string =>
  attack.html !== undefined
    ? `<body>${attack.html.replaceAll('URL', url).replaceAll('ID', id)}<script>addEventListener('load', () => console.log('loaded'))</script>`
    : `<body><script>
        addEventListener('load', () => setTimeout(() => console.log('loaded')));
        const url = ${JSON.stringify(url)};
        Promise.resolve().then(() => { ${attack.code} }).catch((error) => console.log(String(error)));
      </script>`;

describe('a shown page without a network grant', () => {
  const frames: HTMLIFrameElement[] = [];
  afterEach(() => {
    disposeAll();
    for (const frame of frames.splice(0)) frame.remove();
  });

  for (const [name, attack] of Object.entries(attacks)) {
    if (attack.only === false) continue;
    it(`reaches nothing by: ${name}`, async () => {
      const contained = freshId(name);
      const free = freshId(name);
      const at = (id: string): string => `${sink}/hit/${id}${attack.extension ?? ''}`;
      const shown = await show(page(attack, at(contained), contained));
      // Some attacks end the document before it can say so.
      await shown.until(() => (shown.entries.length > 0 ? true : undefined));

      // A relative reference must not lead to this page again.
      const base = name === 'base' ? '' : '<base href="https://sandbox.invalid/">';
      const attempt = (): void => {
        const frame = document.createElement('iframe');
        frame.srcdoc = `<!doctype html>${base}${page(attack, at(free), free)}`;
        frames.push(frame);
        document.body.append(frame);
      };
      // Firefox now and then never starts a worker inside a worker (decision 0012): a fresh frame is tried then.
      attempt();
      const again = setInterval(attempt, 4000);
      await arrived(free).finally(() => clearInterval(again));
      expect(await hits(contained)).to.deep.equal([]);
    });
  }

  const stun = `
    const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${new URL(sink).port}' }] });
    peer.createDataChannel('x');
    peer.createOffer().then((offer) => peer.setLocalDescription(offer));`;
  const inFrame = `<!doctype html><script>try { ${stun} parent.postMessage('connected', '*') } catch (error) { parent.postMessage(error.name, '*') }</script>`;
  const places = {
    'its own window': `<body><script>try { ${stun} console.log('connected') } catch (error) { console.log(error.name) }</script>`,
    'the window of a frame': `<body><script>
      onmessage = (event) => console.log(event.data);
      const frame = document.createElement('iframe');
      frame.srcdoc = ${JSON.stringify(inFrame).replaceAll('</', '<\\/')};
      document.body.append(frame);</script>`,
    'the window of a frame in a shadow tree': `<body><p></p><script>
      onmessage = (event) => console.log(event.data);
      document.querySelector('p').attachShadow({ mode: 'closed' }).innerHTML =
        '<iframe srcdoc="' + ${JSON.stringify(inFrame).replaceAll('</', '<\\/')}.replaceAll('"', '&quot;') + '"></iframe>';</script>`,
    'the window of a frame in a frame': `<body><script>
      onmessage = (event) => console.log(event.data);
      const quoted = ${JSON.stringify(inFrame).replaceAll('</', '<\\/')}.replaceAll('parent.', 'parent.parent.').replaceAll('&', '&amp;').replaceAll('"', '&quot;');
      const frame = document.createElement('iframe');
      frame.srcdoc = '<iframe srcdoc="' + quoted + '"></iframe>';
      document.body.append(frame);</script>`,
  };
  for (const [place, html] of Object.entries(places)) {
    it(`opens no connection by WebRTC from ${place}`, async function () {
      // WebKitGTK is often built without it; Firefox never asks a STUN server on this machine.
      if (!chromium) this.skip();
      const senders = async (): Promise<number> =>
        ((await (await fetch(`${sink}/__sink/totals`)).json()) as { senders: number }).senders;
      const before = await senders();
      const shown = await show(html);
      expect(
        (await shown.until(() => shown.entries.find(({ text }) => /connected|Error/.test(text)))).text,
      ).to.equal('ReferenceError');
      expect(await senders()).to.equal(before);

      const frame = document.createElement('iframe');
      frame.srcdoc = `<script>${stun}</script>`;
      frames.push(frame);
      document.body.append(frame);
      while ((await senders()) === before) await pause(20);
    });
  }
});

describe('a shown page with a network grant', () => {
  afterEach(disposeAll);
  const { host } = new URL(sink);

  it('reaches the granted host by fetch, image, script and WebSocket', async () => {
    const ids = ['fetch', 'image', 'script', 'socket'].map((name) => freshId(`granted ${name}`));
    const [fetched, image, script, socket] = ids.map((id) => `${sink}/hit/${id}`);
    await show(
      `<body><img src="${image}"><script src="${script}.js"></script><script>
        fetch("${fetched}"); new WebSocket("${socket}".replace("http", "ws"));</script>`,
      { grant: [host] },
    );
    for (const id of ids) await arrived(id);
  });

  it('reaches any host with *', async () => {
    const id = freshId('granted all');
    await show(`<img src="${sink}/hit/${id}">`, { grant: '*' });
    await arrived(id);
  });

  it('is stopped at a redirect to another host', async () => {
    const other = sink.replace('127.0.0.1', 'localhost');
    const [fetched, image, free] = ['fetch', 'image', 'free'].map((name) => freshId(`redirect ${name}`));
    const redirect = (id: string | undefined): string =>
      `${sink}/redirect?to=${encodeURIComponent(`${other}/hit/${id}`)}`;
    const shown = await show(
      `<body><img src="${redirect(image)}"><script>fetch("${redirect(fetched)}").catch((error) => console.log('refused', error.name))</script>`,
      { grant: [host] },
    );
    await shown.entry('refused');
    await fetch(redirect(free), { mode: 'no-cors' });
    await arrived(free ?? '');
    expect(await hits(fetched ?? '')).to.deep.equal([]);
    expect(await hits(image ?? '')).to.deep.equal([]);
  });

  it('sends neither the page’s URL nor its cookies', async () => {
    document.cookie = 'secret=1';
    const id = freshId('anonymous');
    await show(
      `<body><script>fetch("${sink}/hit/${id}", { credentials: 'include', mode: 'no-cors' })</script><img src="${sink}/hit/${id}">`,
      {
        grant: [host],
      },
    );
    await arrived(id);
    for (const hit of (await hits(id)) as (Hit & { referer?: string; cookie?: string })[]) {
      expect(hit.referer).to.equal(undefined);
      expect(hit.cookie).to.equal(undefined);
    }
  });

  it('still goes nowhere by itself', async () => {
    const id = freshId('granted location');
    const shown = await show(`<body><script>location = "${sink}/hit/${id}"</script>`, { grant: [host] });
    await shown.entry('blocked: the page tried to go');
    expect(await hits(id)).to.deep.equal([]);
  });
});
