// client: shows a piece of untrusted markup in an opaque frame of its own (DESIGN §2, rich output), as high as its
// content. No script of it runs and no request leaves it, whatever the sandbox around it was granted.
import type { Look, LookMessage, MarkupPayload, MarkupReport } from '../protocol/markup.js';
import { innerDocument, innerScriptHash, openFrame } from './frame.js';
import { KernelError } from './kernel-error.js';
import { FloodGauge } from './preview/flood.js';

export type { Look };

export interface MarkupOptions {
  /** Where the frame stands: a closed tree, so that no other window finds it in `top.frames`. */
  readonly parent: ShadowRoot;
  readonly html: string;
  /** What assistive technology calls the frame. */
  readonly title: string;
  readonly look: Look;
  /** The content is so high now, never more than `heightMax`; from there on it scrolls. */
  onHeight(px: number): void;
  /** Ends it, also while it is being opened. */
  readonly signal: AbortSignal;
}

export interface Markup {
  /** The markup has scripts, which do not run. */
  readonly scripts: boolean;
  setLook(look: Look): void;
}

/** A frame cannot make the page longer than this, in CSS pixels. */
const heightMax = 2_000;
const startMs = 10_000;

const policy =
  `default-src 'none'; script-src ${innerScriptHash('markup')}; style-src 'unsafe-inline'; img-src data:; ` +
  `font-src data:; media-src data:; frame-src 'none'; object-src 'none'; form-action 'none'; base-uri 'none'`;

/**
 * Opens the frame; resolves when its content has its first height. Rejects with EFRAME where the page's policy
 * forbids the frame, or with the signal's reason.
 */
export async function showMarkup(options: MarkupOptions): Promise<Markup> {
  const { html, look, parent, title, signal } = options;
  const { port1: port, port2 } = new MessageChannel();
  const gauge = new FloodGauge();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame: HTMLIFrameElement | undefined;
  const end = (): void => {
    clearTimeout(timer);
    port.close();
    frame?.remove();
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    const shown = new Promise<MarkupReport>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      timer = setTimeout(() => reject(notStarted()), startMs);
      port.onmessage = ({ data }: MessageEvent<unknown>) => {
        const report = checkReport(data);
        if (report === undefined) return;
        if (!gauge.admit(performance.now())) return end();
        options.onHeight(Math.min(heightMax, report.height));
        resolve(report);
      };
    });
    // Nobody waits for it yet if the frame does not open.
    shown.catch(() => undefined);
    const payload: MarkupPayload = { html, look };
    frame = await openFrame({
      ...{ csp: policy, html: innerDocument('markup', policy), payload, ports: [port2] },
      ...{ parent, title, signal },
    });
    frame.style.cssText = 'display: block; border: 0; inline-size: 100%; block-size: 100%;';
    const { scripts } = await shown;
    clearTimeout(timer);
    return {
      scripts,
      setLook: (next) => port.postMessage({ look: next } satisfies LookMessage),
    };
  } catch (error) {
    end();
    throw error;
  }
}

function checkReport(data: unknown): MarkupReport | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { height, scripts } = data as Record<string, unknown>;
  if (typeof height !== 'number' || !Number.isFinite(height) || height < 0) return undefined;
  return { height, scripts: scripts === true };
}

function notStarted(): KernelError {
  return new KernelError('EFRAME', 'The frame for this output did not start within 10 s.', {
    hint: 'If this page has a Content-Security-Policy, host frame.html and point `frame` at it.',
  });
}
