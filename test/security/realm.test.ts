import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';

/** Prints every name a program can see: of the global object, its prototypes and `navigator`. */
const enumerate = `
const names = [];
for (let o = globalThis; o && o !== Object.prototype; o = Object.getPrototypeOf(o)) names.push(...Object.getOwnPropertyNames(o));
const facts = [];
for (let o = navigator; o && o !== Object.prototype; o = Object.getPrototypeOf(o)) facts.push(...Object.getOwnPropertyNames(o));
console.log(JSON.stringify({ names, facts }));
`;

/**
 * Interfaces that reach the network, storage, another realm, a device or the reader's attention. Families,
 * so that a browser's next one of a kind is found too.
 */
const forbidden =
  /^(BroadcastChannel|Worker|SharedWorker|ServiceWorker.*|importScripts|postMessage|onmessage|onmessageerror|close|XMLHttpRequest.*|EventSource|WebSocket.*|WebTransport.*|RTC.*|.*Cache(Storage)?|caches|indexedDB|IDB.*|cookieStore|CookieStore.*|localStorage|sessionStorage|sharedStorage|.*Storage.*|FileSystem.*|webkitRequestFileSystem.*|webkitResolveLocalFileSystem.*|Lock|LockManager|Notification|Push.*|BackgroundFetch.*|.*SyncManager|Serial.*|USB.*|HID.*|Bluetooth.*|GPU.*|WGSL.*|Sensor|PressureObserver.*|IdleDetector|Permission.*|Credential.*|Presentation.*|MediaSource.*|SourceBuffer.*|ServiceWorker|NetworkInformation|navigation|open|showOpenFilePicker|WebMCP|ModelContext|LanguageModel.*|Translator|LanguageDetector|Summarizer|Writer|Rewriter)$/;

describe('the realm of a JavaScript process', () => {
  let sandbox: Sandbox;
  let names: string[];
  let facts: string[];
  before(async () => {
    sandbox = await (await Kernel.boot()).sandbox({ files: { 'main.mjs': enumerate } });
    const { stdout, stderr } = await sandbox.run('javascript', ['main.mjs']);
    expect(stderr).to.equal('');
    ({ names, facts } = JSON.parse(stdout) as { names: string[]; facts: string[] });
  });

  it('has the language and what needs nobody else', () => {
    expect(names).to.include.members([
      'Promise',
      'WebAssembly',
      'TextDecoder',
      'Blob',
      'MessageChannel',
      'crypto',
    ]);
  });

  it('has no interface that reaches another realm, storage, the network or a device', () => {
    expect(names.filter((name) => forbidden.test(name))).to.deep.equal([]);
  });

  it('has nothing on navigator but facts', () => {
    const allowed =
      /^(constructor|hardwareConcurrency|app(CodeName|Name|Version)|platform|product|productSub|vendor(Sub)?|userAgent(Data)?|languages?|onLine)$/;
    expect(facts.filter((name) => !allowed.test(name))).to.deep.equal([]);
  });
});
