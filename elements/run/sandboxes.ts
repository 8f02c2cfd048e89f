// elements/run: who lives in which sandbox. An element has its own, elements of one session share one;
// a sandbox is disposed when the last element that uses it gives it back.
import { Kernel, type FileContent, type Sandbox } from '../../kernel-core/client/index.js';
import type { Settings } from './settings.js';

/** An element's share of a sandbox. */
interface Lease {
  readonly sandbox: Sandbox;
  /** Whether a run with these settings may use it. */
  fits(settings: Settings): boolean;
  release(): void;
}

const users = new Map<string, number>();

/**
 * Takes a sandbox with these files. Joining a session that has another grant or limit rejects with the
 * kernel's ECONFLICT.
 */
async function lease(settings: Settings, files: Readonly<Record<string, FileContent>>): Promise<Lease> {
  const { session, network, memoryBytes } = settings;
  if (session !== undefined) users.set(session, (users.get(session) ?? 0) + 1);
  let released = false;
  try {
    const kernel = await Kernel.boot();
    const sandbox = await kernel.sandbox({
      files: { ...files },
      network,
      ...(memoryBytes === undefined ? {} : { limits: { memoryBytes } }),
      ...(session === undefined ? {} : { name: session }),
    });
    return {
      sandbox,
      fits: (other) => key(other) === key(settings),
      release: () => {
        if (released) return;
        released = true;
        if (leave(session)) void sandbox.dispose().catch(gone);
      },
    };
  } catch (error) {
    leave(session);
    throw error;
  }
}

/** The sandbox of one element, from one run to the next. */
export class OwnSandbox {
  #lease: Promise<Lease> | undefined;
  #sandbox: Sandbox | null = null;

  /** Null before the first run and after `giveBack`. */
  get sandbox(): Sandbox | null {
    return this.#sandbox;
  }

  /**
   * That of the last run, unless the settings now ask for another. `again`: what is done with the files where the
   * sandbox has been there before.
   */
  async get(
    settings: Settings,
    files: Readonly<Record<string, FileContent>>,
    signal: AbortSignal,
    again: 'write' | 'keep',
  ): Promise<Sandbox> {
    const before = await this.#lease?.catch(gone);
    // Nobody would give back what a run takes that is over already.
    signal.throwIfAborted();
    if (before?.fits(settings)) {
      if (again === 'write') await before.sandbox.putFiles({ ...files });
      return before.sandbox;
    }
    this.giveBack();
    const mine = (this.#lease = lease(settings, files));
    const { sandbox } = await mine;
    if (this.#lease === mine) this.#sandbox = sandbox;
    return sandbox;
  }

  giveBack(): void {
    void this.#lease?.then(({ release }) => release(), gone);
    this.#lease = undefined;
    this.#sandbox = null;
  }
}

/** Whether nobody else is in there. */
function leave(session: string | undefined): boolean {
  if (session === undefined) return true;
  const left = (users.get(session) ?? 1) - 1;
  if (left > 0) users.set(session, left);
  else users.delete(session);
  return left === 0;
}

const key = ({ session, network, memoryBytes }: Settings): string =>
  JSON.stringify([session, network, memoryBytes]);

/** A sandbox that died with its kernel needs no disposal. */
const gone = (): void => undefined;
