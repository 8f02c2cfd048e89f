import { expect } from 'chai';
import { Guest, result } from './guest.js';

const words = (guest: Guest, sizes: string, get: string): string[] => {
  expect(guest.call(sizes, result, result + 4)).to.equal('OK');
  const [count, bytes] = [guest.u32, guest.data.getUint32(result + 4, true)];
  expect(guest.call(get, 1024, 2048)).to.equal('OK');
  const text = guest.text(2048, bytes);
  const pointers = Array.from({ length: count }, (_, index) => guest.data.getUint32(1024 + index * 4, true));
  const read = pointers.map((at) => text.slice(at - 2048).split('\0')[0] ?? '');
  expect(text).to.equal(read.map((word) => `${word}\0`).join(''));
  return read;
};

/** One subscription of 48 bytes at its place. */
const subscribe = (
  guest: Guest,
  index: number,
  subscription: { userdata: bigint; type: number; fd?: number; clock?: number; ns?: bigint; flags?: number },
): void => {
  const at = 1024 + index * 48;
  const { data } = guest;
  data.setBigUint64(at, subscription.userdata, true);
  data.setUint8(at + 8, subscription.type);
  data.setUint32(at + 16, subscription.fd ?? subscription.clock ?? 0, true);
  data.setBigUint64(at + 24, subscription.ns ?? 0n, true);
  data.setUint16(at + 40, subscription.flags ?? 0, true);
};

const events = (guest: Guest): { userdata: bigint; error: number; type: number; bytes: bigint }[] =>
  Array.from({ length: guest.u32 }, (_, index) => {
    const at = 2048 + index * 32;
    const { data } = guest;
    return {
      userdata: data.getBigUint64(at, true),
      error: data.getUint16(at + 8, true),
      type: data.getUint8(at + 10),
      bytes: data.getBigUint64(at + 16, true),
    };
  });

describe('WASI calls', () => {
  it('give arguments and environment as they were given, in UTF-8', () => {
    const guest = new Guest({
      argv: ['prog', '', 'zwei Wörter'],
      env: { A: '1', EMPTY: '', PATH: '/a:/b=c' },
    });
    expect(words(guest, 'args_sizes_get', 'args_get')).to.deep.equal(['prog', '', 'zwei Wörter']);
    expect(words(guest, 'environ_sizes_get', 'environ_get')).to.deep.equal(['A=1', 'EMPTY=', 'PATH=/a:/b=c']);
  });

  it('tell the time on four clocks and know no fifth', () => {
    const guest = new Guest();
    const before = BigInt(Date.now()) * 1_000_000n;
    expect(guest.call('clock_time_get', 0, 0n, result)).to.equal('OK');
    expect(guest.u64 >= before).to.equal(true);
    for (const clock of [0, 1, 2, 3]) {
      expect(guest.call('clock_res_get', clock, result)).to.equal('OK');
      expect(guest.u64 > 0n).to.equal(true);
      expect(guest.call('clock_time_get', clock, 0n, result)).to.equal('OK');
      const first = guest.u64;
      expect(guest.call('clock_time_get', clock, 0n, result)).to.equal('OK');
      expect(guest.u64 >= first).to.equal(true);
    }
    expect(guest.call('clock_time_get', 4, 0n, result)).to.equal('EINVAL');
    expect(guest.call('clock_res_get', -1, result)).to.equal('EINVAL');
  });

  it('fill more memory with random bytes than the browser gives at once', () => {
    const guest = new Guest();
    guest.memory.grow(3);
    const length = 200_000;
    expect(guest.call('random_get', 1000, length)).to.equal('OK');
    const bytes = new Uint8Array(guest.memory.buffer, 1000, length);
    for (let at = 0; at < length; at += 50_000)
      expect(bytes.subarray(at, at + 64).some(Boolean)).to.equal(true);
    expect(new Uint8Array(guest.memory.buffer)[1000 + length]).to.equal(0);
    expect(guest.call('random_get', 0, 0)).to.equal('OK');
  });

  it('yield', () => {
    expect(new Guest().call('sched_yield')).to.equal('OK');
  });

  it('poll what is ready at once, and bad descriptors as errors of their own', () => {
    const guest = new Guest({ stdin: 'typed', files: { '/home/user/a': 'text' } });
    const fd = guest.open(3, 'a') as number;
    subscribe(guest, 0, { userdata: 7n, type: 1, fd: 0 });
    subscribe(guest, 1, { userdata: 8n, type: 2, fd: 1 });
    subscribe(guest, 2, { userdata: 9n, type: 1, fd });
    subscribe(guest, 3, { userdata: 10n, type: 1, fd: 99 });
    subscribe(guest, 4, { userdata: 11n, type: 0, clock: 1, ns: 10n ** 15n });
    subscribe(guest, 5, { userdata: 12n, type: 2, fd: 0 });
    expect(guest.call('poll_oneoff', 1024, 2048, 6, result)).to.equal('OK');
    const found = events(guest);
    expect(found.map(({ userdata }) => userdata)).to.have.members([7n, 8n, 9n, 10n, 12n]);
    expect(found.find(({ userdata }) => userdata === 9n)).to.include({ type: 1, error: 0, bytes: 4n });
    expect(found.find(({ userdata }) => userdata === 10n)).to.include({ error: 8 });
    expect(found.find(({ userdata }) => userdata === 12n)).to.include({ error: 8 });
  });

  it('poll past times at once', () => {
    const guest = new Guest();
    subscribe(guest, 0, { userdata: 1n, type: 0, clock: 0, ns: 5n, flags: 1 });
    subscribe(guest, 1, { userdata: 2n, type: 0, clock: 9, ns: 5n });
    expect(guest.call('poll_oneoff', 1024, 2048, 2, result)).to.equal('OK');
    expect(events(guest).map(({ userdata, error }) => [userdata, error])).to.have.deep.members([
      [1n, 0],
      [2n, 28],
    ]);
    expect(guest.call('poll_oneoff', 1024, 2048, 0, result)).to.equal('EINVAL');
    subscribe(guest, 0, { userdata: 1n, type: 3 });
    expect(guest.call('poll_oneoff', 1024, 2048, 1, result)).to.equal('EINVAL');
  });
});
