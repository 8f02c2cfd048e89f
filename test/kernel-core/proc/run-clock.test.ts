import { expect } from 'chai';
import { RunClock } from '../../../kernel-core/proc/run-clock.js';

/** A clock that runs, and the moment in which it expires. */
function running(limitMs: number): { clock: RunClock; expired: Promise<void>; isExpired: () => boolean } {
  let isExpired = false;
  let expire: () => void;
  const expired = new Promise<void>((resolve) => (expire = resolve));
  const clock = new RunClock(limitMs, () => {
    isExpired = true;
    expire();
  });
  clock.letGo('start');
  return { clock, expired, isExpired: () => isExpired };
}

describe('The run time of a process', () => {
  it('does not count while a download is under way, of several the last', async () => {
    const { clock, expired, isExpired } = running(1);
    let arrive: () => void = () => undefined;
    const download = clock.during(new Promise<void>((resolve) => (arrive = resolve)));
    await clock.during(Promise.resolve());
    await running(20).expired;
    expect(isExpired()).to.equal(false);
    arrive();
    await download;
    await expired;
  });

  it('counts again after a download that failed', async () => {
    const { clock, expired } = running(1);
    await clock.during(Promise.reject(new Error('cut'))).catch(() => undefined);
    await expired;
  });

  it('counts only when nothing keeps it', async () => {
    const { clock, expired, isExpired } = running(1);
    clock.keep('input');
    clock.keep('stop');
    clock.letGo('stop');
    await running(20).expired;
    expect(isExpired()).to.equal(false);
    clock.letGo('input');
    await expired;
  });
});
