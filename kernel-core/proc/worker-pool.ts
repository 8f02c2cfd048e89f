// proc: the workers processes run in. A fresh worker costs 13–23 ms, so one is kept ready; a worker whose
// program ended cleanly and left nothing behind is used again (WASI), any other is terminated.
// Must always hold: a worker that has run a loader only ever runs that loader again, for its realm is sealed
// and other loaders would not find what they take of it while they are evaluated.
import type { PreloadMessage, PrepareMessage, SpareAssetMessage, SpareMessage } from '../abi/messages.js';
import type { WorkerHost } from './worker-host.js';
import { WorkerPrograms } from './worker-programs.js';

export interface PooledWorker {
  readonly port: MessagePort;
  /**
   * What the program that runs in it sends. Its port keeps one handler, which calls these (`listen`): to set one for
   * every program costs as much as half a dozen messages.
   */
  onmessage: ((event: MessageEvent<unknown>) => void) | undefined;
  onmessageerror: (() => void) | undefined;
  /** Called when the worker cannot be started or an error in it went uncaught. */
  onfailed: ((message: string) => void) | undefined;
  terminate(): void;
  /** The loader it has run. */
  loader: string | undefined;
  /** Of a worker that has run a program: the tree its view is of, and the place in the journal it has reached. */
  view: KeptView | undefined;
  readonly programs: WorkerPrograms;
  /** Where its programs are answered on `shared`. */
  slot: SharedArrayBuffer | undefined;
  /** Memory it has for a pipe, which no other worker knows yet. */
  pipeMemory?: SharedArrayBuffer | undefined;
}

/** From now on what comes over the port of a worker is given to `onmessage` and `onmessageerror`; what they do not take is gone. */
export function listen(worker: PooledWorker): void {
  worker.port.onmessage ??= (event: MessageEvent<unknown>) => worker.onmessage?.(event);
  worker.port.onmessageerror ??= () => worker.onmessageerror?.();
}

export interface KeptView {
  readonly tree: object;
  readonly position: number;
  /** Whose it was: it may have changes that nobody told it are in order. */
  readonly pid: number;
}

export interface SpareWorker {
  /** Whether no program has taken it. */
  readonly isReady: () => boolean;
  /** Something it needs has come; a program that runs in it by now may be waiting for that. */
  readonly give: (asset: SpareAssetMessage) => void;
  /** Ends it, unless a program has taken it. */
  readonly end: () => void;
}

interface ReadyWorker {
  readonly worker: PooledWorker;
  /** What a fresh one has been told to import. */
  preloaded?: string;
  /** What it ran last, or has up; undefined: nothing yet. */
  readonly loader: string | undefined;
  /** It has a runtime up and has run nothing. */
  readonly isSpare?: true;
}

/** Used workers kept for the next program of their loader. */
const usedMax = 4;

export class WorkerPool {
  readonly #host: WorkerHost;
  readonly #ready: ReadyWorker[] = [];
  #live = 0;

  constructor(host: WorkerHost) {
    this.#host = host;
  }

  /** How many workers there are, ready or taken. */
  get size(): number {
    return this.#live;
  }

  /** Whether a worker of this loader waits, and a fresh one. */
  hasReady(loader: string): boolean {
    return [loader, undefined].every((wanted) => this.#ready.some((ready) => ready.loader === wanted));
  }

  /** Sees to it that a fresh worker is ready for the next process, with a loader imported in advance. */
  warm(preload?: { readonly key: string; readonly loader: Blob }): void {
    let fresh = this.#ready.find((ready) => ready.loader === undefined);
    if (fresh === undefined) {
      fresh = { worker: this.#create(), loader: undefined };
      this.#ready.push(fresh);
    }
    if (preload === undefined || fresh.preloaded === preload.key) return;
    fresh.preloaded = preload.key;
    const message: PreloadMessage = { type: 'preload', ...preload };
    fresh.worker.port.postMessage(message);
  }

  /** Has a worker bring a runtime up and wait for its first program. */
  addSpare(message: SpareMessage): SpareWorker {
    const fresh = this.#ready.findIndex(({ loader, preloaded }) => (loader ?? preloaded) === undefined);
    const worker = (fresh < 0 ? undefined : this.#ready.splice(fresh, 1)[0]?.worker) ?? this.#create();
    const ready: ReadyWorker = { worker, loader: message.key, isSpare: true };
    worker.loader = message.key;
    worker.onfailed = () => end();
    const end = (): void => {
      const index = this.#ready.indexOf(ready);
      if (index < 0) return;
      this.#ready.splice(index, 1);
      this.end(worker);
    };
    this.#ready.push(ready);
    worker.port.postMessage(message);
    const give = (asset: SpareAssetMessage): void => {
      if (!(asset.bytes instanceof Uint8Array)) return worker.port.postMessage(asset);
      const bytes = asset.bytes.slice();
      worker.port.postMessage({ ...asset, bytes }, [bytes.buffer]);
    };
    return { isReady: () => this.#ready.includes(ready), give, end };
  }

  /** A worker for a program of this loader: one that ran it before, on this tree if possible, else a fresh one. */
  take(loader: string, tree: object): PooledWorker {
    const wanted: ((ready: ReadyWorker) => boolean)[] = [
      (ready) => ready.loader === loader && ready.worker.view?.tree === tree,
      (ready) => ready.loader === loader,
      (ready) => ready.loader === undefined,
    ];
    for (const suits of wanted) {
      const index = this.#ready.findLastIndex(suits);
      const [ready] = index < 0 ? [] : this.#ready.splice(index, 1);
      if (ready !== undefined) return ready.worker;
    }
    return this.#create();
  }

  /** Gives a clean worker back. */
  giveBack(worker: PooledWorker, loader: string): void {
    const used = this.#ready.filter((ready) => ready.loader !== undefined && ready.isSpare !== true);
    worker.loader = loader;
    if (used.length >= usedMax) this.end(worker);
    else this.#ready.push({ worker, loader });
  }

  /** Ends a worker that will not be used again. */
  end(worker: PooledWorker): void {
    worker.port.onmessage = null;
    worker.port.onmessageerror = null;
    worker.onmessage = worker.onmessageerror = worker.onfailed = undefined;
    worker.port.close();
    worker.terminate();
    this.#live -= 1;
  }

  #create(): PooledWorker {
    const { port1, port2 } = new MessageChannel();
    const message: PrepareMessage = { type: 'prepare', port: port2 };
    const worker: PooledWorker = {
      port: port1,
      onmessage: undefined,
      onmessageerror: undefined,
      onfailed: undefined,
      loader: undefined,
      view: undefined,
      programs: new WorkerPrograms(),
      slot: undefined,
      terminate: () => end(),
    };
    const end = this.#host.start(message, [port2], (text) => worker.onfailed?.(text));
    this.#live += 1;
    return worker;
  }
}
