// client: which runtimes there are, what they download, and how much of it is here already.
import { runtimes as builtIn } from 'virtual:runtimes';
import { resolveRuntime as resolve } from '../abi/resolve-runtime.js';
import type { Asset, Runtime, RuntimeVersion } from '../abi/runtime.js';
import { bringAsset, cachedBytes, type Progress } from './asset-store.js';
import { KernelError } from './kernel-error.js';
import { libraryFile } from './library-files.js';

/** Whether programs can wait as they are; the kernel, which decides it, is of the same engine. */
const engineWaits = 'Suspending' in WebAssembly || globalThis.crossOriginIsolated;
const added: Runtime[] = [];
const provided = builtIn as readonly Runtime[];

/** Every runtime, those of `defineRuntime` first. */
export function runtimes(): readonly Runtime[] {
  return [...added, ...provided];
}

/**
 * Adds a language from outside. Before the first boot; a name that exists throws ECONFLICT, a shape that
 * is no Runtime EINVAL.
 */
export function defineRuntime(runtime: Runtime): void {
  if (typeof runtime?.name !== 'string' || !Array.isArray(runtime.versions)) {
    throw new KernelError('EINVAL', 'defineRuntime() takes a Runtime: at least a name and versions.');
  }
  if (runtimes().some((each) => each.name === runtime.name)) {
    throw new KernelError('ECONFLICT', `A runtime called “${runtime.name}” exists already.`);
  }
  added.push(runtime);
}

/** From `python@3.14` to runtime and version; throws ERUNTIME with the names there are. */
export function resolveRuntime(spec: string): { runtime: Runtime; version: RuntimeVersion } {
  const resolved = resolve(runtimes(), spec);
  if (resolved.found) return { runtime: resolved.runtime, version: resolved.version };
  throw new KernelError('ERUNTIME', resolved.message);
}

/** The runtime that files of these names ask for, or undefined. */
export function detectRuntime(fileNames: readonly string[]): string | undefined {
  for (const name of fileNames) {
    const found = runtimes().find((runtime) =>
      runtime.extensions.some((extension) => name.endsWith(extension)),
    );
    if (found !== undefined) return found.name;
  }
  return undefined;
}

/** Bytes a first run downloads, and how many of them the browser has. */
export async function downloadSize(
  version: RuntimeVersion,
): Promise<{ totalBytes: number; cachedBytes: number }> {
  const assets = firstAssets(version);
  const totalBytes = assets.reduce((sum, asset) => sum + asset.bytes, 0);
  return { totalBytes, cachedBytes: await cachedBytes(assets) };
}

function firstAssets({ assets }: RuntimeVersion): readonly Asset[] {
  const first = assets.filter(({ later }) => later !== true);
  if (engineWaits) return first;
  return first.map((asset) => assets.find(({ insteadOf }) => insteadOf === asset.name) ?? asset);
}

export interface PrepareOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Downloads what a runtime needs, so that `spawn` finds it here. Rejects with `KernelError` ERUNTIME,
 * ENOTFOUND, EINTEGRITY, ENETWORK, EOFFLINE, or the signal's reason; another call tries again.
 */
export async function prepareRuntime(spec: string, options: PrepareOptions = {}): Promise<void> {
  const { version, runtime } = resolveRuntime(spec);
  options.signal?.throwIfAborted();
  const assets = firstAssets(version);
  const totalBytes = assets.reduce((sum, asset) => sum + asset.bytes, 0);
  const loaded = assets.map(() => ({ bytes: 0, cached: true }));
  const tell = (): void =>
    options.onProgress?.({
      loadedBytes: loaded.reduce((sum, each) => sum + each.bytes, 0),
      totalBytes,
      cached: loaded.every((each) => each.cached),
    });
  const downloads = assets.map((asset, index) =>
    bringAsset(asset, (bytes, cached) => {
      // A download that is tried again does not take back what was shown.
      loaded[index] = { bytes: Math.max(bytes, loaded[index]?.bytes ?? 0), cached };
      if (options.signal?.aborted !== true) tell();
    }).catch((error: unknown) => {
      if (asset.dispensable !== true) throw error;
    }),
  );
  const loader = runtime.kind === 'process' ? [libraryFile(`loaders/${version.loader}.js`)] : [];
  await Promise.all([...downloads, ...loader]);
  options.signal?.throwIfAborted();
}
