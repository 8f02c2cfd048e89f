import { expect } from 'chai';
import { printed } from './program.js';

const hex = `const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
const text = (string) => new TextEncoder().encode(string); const { subtle } = crypto;`;

describe('crypto of a JavaScript program', () => {
  it('makes random UUIDs', async () => {
    expect(
      await printed('const a = crypto.randomUUID(); console.log(a, a !== crypto.randomUUID())'),
    ).to.match(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12} true\n$/);
  });

  it('digests', async () => {
    const code = `${hex} for (const name of ['SHA-1', 'sha-256', { name: 'SHA-384' }, 'SHA-512']) console.log(hex(await subtle.digest(name, text('abc'))).slice(0, 16))`;
    expect(await printed(code)).to.equal(
      'a9993e364706816a\nba7816bf8f01cfea\ncb00753f45a35e8b\nddaf35a193617aba\n',
    );
  });

  it('signs and verifies with HMAC (RFC 4231, case 2)', async () => {
    const code = `${hex} const key = await subtle.importKey('raw', text('Jefe'), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
      const signature = await subtle.sign('HMAC', key, text('what do ya want for nothing?'));
      console.log(hex(signature), await subtle.verify('HMAC', key, signature, text('what do ya want for nothing?')), await subtle.verify('HMAC', key, signature, text('x')))`;
    expect(await printed(code)).to.equal(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843 true false\n',
    );
  });

  it('derives keys from passwords and encrypts with them', async () => {
    const code = `${hex} const base = await subtle.importKey('raw', text('password'), 'PBKDF2', false, ['deriveKey', 'deriveBits']);
      const parameters = { name: 'PBKDF2', salt: text('salt'), iterations: 2, hash: 'SHA-1' };
      console.log(hex(await subtle.deriveBits(parameters, base, 160)));
      const key = await subtle.deriveKey(parameters, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const sealed = await subtle.encrypt({ name: 'AES-GCM', iv }, key, text('secret'));
      console.log(sealed.byteLength, new TextDecoder().decode(await subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed)));
      try { new Uint8Array(sealed)[0] ^= 1; await subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed) } catch (e) { console.log(e.name) }
      try { await subtle.exportKey('raw', key) } catch (e) { console.log(e.name) }`;
    expect(await printed(code)).to.equal(
      'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957\n22 secret\nOperationError\nInvalidAccessError\n',
    );
  });

  it('signs on P-256 and shares secrets', async () => {
    const code = `${hex} const { publicKey, privateKey } = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
      const again = await subtle.importKey('spki', await subtle.exportKey('spki', publicKey), { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
      const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
      console.log(await subtle.verify(algorithm, again, await subtle.sign(algorithm, privateKey, text('m')), text('m')));
      const pair = () => subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);
      const [a, b] = [await pair(), await pair()];
      const shared = (mine, other) => subtle.deriveBits({ name: 'ECDH', public: other.publicKey }, mine.privateKey, 256);
      console.log(hex(await shared(a, b)) === hex(await shared(b, a)))`;
    expect(await printed(code)).to.equal('true\ntrue\n');
  });
});
