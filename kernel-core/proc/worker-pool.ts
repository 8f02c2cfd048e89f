// proc: the workers processes run in. A fresh worker costs 13–23 ms, so one is kept ready; a worker whose
// program ended cleanly and left nothing behind is used again (WASI), any other is terminated.
import type { PrepareMessage } from '../abi/messages.js';
import type { WorkerHost } from './worker-host.js';

export interface PooledWorker {
  readonly port: MessagePort;
  /** Called when the worker cannot be started or an error in it went uncaught. */
  onfailed: ((message: string) => void) | undefined;
  terminate(): void;
}

const readyMax = 2;

export class WorkerPool {
  readonly #host: WorkerHost;
  readonly #ready: PooledWorker[] = [];
  #live = 0;

  constructor(host: WorkerHost) {
    this.#host = host;
  }

  /** How many workers there are, ready or taken. */
  get size(): number {
    return this.#live;
  }

  /** Sees to it that a worker is ready for the next process. */
  warm(): void {
    if (this.#ready.length === 0) this.#ready.push(this.#create());
  }

  take(): PooledWorker {
    return this.#ready.pop() ?? this.#create();
  }

  /** Gives a clean worker back. */
  giveBack(worker: PooledWorker): void {
    if (this.#ready.length >= readyMax) this.end(worker);
    else this.#ready.push(worker);
  }

  /** Ends a worker that will not be used again. */
  end(worker: PooledWorker): void {
    worker.port.onmessage = null;
    worker.port.onmessageerror = null;
    worker.onfailed = undefined;
    worker.port.close();
    worker.terminate();
    this.#live -= 1;
  }

  #create(): PooledWorker {
    const { port1, port2 } = new MessageChannel();
    const message: PrepareMessage = { type: 'prepare', port: port2 };
    const worker: PooledWorker = { port: port1, onfailed: undefined, terminate: () => end() };
    const end = this.#host.start(message, [port2], (text) => worker.onfailed?.(text));
    this.#live += 1;
    return worker;
  }
}
