// client: one boot of the kernel, from the frame to the first answered call, and its death.
//
//   openFrame ─▶ inner document ─▶ kernel worker ─▶ 'ready' ─▶ boot() ─▶ alive ─▶ lost (once)
//
// comlink has no reject path when a worker dies, so every call here is raced against `lost`.
import { expose, wrap, type Remote } from 'comlink';
import { isFirefox, isWebKit } from '../abi/engine.js';
import type { Transport } from '../abi/runtime.js';
import type { KernelFramePayload, KernelFrameReport } from '../protocol/frame.js';
import type { Answer, KernelImage, KernelService, PageService } from '../protocol/kernel-service.js';
import { innerDocument, innerScriptHash, openFrame } from './frame.js';
import { KernelError } from './kernel-error.js';
import { onlyCallsOf } from './page-port.js';

/** A boot takes about 100 ms; on a loaded machine with a cold disk, seconds. */
const bootLimitMs = 20_000;
const beatMs = 2000;
/**
 * So many beats in a row without an answer, and the kernel is lost. A busy machine can starve it for seconds. In WebKit
 * and Firefox a ping waits behind the messages of a process that floods it: up to 8 s on a machine with other work, and
 * it gets over it.
 */
const missedMax = isFirefox || isWebKit ? 8 : 4;

export interface ConnectionOptions {
  readonly kernelSource: Promise<Blob>;
  readonly image: Promise<KernelImage>;
  readonly page: PageService;
}

export class Connection {
  readonly transport: Transport;
  /** Resolves, with a sentence for a reader, when this kernel is gone. */
  readonly lost: Promise<string>;
  readonly #service: Remote<KernelService>;
  readonly #frame: HTMLIFrameElement;
  readonly #port: MessagePort;
  #lose!: (why: string) => void;
  #isLost = false;
  #busy = 0;
  #beating = false;
  /** When the last beat began, and how the wait for the next is cut short. */
  #beatAtMs = -Infinity;
  #pause: { cancel(): void } | undefined;

  private constructor(
    frame: HTMLIFrameElement,
    port: MessagePort,
    service: Remote<KernelService>,
    transport: Transport,
  ) {
    this.#frame = frame;
    this.#port = port;
    this.#service = service;
    this.transport = transport;
    this.lost = new Promise((resolve) => {
      this.#lose = (why) => {
        if (this.#isLost) return;
        this.#isLost = true;
        frame.remove();
        resolve(why);
      };
    });
  }

  /** Boots a kernel. Rejects with EFRAME, EWORKER, EWASM or a download's error. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const csp = kernelPolicy();
    const control = new MessageChannel();
    const line = new MessageChannel();
    const pages = new MessageChannel();
    const payload = options.kernelSource.then((kernel): KernelFramePayload => ({ kernel }));
    // Awaited further down; a failure on the way there must not count as unhandled.
    options.image.catch(() => undefined);
    let frame: HTMLIFrameElement | undefined;
    const handshake = watchHandshake(control.port1, line.port1);
    try {
      frame = await openFrame({
        csp,
        html: innerDocument('kernel', csp),
        payload,
        ports: [control.port2, line.port2],
      });
      expose(
        options.page,
        onlyCallsOf(
          ['asset', 'blocks', 'installPackages', 'loader', 'provideFiles', 'zstdDecoder'],
          pages.port1,
        ),
      );
      line.port1.postMessage({ type: 'page' }, [pages.port2]);
      await handshake.ready;
      const service = wrap<KernelService>(line.port1);
      const booted = await Promise.race([service.boot(await options.image), handshake.failed]);
      if (!booted.ok) throw KernelError.from(booted.error);
      return new Connection(frame, line.port1, service, booted.value.transport);
    } catch (error) {
      frame?.remove();
      throw error;
    } finally {
      handshake.stop();
    }
  }

  get isLost(): boolean {
    // A page that rewrites itself may have thrown the frame away.
    if (!this.#isLost && !this.#frame.isConnected) this.#lose('The page removed the sandbox frame.');
    return this.#isLost;
  }

  /** Calls the kernel; rejects with a `KernelError`, ELOST when it dies before it answers. */
  async call<T>(work: (service: Remote<KernelService>) => Promise<Answer<T>>): Promise<T> {
    if (this.isLost) throw lostError();
    const release = this.hold();
    try {
      const answer = await Promise.race([
        work(this.#service),
        this.lost.then(() => Promise.reject(lostError())),
      ]);
      if (answer.ok) return answer.value;
      throw KernelError.from(answer.error);
    } finally {
      release();
    }
  }

  /** Keeps the heartbeat going, while a process runs, until the returned function is called. */
  hold(): () => void {
    this.#busy += 1;
    if (!this.#beating) void this.#beat();
    let held = true;
    return () => {
      if (held) this.#busy -= 1;
      held = false;
      // Nothing runs: no timer of ours does either.
      if (this.#busy === 0) this.#pause?.cancel();
    };
  }

  dispose(): void {
    this.#lose('The kernel was disposed.');
    this.#port.close();
  }

  async #beat(): Promise<void> {
    this.#beating = true;
    let missed = 0;
    while (this.#busy > 0 && !this.isLost) {
      const waitMs = this.#beatAtMs + beatMs - performance.now();
      if (waitMs > 0) {
        const pause = delay(waitMs);
        this.#pause = pause;
        await Promise.race([pause.over, this.lost]);
        pause.cancel();
        continue;
      }
      this.#beatAtMs = performance.now();
      const answered = Promise.resolve(this.#service.ping()).then(() => true);
      const limit = delay(beatMs);
      const alive = await Promise.race([answered, limit.over.then(() => false), this.lost.then(() => true)]);
      limit.cancel();
      missed = alive ? 0 : missed + 1;
      if (missed >= missedMax) this.#lose('The sandbox stopped answering.');
    }
    this.#beating = false;
  }
}

/** What the kernel's documents and workers may do: run our scripts from blobs, and nothing else. */
function kernelPolicy(): string {
  return (
    `default-src 'none'; script-src ${innerScriptHash('kernel')} blob: 'wasm-unsafe-eval' 'unsafe-eval'; ` +
    "worker-src blob:; connect-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'"
  );
}

function lostError(): KernelError {
  return new KernelError('ELOST', 'The kernel was lost while it worked on this.', {
    hint: 'Try again: it has started anew.',
  });
}

/** `over` resolves after so long, or when it is cancelled. */
function delay(ms: number): { readonly over: Promise<void>; cancel(): void } {
  let cancel = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    cancel = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { over, cancel };
}

interface Handshake {
  readonly ready: Promise<void>;
  /** Rejects when the frame reports a failure. */
  readonly failed: Promise<never>;
  stop(): void;
}

/** One clear sentence for each way a boot can fail. */
function watchHandshake(control: MessagePort, line: MessagePort): Handshake {
  let started = false;
  let fail: (error: KernelError) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  // Whoever awaits `ready` or `failed` sees it; alone it must not count as unhandled.
  failed.catch(() => undefined);
  control.onmessage = ({ data }: MessageEvent<KernelFrameReport>) => {
    if (data.type === 'started') started = true;
    else if (data.type === 'worker-error') fail(workerError(data.message));
    else fail(violationError(data.directive, data.blocked));
  };
  const timer = setTimeout(() => fail(timeoutError(started)), bootLimitMs);
  const ready = new Promise<void>((resolve) => {
    line.onmessage = ({ data }: MessageEvent<{ type?: unknown }>) => {
      if (data.type === 'ready') resolve();
    };
  });
  return {
    ready: Promise.race([ready, failed]),
    failed,
    stop: () => {
      clearTimeout(timer);
      control.onmessage = null;
      line.onmessage = null;
    },
  };
}

function workerError(message: string): KernelError {
  return new KernelError('EWORKER', `The kernel’s worker did not start: ${message}.`, {
    hint: 'The page’s Content-Security-Policy may forbid blob: workers; a hosted frame.html is not bound by it.',
  });
}

function violationError(directive: string, blocked: string): KernelError {
  if (blocked === 'wasm-eval') {
    return new KernelError('EWASM', 'The page’s Content-Security-Policy does not allow WebAssembly.', {
      hint: 'Allow ’wasm-unsafe-eval’ in script-src, or set configure({ frame }) to a hosted frame.html.',
    });
  }
  const code = directive.startsWith('worker') ? 'EWORKER' : 'EFRAME';
  return new KernelError(
    code,
    `The page’s Content-Security-Policy (${directive}) stops the sandbox: ${blocked} was blocked.`,
    {
      hint: 'Set configure({ frame }) to a hosted copy of frame.html, which is not bound by the page’s policy.',
    },
  );
}

function timeoutError(started: boolean): KernelError {
  const seconds = bootLimitMs / 1000;
  return started
    ? new KernelError('EWORKER', `The kernel’s worker did not answer within ${seconds} s.`, {
        hint: 'Try again.',
      })
    : new KernelError('EFRAME', `The sandbox frame did not start within ${seconds} s.`, {
        hint:
          'The page’s Content-Security-Policy probably forbids inline scripts in it: set configure({ frame }), ' +
          'or <meta name="wasm-elements:frame">, to a hosted copy of frame.html.',
      });
}
