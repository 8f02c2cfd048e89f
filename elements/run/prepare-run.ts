// elements/run: all that is downloaded and made before a program can start: its runtime, its packages, the sandbox with
// the files in it. At the same time, as far as one does not need the other.
import {
  downloadSize,
  Kernel,
  prepareRuntime,
  resolveRuntime,
  type Progress,
  type Sandbox,
} from '../../kernel-core/client/index.js';
import { emit } from './events.js';
import type { ElementHost } from './host.js';
import { install, wantedPackages } from './packages.js';
import type { Settings } from './settings.js';
import type { Sources } from './sources.js';

/** A sandbox with these files in it, made or kept from the run before. */
export type SandboxFor = (settings: Settings, sources: Sources, signal: AbortSignal) => Promise<Sandbox>;

export interface RunToPrepare {
  readonly host: ElementHost;
  readonly settings: Settings;
  readonly sources: Sources;
  /** `python`, `python@3.14` */
  readonly spec: string;
  /** Packages the reader agreed to. */
  readonly accepted: readonly string[];
  /** A process of that runtime is about to be started. */
  readonly warm: boolean;
  readonly signal: AbortSignal;
  readonly sandbox: SandboxFor;
  /** What is under way, in words; without bytes where that cannot be measured. */
  readonly onProgress: (what: string, loadedBytes?: number, totalBytes?: number) => void;
}

/**
 * Resolves with the sandbox and with the files as they were written. Rejects as `prepareRuntime`, `wantedPackages`,
 * `installPackages` and `sandbox`, or with the signal's reason.
 */
export async function prepareRun(run: RunToPrepare): Promise<{ sandbox: Sandbox; sources: Sources }> {
  const { host, settings, spec, signal, onProgress } = run;
  onProgress('Starting');
  const { runtime, version } = resolveRuntime(spec);
  const attribute = host.element.getAttribute('packages');
  const { sources, requirements } = await wantedPackages(attribute, spec, run.sources, run.accepted);
  signal.throwIfAborted();
  /** Shows what is downloaded and, once it is here, what comes next. */
  const follow =
    (what: string, next: string) =>
    (progress: Progress): void => {
      const { loadedBytes, totalBytes, cached } = progress;
      if (signal.aborted) return;
      if (!cached) onProgress(`Loading ${what}`, loadedBytes, totalBytes);
      if (!cached && loadedBytes === totalBytes) onProgress(next);
      emit(host.element, 'wasm-progress', progress);
    };
  const { title } = runtime;
  const prepared = prepareRuntime(spec, { signal, onProgress: follow(title, `Starting ${title}`) });
  if (run.warm) void Kernel.warm(spec);
  const made = run.sandbox(settings, sources, signal);
  const installed = install(made, spec, requirements, signal, follow('packages', 'Unpacking packages'));
  const [sandbox] = await Promise.all([made, prepared, installed]);
  signal.throwIfAborted();
  downloadSize(version).then(
    ({ totalBytes, cachedBytes }) => {
      if (totalBytes > 0 && cachedBytes >= totalBytes) host.setCached();
    },
    // The cache of a browser that has none.
    () => undefined,
  );
  return { sandbox, sources };
}
