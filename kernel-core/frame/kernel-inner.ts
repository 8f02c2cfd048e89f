// frame: the inner document of the sandbox frame. It starts the kernel worker and reports what goes wrong;
// it never runs user code (DESIGN §2).
import type { KernelFramePayload, KernelFrameReport } from '../protocol/frame.js';
import { opened } from './opened.js';
import { serveWorkerRequests } from './worker-requests.js';

opened((payload, [control, kernelPort]) => {
  if (control === undefined || kernelPort === undefined) return;
  const report = (message: KernelFrameReport): void => control.postMessage(message);

  addEventListener('securitypolicyviolation', (event) => {
    report({ type: 'violation', directive: event.effectiveDirective, blocked: event.blockedURI });
  });
  try {
    const url = URL.createObjectURL((payload as KernelFramePayload).kernel);
    const worker = new Worker(url, { name: 'wasm-elements kernel' });
    worker.addEventListener('error', (event) => {
      report({ type: 'worker-error', message: event.message || 'the worker did not start' });
    });
    serveWorkerRequests(worker);
    worker.postMessage({ type: 'boot' }, [kernelPort]);
    report({ type: 'started' });
  } catch (error) {
    report({ type: 'worker-error', message: String(error) });
  }
});
