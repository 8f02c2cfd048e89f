// One attack: without a sandbox it must reach the sink, from inside it must not.
import { expect } from 'chai';
import { testConfig } from '../test-config.js';
import { armed, type Attack } from './attacks.js';
import { runPlainly } from './plain.js';
import { eventually, hits, newId, overtaken, senders } from './sink.js';

/** Ids that were attacked from inside; nothing may ever arrive under them. */
const watched: string[] = [];
const valid = new Map<Attack, boolean>();

/**
 * Whether the attack works in this browser at all. Throws when that is not what its table says: an attack
 * that reaches nothing by itself proves nothing.
 */
export async function isValid(attack: Attack): Promise<boolean> {
  const known = valid.get(attack);
  if (known !== undefined) return known;
  const browser = testConfig.lane.split('-')[0] as 'chromium' | 'firefox' | 'webkit';
  const reason = attack.invalid?.[browser];
  let reached = false;
  // More than one try: a nested worker does not always start in Firefox (kernel-core/proc/worker-host.ts).
  for (let tries = reason === undefined ? 3 : 1; tries > 0 && !reached; tries -= 1) {
    const id = newId(`plain ${attack.name}`);
    const before = await senders();
    const dispose = await runPlainly(attack.plain, armed(attack, `${testConfig.sink}/hit/${id}`));
    reached = await eventually(
      async () => (attack.leaves === 'hit' ? (await hits(id)).length > 0 : (await senders()) > before),
      reason === undefined ? 60 : 5,
    );
    dispose();
  }
  // Datagrams do not say whose they are: that one came proves nothing where the table says none should.
  if (reason !== undefined && attack.leaves === 'datagram') reached = false;
  expect(reached, `${attack.name} without a sandbox (${reason ?? 'valid'})`).to.equal(reason === undefined);
  if (attack.leaves === 'datagram') await quiet();
  valid.set(attack, reached);
  return reached;
}

/** Runs it inside by `run` and looks at the sink. */
export async function checkContained(attack: Attack, run: (body: string) => Promise<unknown>): Promise<void> {
  const id = newId(`inside ${attack.name}`);
  watched.push(id);
  const before = await senders();
  await run(armed(attack, `${testConfig.sink}/hit/${id}`));
  await overtaken();
  expect(await hits(id), attack.name).to.deep.equal([]);
  if (attack.leaves === 'datagram') expect(await senders(), attack.name).to.equal(before);
}

/** For the end of a file: nothing came late. */
export async function nothingArrivedLate(): Promise<void> {
  await overtaken();
  for (const id of watched) expect(await hits(id), id).to.deep.equal([]);
}

/** A connection may be tried from more than one port. */
async function quiet(): Promise<void> {
  let last = -1;
  let same = 0;
  await eventually(async () => {
    const now = await senders();
    same = now === last ? same + 1 : 0;
    last = now;
    return same >= 8;
  }, 100);
}
