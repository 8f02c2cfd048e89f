// frame: the outer document of every frame we open (kernel, broker, preview), also served as frame.html.
// It runs this script and nothing else. Its own CSP (frame-src 'none') is what stops the inner document
// from navigating itself anywhere; the role's CSP is added before the inner document exists.
import type { OpenFrameMessage, OuterReport } from '../protocol/frame.js';

const allowed = new Set(['allow-scripts', 'allow-forms', 'allow-modals', 'allow-pointer-lock']);

function open(event: MessageEvent): void {
  const message = event.data as Partial<OpenFrameMessage> | null;
  // Any window on the page can post here; only the first message of the opener counts.
  if (event.source !== parent || message?.type !== 'wasm-elements:open') return;
  removeEventListener('message', open);
  const opened: OuterReport = { type: 'wasm-elements:opened' };
  parent.postMessage(opened, '*');

  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = String(message.csp);
  document.head.append(policy);

  for (const element of [document.documentElement, document.body]) {
    Object.assign(element.style, { margin: '0', height: '100%', overflow: 'hidden' });
  }
  const inner = document.createElement('iframe');
  const tokens = String(message.sandbox).split(' ');
  inner.setAttribute('sandbox', tokens.filter((token) => allowed.has(token)).join(' '));
  inner.allow = 'cross-origin-isolated';
  inner.referrerPolicy = 'no-referrer';
  Object.assign(inner.style, { display: 'block', border: '0', width: '100%', height: '100%' });
  const ports = [...event.ports];
  inner.addEventListener(
    'load',
    () => inner.contentWindow?.postMessage({ type: message.type, payload: message.payload }, '*', ports),
    { once: true },
  );
  inner.srcdoc = String(message.html);
  document.body.append(inner);

  // Where the inner document tried to navigate to; nobody but this document hears of it.
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
    if (effectiveDirective !== 'frame-src') return;
    const report: OuterReport = { type: 'wasm-elements:blocked', url: blockedURI };
    parent.postMessage(report, '*');
  });
}

addEventListener('message', open);
