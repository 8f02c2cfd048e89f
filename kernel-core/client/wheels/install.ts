// client/wheels: installs Python packages into a sandbox: resolved, downloaded and checked by the page, unpacked
// into the sandbox's tree in one step. Must always hold: all of it or nothing; one installation a sandbox at a time.
import { fetchAsset, releaseAsset, type Progress } from '../asset-store.js';
import { read as readSettings } from '../configuration.js';
import type { NetworkGrant } from '../grant.js';
import { KernelError } from '../kernel-error.js';
import { resolveRuntime } from '../runtimes.js';
import type { Sandbox } from '../sandbox.js';
import { TreePacker } from '../tree-packer.js';
import { keepCompiled, readCompiled } from './compiled.js';
import { normalizedName } from './marker.js';
import { resolvePackages, type IndexAccess, type Resolved, type WheelSource } from './resolve.js';
import { targetOf, type Target } from './target.js';
import { Wheel } from './wheel.js';

export interface InstallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /**
   * Whoever asks is a program with this grant: the index is asked only where the grant covers it, for a name that is
   * asked for says something.
   */
  readonly grant?: NetworkGrant;
}

export interface InstalledPackage {
  /** Normalized, as PEP 503 has it. */
  readonly name: string;
  readonly version: string;
}

const waiting = new WeakMap<Sandbox, Promise<unknown>>();
/** Libraries leave no metadata in the tree. */
const libraries = new WeakMap<Sandbox, Map<string, string>>();

/**
 * Installs what is asked for (requirements as PEP 508 has them) and what that needs; resolves with what was not
 * there before. Rejects with EPACKAGE (unknown, no wheel for this Python, conflict), EINVAL (no requirement),
 * EINTEGRITY, EOFFLINE, ENETWORK, ENOTFOUND, ENOSPC; nothing was installed then.
 */
export function installPackages(
  sandbox: Sandbox,
  runtime: string,
  requirements: readonly string[],
  options: InstallOptions = {},
): Promise<readonly InstalledPackage[]> {
  const before = waiting.get(sandbox) ?? Promise.resolve();
  const mine = before.then(() => install(sandbox, runtime, requirements, options));
  waiting.set(
    sandbox,
    mine.catch(() => undefined),
  );
  return mine;
}

async function install(
  sandbox: Sandbox,
  runtime: string,
  requirements: readonly string[],
  { signal, onProgress, grant }: InstallOptions,
): Promise<readonly InstalledPackage[]> {
  signal?.throwIfAborted();
  const target = await targetOf(resolveRuntime(runtime).version);
  const installed = await installedIn(sandbox, target);
  const downloads = new Downloads(onProgress);
  const found = await resolvePackages(
    {
      target,
      installed,
      index: allowedIndex(readSettings().registries.pypi, grant),
      fetch: (source) => downloads.fetch(source, signal),
    },
    requirements,
  );
  signal?.throwIfAborted();
  if (found.length === 0) return [];
  await Promise.all(found.map(({ name }) => remove(sandbox, target, name, installed.get(name))));
  const tree = new TreePacker();
  for (const each of found) {
    if (each.isLibrary) each.wheel.unpackLibraryInto(tree);
    else each.wheel.unpackInto(tree, target, await readCompiled(each, target));
  }
  await sandbox.fs.putTree('/', tree.finish());
  const modules = found.flatMap(({ name, version, url, sha256, wheel, isLibrary }) =>
    isLibrary ? [] : [{ name, version, url, sha256, modules: wheel.modules }],
  );
  const silent = new Downloads(undefined);
  keepCompiled(sandbox, runtime, target, modules, (source) => silent.fetch(source, undefined));
  remember(sandbox, found);
  return found.map(({ name, version }) => ({ name, version }));
}

/** Throws nothing: what the index alone has is refused when it is asked for. */
function allowedIndex(index: string | undefined, grant: NetworkGrant | undefined): IndexAccess {
  if (index === undefined) return 'unset';
  const { origin, host } = new URL(index);
  const granted = grant === undefined || grant === '*' || grant.includes(host) || grant.includes(origin);
  return granted ? { url: index } : { refused: host };
}

function remember(sandbox: Sandbox, found: readonly Resolved[]): void {
  const known = libraries.get(sandbox) ?? new Map<string, string>();
  for (const { name, version, isLibrary } of found) if (isLibrary) known.set(name, version);
  libraries.set(sandbox, known);
}

/** By the metadata in the tree, which programs may have written: it only says what need not be done again. */
async function installedIn(sandbox: Sandbox, { site }: Target): Promise<Map<string, string>> {
  const installed = new Map(libraries.get(sandbox));
  const entries = await sandbox.fs.readdir(site).catch(absent);
  for (const { name } of entries ?? []) {
    const [, project, version] = /^(.+)-([^-]+)\.dist-info$/.exec(name) ?? [];
    if (project !== undefined && version !== undefined) installed.set(normalizedName(project), version);
  }
  return installed;
}

/** What another version left must not be found beside the new one, nor what was compiled of it. */
async function remove(
  { fs }: Sandbox,
  { site, series }: Target,
  name: string,
  version: string | undefined,
): Promise<void> {
  if (version === undefined) return;
  const entries = (await fs.readdir(site).catch(absent)) ?? [];
  const info = entries.find(
    (each) =>
      normalizedName(each.name.replace(/-[^-]+\.dist-info$/, '')) === name &&
      each.name.endsWith('.dist-info'),
  );
  if (info === undefined) return;
  const record = await fs.readFile(`${site}/${info.name}/RECORD`, 'utf-8').catch(absent);
  const files = (record ?? '').split(/\r?\n/).flatMap((line) => {
    const path = line.split(',', 1)[0] ?? '';
    if (path === '' || path.startsWith('/') || path.split('/').includes('..')) return [];
    const cached = path.replace(/([^/]+)\.py$/, `__pycache__/$1.cpython-${series.replace('.', '')}.pyc`);
    return cached === path ? [path] : [path, cached];
  });
  await Promise.all(files.map((path) => fs.rm(`${site}/${path}`, { force: true }).catch(absent)));
  await fs.rm(`${site}/${info.name}`, { recursive: true, force: true });
}

const absent = (): undefined => undefined;

/** Downloads of one installation, their progress added up. */
class Downloads {
  readonly #onProgress: InstallOptions['onProgress'];
  readonly #progress = new Map<string, { loaded: number; total: number; cached: boolean }>();

  constructor(onProgress: InstallOptions['onProgress']) {
    this.#onProgress = onProgress;
  }

  async fetch(source: WheelSource, signal: AbortSignal | undefined): Promise<Wheel> {
    signal?.throwIfAborted();
    const { name, url } = source;
    // Its size is known when the server tells.
    const asset = { name, path: url, bytes: 0, integrity: integrityOf(source), kind: 'bytes' } as const;
    const archive = await fetchAsset(asset, (loaded, cached, total = loaded) => {
      const before = this.#progress.get(url)?.loaded ?? 0;
      this.#progress.set(url, {
        loaded: Math.max(before, loaded),
        total: Math.max(total, loaded, before),
        cached,
      });
      this.#tell();
    }).catch((error: unknown) => {
      throw explained(error, source);
    });
    releaseAsset(asset);
    return Wheel.read(name, archive);
  }

  #tell(): void {
    const all = [...this.#progress.values()];
    this.#onProgress?.({
      loadedBytes: all.reduce((sum, { loaded }) => sum + loaded, 0),
      totalBytes: all.reduce((sum, { total }) => sum + total, 0),
      cached: all.every(({ cached }) => cached),
    });
  }
}

/** From hexadecimal to what the browser calls integrity. */
function integrityOf({ sha256 }: WheelSource): string {
  const bytes = sha256.match(/../g)?.map((pair) => parseInt(pair, 16)) ?? [];
  return `sha256-${btoa(String.fromCharCode(...bytes))}`;
}

/** Runtime assets have other hints. */
function explained(error: unknown, { name, version, url }: WheelSource): unknown {
  if (!(error instanceof KernelError)) return error;
  const explain = (message: string, hint: string): KernelError =>
    new KernelError(error.code, message, { hint, cause: error });
  switch (error.code) {
    case 'ENOTFOUND':
      return explain(
        `The wheel of “${name}” ${version} is not at ${url}.`,
        'Do configure({ registries }) or the page’s meta tags name the right folder and index?',
      );
    case 'EINTEGRITY':
      return explain(
        `The wheel of “${name}” ${version} is not the file its sha256 was taken of: ${url}.`,
        'Nothing was installed. A proxy, a server or somebody else may have changed it.',
      );
    case 'EOFFLINE':
      return explain(
        `The browser is offline and “${name}” ${version} is not in its cache yet.`,
        'Connect and try again.',
      );
    case 'ENETWORK':
      return explain(
        `“${name}” ${version} could not be downloaded from ${new URL(url).host}.`,
        'Try again. From another origin the server must send Access-Control-Allow-Origin.',
      );
    default:
      return error;
  }
}
