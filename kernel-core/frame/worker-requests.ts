// frame: starts and ends process workers for a kernel that cannot (`proc/worker-host.ts` says when).
// The window only holds them; what they say goes over the port it passes on and never sees again.
import type { FrameWorkerReport, FrameWorkerRequest } from '../protocol/frame.js';

/** Serves the kernel's requests for as long as the document lives. */
export function serveWorkerRequests(kernel: Worker): void {
  const workers = new Map<number, Worker>();
  let url = '';
  kernel.onmessage = ({ data, ports }: MessageEvent<FrameWorkerRequest>) => {
    if (data.type === 'source') {
      url = URL.createObjectURL(data.source);
    } else if (data.type === 'start') {
      const worker = new Worker(url, { name: 'wasm-elements process' });
      worker.onerror = (event) => {
        event.preventDefault();
        const report: FrameWorkerReport = { worker: data.worker, message: event.message };
        kernel.postMessage(report);
      };
      worker.postMessage(data.message, [...ports]);
      workers.set(data.worker, worker);
    } else {
      const worker = workers.get(data.worker);
      if (worker === undefined) return;
      workers.delete(data.worker);
      worker.onerror = null;
      worker.terminate();
    }
  };
}
