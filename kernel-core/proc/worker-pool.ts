// proc: the workers processes run in. A fresh worker costs 13–23 ms, so one is kept ready; a worker whose
// program ended cleanly and left nothing behind is used again (WASI), any other is terminated.
import type { PrepareMessage } from '../abi/messages.js';

export interface PooledWorker {
  readonly worker: Worker;
  readonly port: MessagePort;
}

const readyMax = 2;

export class WorkerPool {
  readonly #url: string;
  readonly #ready: PooledWorker[] = [];
  #live = 0;

  constructor(source: Blob) {
    this.#url = URL.createObjectURL(source);
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
  end({ worker, port }: PooledWorker): void {
    port.onmessage = null;
    port.onmessageerror = null;
    port.close();
    worker.terminate();
    this.#live -= 1;
  }

  #create(): PooledWorker {
    const worker = new Worker(this.#url, { name: 'wasm-elements process' });
    const { port1, port2 } = new MessageChannel();
    const message: PrepareMessage = { type: 'prepare', port: port2 };
    worker.postMessage(message, [port2]);
    this.#live += 1;
    return { worker, port: port1 };
  }
}
