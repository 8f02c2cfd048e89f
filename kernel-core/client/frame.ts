// client: opens the frames everything untrusted lives in (DESIGN §2). The outer document stands in the
// page as srcdoc or as the hosted frame.html; the inner one gets its role's CSP, payload and ports.
import { innerScripts, outerHtml } from 'virtual:frames';
import type { OpenFrameMessage, OuterReport } from '../protocol/frame.js';
import { read } from './configuration.js';
import { KernelError } from './kernel-error.js';

export interface FrameOptions {
  /** In force for outer and inner document. */
  readonly csp: string;
  /** The inner document; see `innerDocument`. */
  readonly html: string;
  /** For the inner document; a promise is awaited while the frame loads. */
  readonly payload?: unknown;
  /** Handed to the inner document in this order. */
  readonly ports: readonly MessagePort[];
  /** Where the frame stands. Default: hidden, on the document's element, where a swapped body leaves it. */
  readonly parent?: Element | ShadowRoot;
  /** Sandbox tokens besides `allow-scripts`. */
  readonly sandbox?: readonly string[];
  readonly title?: string;
  readonly signal?: AbortSignal;
}

/**
 * Opens a frame and resolves with its element once the outer document has been given everything.
 * Whether the inner one runs, its own ports must tell. Rejects with EFRAME where the page's policy
 * forbids the frame, and with the signal's reason. The caller removes the element.
 */
export async function openFrame(options: FrameOptions): Promise<HTMLIFrameElement> {
  const { signal } = options;
  signal?.throwIfAborted();
  const frame = document.createElement('iframe');
  const sandbox = ['allow-scripts', ...(options.sandbox ?? [])].join(' ');
  frame.setAttribute('sandbox', sandbox);
  frame.allow = 'cross-origin-isolated';
  frame.referrerPolicy = 'no-referrer';
  frame.title = options.title ?? 'wasm-elements sandbox';
  if (options.parent === undefined) {
    frame.hidden = true;
    frame.tabIndex = -1;
    frame.setAttribute('aria-hidden', 'true');
    // `hidden` alone can be overridden by the page's style sheet.
    frame.style.setProperty('display', 'none', 'important');
  }
  const hosted = read().frame;
  if (hosted === undefined) frame.srcdoc = outerHtml;
  else frame.src = hosted;

  const blocked = watchPolicy();
  let payload: unknown;
  try {
    const loaded = new Promise<void>((resolve, reject) => {
      frame.addEventListener('load', () => resolve(), { once: true });
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      blocked.onblocked = reject;
      (options.parent ?? document.documentElement).append(frame);
    });
    [payload] = await Promise.all([options.payload, loaded]);
  } catch (error) {
    frame.remove();
    throw error;
  } finally {
    blocked.stop();
  }
  const message: OpenFrameMessage = {
    type: 'wasm-elements:open',
    csp: options.csp,
    html: options.html,
    sandbox,
    payload,
  };
  const opened = answerOf(frame, hosted);
  frame.contentWindow?.postMessage(message, '*', [...options.ports]);
  try {
    await opened;
  } catch (error) {
    frame.remove();
    throw error;
  }
  return frame;
}

/** The outer document's script ran before `load`, so it answers within a turn, or it was not let run. */
const answerLimitMs = 6000;

function answerOf(frame: HTMLIFrameElement, hosted: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      removeEventListener('message', listen);
    };
    const listen = ({ source, data }: MessageEvent<Partial<OuterReport> | null>): void => {
      if (source !== frame.contentWindow || data?.type !== 'wasm-elements:opened') return;
      stop();
      resolve();
    };
    const timer = setTimeout(() => {
      stop();
      reject(hosted === undefined ? inlineBlocked() : notAFrame(hosted));
    }, answerLimitMs);
    addEventListener('message', listen);
  });
}

function inlineBlocked(): KernelError {
  return new KernelError(
    'EFRAME',
    'The page’s Content-Security-Policy does not let the sandbox frame run its script.',
    {
      hint:
        'Set configure({ frame }), or <meta name="wasm-elements:frame" content="/frame.html">, to a hosted copy of ' +
        'dist/frame.html: a frame with an address is not bound by the page’s policy.',
    },
  );
}

function notAFrame(url: string): KernelError {
  return new KernelError('EFRAME', `${url} did not answer as the sandbox frame does.`, {
    hint: 'It must be dist/frame.html of this version, served without a Content-Security-Policy that forbids its inline script, and the page’s frame-src must allow it.',
  });
}

/** An inner document that runs one of our scripts, allowed by its hash and by nothing else. */
export function innerDocument(role: keyof typeof innerScripts, csp: string): string {
  return (
    `<!doctype html><meta charset="utf-8">` +
    `<meta http-equiv="Content-Security-Policy" content="${csp.replaceAll('"', '&quot;')}">` +
    `<script>${innerScripts[role].text}</script>`
  );
}

/** CSP hash of a role's inner script. */
export function innerScriptHash(role: keyof typeof innerScripts): string {
  return innerScripts[role].hash;
}

/** A policy of the page that stops the frame is reported to the page, mostly. */
function watchPolicy(): { onblocked: ((error: KernelError) => void) | undefined; stop(): void } {
  const listen = (event: SecurityPolicyViolationEvent): void => {
    if (event.disposition !== 'enforce' || !/^(frame|child|default)-src/.test(event.effectiveDirective))
      return;
    watch.onblocked?.(
      new KernelError(
        'EFRAME',
        `The page’s Content-Security-Policy (${event.effectiveDirective}) does not allow the sandbox frame.`,
        { hint: 'Allow the host of frame.html in frame-src.' },
      ),
    );
  };
  document.addEventListener('securitypolicyviolation', listen);
  const watch: ReturnType<typeof watchPolicy> = {
    onblocked: undefined,
    stop: () => document.removeEventListener('securitypolicyviolation', listen),
  };
  return watch;
}
