// kernel worker entry: only wires. The sandbox frame posts the page's port once.
//   port ── comlink ──▶ Kernel;   Kernel ── comlink ──▶ the page's service, over a second port
import { expose, wrap } from 'comlink';
import { Kernel } from './kernel.js';
import type { PageService } from './protocol/kernel-service.js';

self.onmessage = ({ data, ports }: MessageEvent<{ type?: unknown }>) => {
  const [port] = ports;
  if (data.type !== 'boot' || port === undefined) return;
  self.onmessage = null;
  // First message on the port: where the page answers.
  port.onmessage = ({ ports: [pagePort] }: MessageEvent) => {
    if (pagePort === undefined) return;
    port.onmessage = null;
    expose(new Kernel(wrap<PageService>(pagePort)), port);
    port.postMessage({ type: 'ready' });
  };
};
