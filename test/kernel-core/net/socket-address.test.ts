import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  decodeSocketAddress,
  encodeSocketAddress,
  ipv6Groups,
  type SocketAddress,
} from '../../../kernel-core/abi/socket-address.js';

const both = (address: SocketAddress): SocketAddress | undefined => {
  const bytes = encodeSocketAddress(address);
  return bytes && decodeSocketAddress(bytes);
};

describe('socket addresses', () => {
  it('are laid out as C programs have them', () => {
    expect([...(encodeSocketAddress({ family: 'inet', host: '127.0.0.1', port: 8080 }) ?? [])]).to.deep.equal(
      [2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    );
    const six = encodeSocketAddress({ family: 'inet6', host: '::1', port: 80 });
    expect(six).to.have.length(28);
    expect([...(six ?? [])].slice(0, 4)).to.deep.equal([10, 0, 0, 80]);
    expect(six?.[23]).to.equal(1);
    expect([...(encodeSocketAddress({ family: 'unix', path: '/é' }) ?? [])]).to.deep.equal([
      1, 0, 0x2f, 0xc3, 0xa9, 0,
    ]);
  });

  it('come back as they went', () => {
    const hosts: [SocketAddress['family'], string][] = [
      ['inet', '0.0.0.0'],
      ['inet6', '::'],
      ['inet6', '::1'],
      ['inet6', '::ffff:127.0.0.1'],
      ['inet6', '2001:db8::1:0:0:1'],
      ['inet6', '1:2:3:4:5:6:7:8'],
      ['inet6', 'fe80::'],
    ];
    for (const [family, host] of hosts) {
      if (family === 'unix') continue;
      expect(both({ family, host, port: 65_535 })).to.deep.equal({ family, host, port: 65_535 });
    }
    for (const path of ['', '/tmp/s', '/tmp/漢字', '\0abstract\0name']) {
      expect(both({ family: 'unix', path })).to.deep.equal({ family: 'unix', path });
    }
  });

  it('are refused when they are none', () => {
    for (const host of ['', '1.2.3', '1.2.3.256', 'localhost']) {
      expect(encodeSocketAddress({ family: 'inet', host, port: 1 })).to.equal(undefined);
    }
    for (const host of [
      '',
      ':',
      ':::',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      'g::',
      '1::2:3:4:5:6:7:8',
    ]) {
      expect(ipv6Groups(host), host).to.equal(undefined);
    }
    expect(encodeSocketAddress({ family: 'unix', path: 'x'.repeat(200) })).to.equal(undefined);
    expect(decodeSocketAddress(Uint8Array.of(2, 0, 0, 80))).to.equal(undefined);
    expect(decodeSocketAddress(Uint8Array.of(99, 0, 0, 80))).to.equal(undefined);
  });

  it('are read from any bytes without harm', () => {
    const family = fc.constantFrom(1, 2, 10, 77);
    fc.assert(
      fc.property(family, fc.uint8Array({ maxLength: 130 }), (number, rest) => {
        const address = decodeSocketAddress(Uint8Array.of(number, 0, ...rest));
        if (address === undefined || address.family === 'unix') return;
        expect(both(address)).to.deep.equal(address);
      }),
    );
  });
});
