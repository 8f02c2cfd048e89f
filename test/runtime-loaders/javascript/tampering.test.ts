import { expect } from 'chai';
import { program } from './program.js';

/** Replaces every method of the usual prototypes by one that looks for a MessagePort and then throws. */
const tamper = `
const found = []; const names_of = Object.getOwnPropertyNames;
const look = (value) => { if (value instanceof MessagePort || (value && value.target instanceof MessagePort)) found[0] = 'port' };
for (const object of [Array.prototype, Map.prototype, Set.prototype, WeakMap.prototype, Promise.prototype, String.prototype, RegExp.prototype,
    Function.prototype, Uint8Array.prototype.__proto__, TextEncoder.prototype, TextDecoder.prototype, EventTarget.prototype, Event.prototype,
    MessageEvent.prototype, MessagePort.prototype, Object, Reflect, JSON, Promise, Array, Blob.prototype, URL, Number, Math]) {
  for (const name of names_of(object)) {
    if (name === 'constructor' || name === 'length' || name === 'name' || name === 'prototype') continue;
    const spy = function (...args) { look(this); for (let i = 0; i < args.length; i++) look(args[i]); throw 'tampered' };
    try { object[name] = spy } catch {}
    const descriptor = { __proto__: null, configurable: true, get: function () { look(this); return spy } };
    if (object === MessagePort.prototype || object === MessageEvent.prototype || object === Event.prototype)
      try { Object_defineProperty(object, name, descriptor) } catch {}
  }
}
Array.prototype[Symbol.iterator] = function () { throw 'tampered' };
Object.prototype.then = function () { look(this) };
`;

const prelude = 'const Object_defineProperty = Object.defineProperty;';

describe('A program that replaces built-in functions', () => {
  it('still prints, ends, and never sees the port of its process', async () => {
    const { code, stdout, stderr } = await program(`${prelude}${tamper}
console.log({ a: [1, 'x', new Map()] }, 'text');
console.error('problem');
setTimeout(() => { console.log(found); process.exitCode = 3 }, 10);`);
    expect({ code, stdout, stderr }).to.deep.equal({
      code: 3,
      stdout: "{ a: [ 1, 'x', Map(0) {} ] } text\n[]\n",
      stderr: 'problem\n',
    });
  });

  it('still has its errors told', async () => {
    const { code, stderr } = await program(`${prelude}${tamper}\nthrow new Error('end');`);
    expect(code).to.equal(1);
    expect(stderr).to.match(/\nthrow new Error\('end'\);\n *\^\n\nError: end\n {4}at main\.js:\d+:\d+\n$/);
  });

  it('may freeze them', async () => {
    const { code, stdout } = await program(
      'for (const o of [Object, Array, Promise, Map, Function, String]) { Object.freeze(o); Object.freeze(o.prototype) } console.log([1, 2]); setTimeout(() => console.log(new Map([[1, 2]])))',
    );
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: '[ 1, 2 ]\nMap(1) { 1 => 2 }\n' });
  });

  it('is not called back by what it spies on while it prints', async () => {
    const { code, stdout } = await program(
      `const { push } = Array.prototype; let calls = 0;
       Array.prototype.push = function (...args) { calls++; console.log('push'); return push.apply(this, args) };
       [].push(1); console.log(calls);`,
    );
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: 'push\n1\n' });
  });
});
