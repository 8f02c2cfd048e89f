import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../test-config.js';
import { runPlainly } from './plain.js';

/** Expressions that touch storage which others could see. */
const storage: readonly (readonly [string, string])[] = [
  [
    'indexedDB',
    `await new Promise((ok, no) => { const r = indexedDB.open('leak'); r.onsuccess = () => { r.result.close(); ok(); }; r.onerror = no; })`,
  ],
  ['the Cache API', `await caches.open('leak')`],
  ['locks', `await navigator.locks.request('leak', () => 1)`],
  ['the storage manager', `await navigator.storage.getDirectory()`],
];

describe('a process', () => {
  let kernel: Kernel;
  let sandbox: Sandbox;
  const heard: string[] = [];
  const listen = ({ data }: MessageEvent<unknown>): void => {
    heard.push(typeof data === 'string' ? data : JSON.stringify(data));
  };

  before(async () => {
    kernel = await Kernel.boot();
    sandbox = await kernel.sandbox();
    addEventListener('message', listen);
  });
  after(() => removeEventListener('message', listen));

  async function runJavascript(code: string): Promise<string> {
    await sandbox.fs.writeFile('main.mjs', code);
    const { stdout, stderr } = await sandbox.run('javascript', ['main.mjs'], { timeoutMs: 10_000 });
    return stdout + stderr;
  }

  for (const [name, expression] of storage) {
    it(`cannot touch ${name}`, async function () {
      const channel = new BroadcastChannel(`storage ${name}`);
      const worked = new Promise<string>((resolve) => {
        channel.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
      });
      const tell = `const c = new BroadcastChannel(${JSON.stringify(`storage ${name}`)});`;
      const dispose = await runPlainly(
        'worker',
        `${tell} try { ${expression}; c.postMessage('worked'); } catch (e) { c.postMessage(String(e)); }`,
      );
      const plain = await worked;
      dispose();
      channel.close();
      // Browsers without the interface, or with it only for some pages, prove nothing.
      if (plain !== 'worked') this.skip();
      const output = await runJavascript(
        `try { ${expression}; console.log('worked'); } catch (error) { console.log('refused', error.name); }`,
      );
      expect(output).to.match(/^refused /);
    });
  }

  it('cannot broadcast to another sandbox or to the page', async () => {
    const channel = new BroadcastChannel('leak');
    const told: unknown[] = [];
    const first = new Promise((resolve) => {
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        told.push(data);
        resolve(data);
      };
    });
    const dispose = await runPlainly('worker', `new BroadcastChannel('leak').postMessage('plain');`);
    expect(await first).to.equal('plain');
    dispose();

    const attack = `try { const c = new BroadcastChannel('leak'); c.onmessage = ({ data }) => console.log('heard', data); c.postMessage('inside'); console.log('sent'); } catch (error) { console.log(error.name); }`;
    const other = await kernel.sandbox({ files: { 'main.mjs': attack } });
    const [one, two] = await Promise.all([runJavascript(attack), other.run('javascript', ['main.mjs'])]);
    expect([one, two.stdout]).to.deep.equal(['ReferenceError\n', 'ReferenceError\n']);
    expect(told).to.deep.equal(['plain']);
    channel.close();
  });

  it('has no way to post to its parent, to close its worker or to reach a window', async () => {
    const names = [
      'postMessage',
      'close',
      'parent',
      'top',
      'opener',
      'frames',
      'window',
      'document',
      'importScripts',
      'Worker',
    ];
    const output = await runJavascript(
      `console.log(${JSON.stringify(names)}.filter((name) => name in globalThis).join());`,
    );
    expect(output).to.equal('\n');
  });

  it('cannot find its port in errors, events or patched prototypes', async () => {
    const output = await runJavascript(`
      const found = [];
      const note = (value) => { if (value instanceof MessagePort) found.push(value); return value; };
      Error.prepareStackTrace = (error, sites) => { for (const site of sites ?? []) { note(site.getThis?.()); note(site.getFunction?.()?.arguments?.[0]); } return 'stack'; };
      for (const prototype of [MessagePort.prototype, EventTarget.prototype, MessageEvent.prototype, Event.prototype, Array.prototype, Map.prototype, Promise.prototype, Function.prototype, Uint8Array.prototype]) {
        for (const name of Object.getOwnPropertyNames(prototype)) {
          if (name === 'constructor') continue;
          try {
            const { value } = Object.getOwnPropertyDescriptor(prototype, name);
            if (typeof value !== 'function') continue;
            prototype[name] = function (...args) { note(this); args.forEach ? 0 : 0; for (let i = 0; i < args.length; i++) note(args[i]); return Reflect.apply(value, this, args); };
          } catch {}
        }
      }
      for (const name of ['target', 'currentTarget', 'srcElement', 'data', 'ports', 'source']) {
        Object.defineProperty(Object.prototype, name, { get() { return undefined; }, set(value) { note(value); }, configurable: true });
      }
      addEventListener('message', (event) => note(event.target));
      addEventListener('error', (event) => note(event.target));
      console.log('noise');
      await new Promise((done) => setTimeout(done, 5));
      try { await fetch('http://nowhere.invalid/'); } catch {}
      console.log('found', found.length);
    `);
    expect(output).to.include('found 0');
  });

  it('cannot change what messaging does', async () => {
    const output = await runJavascript(`
      'use strict';
      for (const [object, name] of [[MessagePort.prototype, 'postMessage'], [MessagePort.prototype, 'onmessage'], [MessageEvent.prototype, 'data'], [Event.prototype, 'target'], [Event.prototype, 'composedPath']]) {
        try { Object.defineProperty(object, name, { value() {} }); console.log('changed', name); } catch (error) { console.log(error.name); }
      }
    `);
    expect(output).to.equal('TypeError\n'.repeat(5));
  });

  it('ends as it would have when it replaced what ending uses', async () => {
    await sandbox.fs.writeFile(
      'poison.mjs',
      `console.log('before');
       for (const prototype of [Array.prototype, Object.prototype, Map.prototype, Set.prototype, Promise.prototype, String.prototype, Function.prototype, Uint8Array.prototype, Number.prototype]) {
         for (const name of Object.getOwnPropertyNames(prototype)) {
           if (name === 'constructor' || name === '__proto__') continue;
           try { prototype[name] = () => { throw new Error('poisoned'); }; } catch {}
         }
       }
       globalThis.setTimeout = globalThis.Promise = globalThis.Array = globalThis.Object = globalThis.Map = undefined;
       process.exit(7);`,
    );
    const { code, stdout } = await sandbox.run('javascript', ['poison.mjs'], { timeoutMs: 10_000 });
    expect({ code, stdout }).to.deep.equal({ code: 7, stdout: 'before\n' });
  });

  it('did not post anything to the page in all of this', () => {
    expect(heard.filter((text) => !text.includes('wasm-elements:'))).to.deep.equal([]);
  });
});

describe('the sandbox frame', () => {
  it('hears nobody but the page that opened it', async () => {
    const html = `<script>top.postMessage('taken over by ' + ${JSON.stringify(testConfig.lane)}, '*')</script>`;
    let taken = false;
    const listen = ({ data }: MessageEvent<unknown>): void => {
      if (typeof data === 'string' && data.startsWith('taken over')) taken = true;
    };
    addEventListener('message', listen);
    // A window of the page's own origin is as near as an attacker can come; it offers an open message to
    // every frame there is, again and again, while a kernel starts.
    const attacker = document.createElement('iframe');
    attacker.srcdoc = `<script>
      const message = { type: 'wasm-elements:open', csp: '', sandbox: 'allow-scripts allow-same-origin', html: ${JSON.stringify(html).replaceAll('<', '\\u003c')}, payload: null };
      let offers = 0;
      (function offer() {
        for (let i = 0; i < parent.length; i++) {
          parent[i].postMessage(message, '*');
          for (let j = 0; j < parent[i].length; j++) parent[i][j].postMessage(message, '*');
        }
        parent.offers = ++offers;
        setTimeout(offer);
      })();
    </script>`;
    document.body.append(attacker);
    await new Promise((resolve) => attacker.addEventListener('load', resolve, { once: true }));
    await (await Kernel.boot()).dispose();
    const kernel = await Kernel.boot();
    const sandbox = await kernel.sandbox({ files: { 'main.mjs': `console.log('mine')` } });
    expect((await sandbox.run('javascript', ['main.mjs'])).stdout).to.equal('mine\n');
    expect((window as unknown as { offers: number }).offers).to.be.greaterThan(1);
    expect(taken).to.equal(false);
    attacker.remove();
    removeEventListener('message', listen);
    await kernel.dispose();
  });
});
