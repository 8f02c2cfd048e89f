// proc: who starts process workers. The kernel does, as workers of its own, but not in Firefox (153): there
// `new Worker` inside a worker every now and then never returns, most often while others come and go, and
// with it hangs the whole kernel. Started by the frame's window they never did.
// Must always hold: whoever started a worker ends it; a frame that is removed takes both kinds with it.
import { isFirefox } from '../abi/engine.js';
import type { FrameWorkerReport, FrameWorkerRequest } from '../protocol/frame.js';

export interface WorkerHost {
  /** Starts a worker and posts it its first message; the result ends it. `failed` may be called often. */
  start(message: unknown, transfer: MessagePort[], failed: (message: string) => void): () => void;
}

/** The host that suits this browser. */
export function chooseWorkerHost(source: Blob): WorkerHost {
  return isFirefox ? new FrameWorkers(source) : new OwnWorkers(source);
}

class OwnWorkers implements WorkerHost {
  readonly #url: string;

  constructor(source: Blob) {
    this.#url = URL.createObjectURL(source);
  }

  start(message: unknown, transfer: MessagePort[], failed: (message: string) => void): () => void {
    const worker = new Worker(this.#url, { name: 'wasm-elements process' });
    worker.onerror = (event) => {
      event.preventDefault();
      failed(event.message);
    };
    worker.postMessage(message, transfer);
    return () => {
      worker.onerror = null;
      worker.terminate();
    };
  }
}

/**
 * Requests are worker messages, not messages of a port: in Firefox those of all ports pass through one
 * thread, and a process that floods its own would delay the request to end it.
 */
class FrameWorkers implements WorkerHost {
  readonly #failed = new Map<number, (message: string) => void>();
  #next = 1;

  constructor(source: Blob) {
    self.onmessage = ({ data }: MessageEvent<FrameWorkerReport>) =>
      this.#failed.get(data.worker)?.(data.message);
    this.#ask({ type: 'source', source });
  }

  start(message: unknown, transfer: MessagePort[], failed: (message: string) => void): () => void {
    const worker = this.#next;
    this.#next += 1;
    this.#failed.set(worker, failed);
    this.#ask({ type: 'start', worker, message }, transfer);
    return () => {
      if (this.#failed.delete(worker)) this.#ask({ type: 'end', worker });
    };
  }

  #ask(request: FrameWorkerRequest, transfer: MessagePort[] = []): void {
    self.postMessage(request, transfer);
  }
}
