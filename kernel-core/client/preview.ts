// client: shows a page of untrusted HTML, CSS and JavaScript as a live result (DESIGN §2, preview frames).
// It owns the frame and its port; every message from in there is an attacker's until `checkReport` has it.
import { previewScript } from 'virtual:preview';
import type { OuterReport } from '../protocol/frame.js';
import {
  previewOrigin,
  type ConsoleEntry,
  type PreviewFile,
  type PreviewPayload,
  type PreviewReport,
} from '../protocol/preview.js';
import type { FileTree } from './file-tree.js';
import { openFrame } from './frame.js';
import { normalizeGrant, type NetworkGrant } from './grant.js';
import { KernelError } from './kernel-error.js';
import { FloodGauge } from './preview/flood.js';
import { previewPolicy } from './preview/policy.js';
import { checkReport } from './preview/reports.js';
import { siteFiles, sitePath } from './preview/site-files.js';

export type { ConsoleEntry };

export interface PageOptions {
  /** Where the page's element is appended. */
  readonly parent: Element | ShadowRoot;
  readonly files: FileTree;
  /** Path of the HTML file to show first. */
  readonly entry: string;
  readonly grant: NetworkGrant;
  /** What assistive technology calls the frame. */
  readonly title: string;
  /** Console output, uncaught errors and blocked requests, in order, with the author's lines. */
  onConsole(entry: ConsoleEntry): void;
  /** The content's height changed; the element follows it by itself, up to `--wasm-page-max-height`. */
  onHeight?(px: number): void;
  /** Ends the page, also while it is being opened. */
  readonly signal?: AbortSignal;
}

export interface Page {
  /** A block as high as the content, with the frame inside. */
  readonly element: HTMLElement;
  /** Removes the element and everything that runs in it. */
  dispose(): void;
}

const startMs = 10_000;
/** How long a caller waits for images and the like; the page goes on loading after it. */
const loadMs = 3_000;
const heartbeatMs = 2_000;
/** Unanswered heartbeats after which a page counts as hung. */
const silenceMax = 3;
const heightMax = 20_000;
/** Reloads and page changes within `reloadWindowMs` that a reader could have asked for. */
const reloadsMax = 10;
const reloadWindowMs = 10_000;
/** After a document unloaded, how long the word that it was kept from navigating may take. */
const blockedMs = 100;

/**
 * Opens a preview and resolves when the author's document is loaded, so that what its scripts printed at once
 * has been told; or after `loadMs`, if something in it takes that long. Rejects with a `KernelError`:
 * ENOENT (no such entry), ENOEXEC (the entry is no HTML), EINVAL (grant), ENOTFOUND or ENETWORK (files
 * given by URL), EFRAME (the page's policy keeps the frame from starting); or with the signal's reason.
 */
export async function showPage(options: PageOptions): Promise<Page> {
  options.signal?.throwIfAborted();
  const entry = sitePath(options.entry);
  const grant = normalizeGrant(options.grant);
  const files = await siteFiles(options.files, entry);
  options.signal?.throwIfAborted();
  const page = new ShownPage(options, files, grant);
  try {
    await page.show(entry, '');
    await page.loaded();
    options.signal?.throwIfAborted();
  } catch (error) {
    page.dispose();
    throw error;
  }
  return page;
}

/** A document being shown; aborting ends it. */
interface Shown {
  readonly controller: AbortController;
  readonly entry: string;
  frame?: HTMLIFrameElement;
}

class ShownPage implements Page {
  readonly element = document.createElement('div');
  readonly #options: PageOptions;
  readonly #files: readonly PreviewFile[];
  readonly #grant: NetworkGrant;
  readonly #root: ShadowRoot;
  readonly #gauge = new FloodGauge();
  /** Of the document shown now. */
  #current: Shown | undefined;
  #disposed = false;
  /** Resolves once the first document has loaded or ended. */
  readonly #loaded: Promise<void>;
  #onLoaded = (): void => undefined;
  #reloads: number[] = [];
  /** Where documents shown lately tried to go. */
  readonly #blocked = new Set<string>();

  constructor(options: PageOptions, files: readonly PreviewFile[], grant: NetworkGrant) {
    this.#options = options;
    this.#files = files;
    this.#grant = grant;
    this.#loaded = new Promise((resolve) => {
      this.#onLoaded = resolve;
    });
    // In a closed tree of its own, so that no other window finds it in `top.frames`, wherever the parent is.
    this.#root = this.element.attachShadow({ mode: 'closed' });
    this.element.style.cssText =
      'display: block; box-sizing: border-box; inline-size: 100%; block-size: 150px; ' +
      'max-block-size: var(--wasm-page-max-height, 40rem); background: #fff; color-scheme: light; overflow: hidden;';
    options.parent.append(this.element);
    options.signal?.addEventListener('abort', this.#abort);
    addEventListener('message', this.#stray);
  }

  /** Shows one of the pages in a fresh document; the one before ends. */
  async show(entry: string, fragment: string): Promise<void> {
    this.#current?.controller.abort();
    const controller = new AbortController();
    const current: Shown = { controller, entry };
    this.#current = current;
    const { signal } = controller;
    const before = [...this.#root.children];
    const { port1: port, port2 } = new MessageChannel();
    signal.addEventListener('abort', () => port.close());

    let start = (): void => undefined;
    let fail = (_reason: unknown): void => undefined;
    const started = new Promise<void>((resolve, reject) => {
      start = resolve;
      fail = reject;
    });
    // Nobody may be waiting yet when the page is disposed.
    started.catch(() => undefined);
    signal.addEventListener('abort', () => fail(signal.reason));
    // Also a document that leaves at once has had its turn.
    signal.addEventListener('abort', () => this.#onLoaded());
    const heart = new Heart(port, () => this.#hung());
    signal.addEventListener('abort', () => heart.stop());
    port.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!this.#gauge.admit(performance.now())) return this.#flooded();
      const report = checkReport(data);
      if (report === undefined) return;
      if (report.type === 'started') {
        heart.start();
        start();
      }
      if (report.type === 'pong') heart.answered();
      this.#receive(report);
    };
    const timer = setTimeout(() => fail(notStarted()), startMs);
    try {
      const csp = previewPolicy(this.#grant);
      const payload: PreviewPayload = { entry, fragment, files: this.#files, grant: this.#grant };
      const frame = await openFrame({
        csp,
        html: previewHtml(csp),
        payload,
        ports: [port2],
        parent: this.#root,
        sandbox: ['allow-forms'],
        title: this.#options.title,
        signal,
      });
      frame.style.cssText =
        'display: block; border: 0; inline-size: 100%; block-size: 100%; background: #fff; color-scheme: light;';
      current.frame = frame;
      for (const old of before) old.remove();
      await started;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Never rejects. */
  async loaded(): Promise<void> {
    const timer = setTimeout(this.#onLoaded, loadMs);
    await this.#loaded;
    clearTimeout(timer);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#options.signal?.removeEventListener('abort', this.#abort);
    removeEventListener('message', this.#stray);
    this.#current?.controller.abort(this.#options.signal?.reason);
    this.element.remove();
    this.#root.replaceChildren();
  }

  readonly #abort = (): void => this.dispose();

  #receive(report: PreviewReport): void {
    switch (report.type) {
      case 'console':
        for (const entry of report.entries) this.#options.onConsole(entry);
        if (report.dropped > 0)
          this.#say('warn', `… ${report.dropped} more lines came too fast to be shown.`);
        return;
      case 'height': {
        const px = Math.min(heightMax, Math.ceil(report.px));
        this.element.style.blockSize = `${px}px`;
        this.#options.onHeight?.(px);
        return;
      }
      case 'navigate':
        return this.#navigate(sitePath(report.path), report.fragment);
      case 'leaving': {
        const left = this.#current;
        setTimeout(() => {
          if (left !== undefined && left === this.#current) this.#left(left.entry);
        }, blockedMs);
        return;
      }
      case 'loaded':
        return this.#onLoaded();
      case 'started':
      case 'pong':
    }
  }

  /**
   * The document unloaded. It reloaded itself, and begins anew; or it was kept from going elsewhere, which
   * leaves an error page in Chromium: shown again once, then it is let be.
   */
  #left(entry: string): void {
    if (this.#blocked.size > 0 && this.#reloads.length > 0)
      return this.#end('The page was stopped: it keeps trying to leave.');
    this.#navigate(entry, '');
  }

  /** Another page of the site, or the same one again after it unloaded itself. */
  #navigate(entry: string, fragment: string): void {
    if (this.#disposed || !this.#files.some(([path]) => path === entry)) return;
    const now = performance.now();
    this.#reloads = [...this.#reloads.filter((at) => now - at < reloadWindowMs), now];
    if (this.#reloads.length > reloadsMax) {
      this.#end('The page was stopped: it reloads itself without end.');
      return;
    }
    this.show(entry, fragment).catch((error: unknown) => {
      if (!this.#disposed) this.#end(`The page could not be shown again: ${(error as Error).message}`);
    });
  }

  /**
   * What comes to the page's own window. The outer document is ours and tells where the inner one was kept
   * from going; the inner one has no business here and is only counted.
   */
  readonly #stray = (event: MessageEvent): void => {
    const outer = this.#current?.frame?.contentWindow;
    if (outer === null || outer === undefined) return;
    if (event.source === outer) {
      const report = event.data as OuterReport;
      if (report.type !== 'wasm-elements:blocked' || this.#blocked.has(report.url)) return;
      const { url } = report;
      this.#blocked.add(url);
      const where = url === '' || url === previewOrigin ? '' : ` to ${url}`;
      this.#say(
        'error',
        `blocked: the page tried to go${where} — a page shown here stays where it is; links lead to its other pages.`,
      );
    } else if (event.source === outer[0] && !this.#gauge.admit(performance.now())) {
      this.#flooded();
    }
  };

  #flooded(): void {
    this.#end('The page was stopped: it sent messages without end.');
  }

  #hung(): void {
    this.#end('The page was stopped: it did not answer for 6 s, probably because of an endless loop.');
  }

  /** The document ends, the element stays with nothing in it, and the console says why. */
  #end(text: string): void {
    if (this.#disposed || this.#current?.controller.signal.aborted === true) return;
    this.#current?.controller.abort();
    this.#root.replaceChildren();
    this.#say('error', text);
  }

  #say(level: ConsoleEntry['level'], text: string): void {
    this.#options.onConsole({ level, text });
  }
}

/** Asks a document whether its event loop still turns. */
class Heart {
  readonly #port: MessagePort;
  readonly #hung: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #unanswered = 0;

  constructor(port: MessagePort, hung: () => void) {
    this.#port = port;
    this.#hung = hung;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      // The timers of a page in the background say nothing about the frame.
      if (document.hidden) this.#unanswered = 0;
      else if (this.#unanswered >= silenceMax) return this.#hung();
      this.#unanswered += 1;
      this.#port.postMessage({ type: 'ping' });
    }, heartbeatMs);
  }

  answered(): void {
    this.#unanswered = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function previewHtml(csp: string): string {
  return (
    '<!doctype html><meta charset="utf-8">' +
    `<meta http-equiv="Content-Security-Policy" content="${csp.replaceAll('"', '&quot;')}">` +
    `<script>${previewScript}</script>`
  );
}

function notStarted(): KernelError {
  return new KernelError('EFRAME', 'The preview frame did not start within 10 s.', {
    hint: 'If this page has a Content-Security-Policy, host frame.html and point `frame` at it.',
  });
}
