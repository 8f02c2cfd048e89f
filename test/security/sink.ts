// What has reached the network sink, by id. Ids are used once: a hit under one proves a leak.
import { testConfig } from '../test-config.js';

export interface Hit {
  readonly kind: 'http' | 'preflight' | 'websocket';
  readonly method: string;
  readonly path: string;
  readonly origin?: string;
  readonly referer?: string;
  readonly cookie?: string;
}

let next = 0;

/** An id that nobody has used. */
export function newId(name: string): string {
  next += 1;
  return `${name.replaceAll(/[^a-z0-9]+/gi, '-')}-${next}-${crypto.randomUUID()}`;
}

export async function hits(id: string): Promise<Hit[]> {
  const response = await fetch(`${testConfig.sink}/__sink/hits?id=${id}`);
  return (await response.json()) as Hit[];
}

/** How many ports have sent datagrams of any kind; nobody answers them. */
export async function senders(): Promise<number> {
  const response = await fetch(`${testConfig.sink}/__sink/totals`);
  return ((await response.json()) as { senders: number }).senders;
}

/** Asks again and again until it is so; resolves with false after `tries` answers. */
export async function eventually(isSo: () => Promise<boolean>, tries = 60): Promise<boolean> {
  for (let left = tries; left > 0; left -= 1) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** Comes back once a request that was begun later than everything before has reached the sink. */
export async function overtaken(): Promise<void> {
  const id = newId('sentinel');
  await fetch(`${testConfig.sink}/hit/${id}`);
  if ((await hits(id)).length !== 1) throw new Error('The sink does not log.');
}
