// What a shown page may not do to the page around it and to other shown pages.
import { expect } from 'chai';
import { disposeAll, script, show } from './shown-page.js';

describe('a shown page and the page around it', () => {
  afterEach(disposeAll);

  it('has an opaque origin of its own, without cookies, databases or caches', async () => {
    const page = await show(
      script(`
        const tries = {
          origin: () => origin,
          cookie: () => document.cookie,
          database: () => indexedDB.open('x'),
          parent: () => parent.document,
          top: () => top.document,
          topName: () => top.name,
          frameElement: () => frameElement,
        };
        for (const [name, attempt] of Object.entries(tries)) {
          try { console.log(name, 'got', String(attempt())) } catch (error) { console.log(name, error.name) }
        }
        console.log('end');`),
    );
    await page.entry('end');
    const texts = page.texts();
    expect(texts).to.include('origin got null');
    for (const name of ['parent', 'top', 'topName']) expect(texts).to.include(`${name} SecurityError`);
    expect(texts).not.to.match(/cookie got ./);
  });

  it('cannot be told the URL of the page around it', async () => {
    const page = await show(
      script(`
        document.querySelector('base').remove();
        console.log('base', document.baseURI, 'referrer', document.referrer, 'location', location.href,
          'ancestors', String(location.ancestorOrigins?.length ?? 'none'))`),
    );
    const { text } = await page.entry('base');
    expect(text).not.to.include(location.host);
    expect(text).to.include('base https://sandbox.invalid/ referrer  location about:srcdoc');
  });

  it('cannot navigate the page around, open windows or leave', async () => {
    const here = location.href;
    const page = await show(
      script(`
        for (const target of [top, parent]) {
          try { target.location = 'https://example.com/'; console.log('no exception') } catch (error) { console.log(error.name) }
        }
        console.log('window', window.open('https://example.com/'));
        const link = document.createElement('a');
        link.target = '_top';
        link.href = 'https://example.com/';
        document.body.append(link);
        link.click();
        location.href = 'https://example.com/';`),
    );
    for (const text of [
      'window null',
      'The link to https://example.com/ is not followed',
      'blocked: the page tried to go to https://example.com',
    ])
      await page.entry(text);
    expect(location.href).to.equal(here);
  });

  it('is stopped when it keeps trying to leave or to reload', async () => {
    const page = await show(script(`location.reload()`));
    const { text } = await page.entry('stopped');
    expect(text).to.equal('The page was stopped: it reloads itself without end.');
  });

  it('does not find other shown pages among the frames', async () => {
    const one = await show(script(`console.log('one')`));
    await one.entry('one');
    const other = await show(
      script(`console.log('frames', top.length, parent.parent === top, parent.length)`),
    );
    expect((await other.entry('frames')).text).to.equal(`frames ${window.length} true 1`);
    expect(one.element.shadowRoot).to.equal(null);
  });

  it('does not hear the BroadcastChannel of another', async () => {
    const ears = await show(
      script(`
        try { new BroadcastChannel('c').onmessage = () => console.log('heard') } catch (error) { console.log(error.name) }
        console.log('listening');`),
    );
    await ears.entry('listening');
    const mouth = await show(
      script(`
        try {
          const channel = new BroadcastChannel('c');
          const own = new BroadcastChannel('c');
          own.onmessage = () => console.log('echo');
          channel.postMessage(1);
        } catch (error) { console.log('echo', error.name) }`),
    );
    const page = new BroadcastChannel('c');
    let heard = false;
    page.onmessage = () => {
      heard = true;
    };
    await mouth.entry('echo');
    expect(ears.texts()).not.to.include('heard');
    expect(heard).to.equal(false);
    page.close();
  });

  it('has no WebRTC, which no policy would hold', async () => {
    const page = await show(script(`console.log(typeof RTCPeerConnection, typeof webkitRTCPeerConnection)`));
    await page.entry('undefined undefined');
  });

  it('has no links that open connections past every policy', async () => {
    const page = await show(
      `<body><link rel="preconnect" href="https://example.com"><link rel="dns-prefetch" href="https://example.com"><p></p><script>
        const link = document.createElement('link');
        link.rel = 'preconnect';
        link.setAttribute('rel', 'dns-prefetch');
        document.querySelector('p').innerHTML = '<link rel="preconnect" href="https://example.com">';
        console.log('links', link.rel, document.querySelectorAll('[rel*=connect],[rel*=dns]').length);</script>`,
    );
    await page.entry('links  0');
  });

  it('does not get hold of the control port by patching what everyone uses', async () => {
    const page = await show(
      script(`
        const seen = [];
        for (const name of ['postMessage', 'close', 'start']) {
          const native = MessagePort.prototype[name];
          MessagePort.prototype[name] = function (...values) { seen.push(this); return native.apply(this, values) };
        }
        for (const prototype of [MessageEvent.prototype, Event.prototype]) {
          for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
            if (!property.get || !property.configurable) continue;
            Object.defineProperty(prototype, name, { ...property, get() {
              const value = property.get.call(this);
              if (value instanceof MessagePort) seen.push(value);
              if (this instanceof MessageEvent) seen.push(this);
              return value;
            } });
          }
        }
        for (const name of ['call', 'apply', 'bind']) {
          const native = Function.prototype[name];
          Function.prototype[name] = function (...values) {
            if (values[0] instanceof MessagePort) seen.push(values[0]);
            return Reflect.apply(native, this, values);
          };
        }
        console.log('patched');
        document.body.append('taller', document.createElement('hr'));
        setTimeout(() => console.log('seen', seen.length), 5000);`),
    );
    await page.entry('patched');
    // A heartbeat and its answer have passed by then.
    expect((await page.entry('seen')).text).to.equal('seen 0');
  });

  it('is stopped when it floods the page around with messages', async () => {
    const page = await show(
      script(`setInterval(() => { for (let i = 0; i < 500; i++) top.postMessage(i, '*') }, 1)`),
    );
    await page.entry('The page was stopped: it sent messages without end.');
    expect(page.element.isConnected).to.equal(true);
  });
});
