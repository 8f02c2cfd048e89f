// client: page-wide settings, from `configure()` and from meta tags. They are fixed by the first boot.
import { KernelError } from './kernel-error.js';

export interface Configuration {
  /** Base of runtime assets. Default: `assets/` beside the library. */
  assets?: string | URL;
  /** A hosted copy of dist/frame.html, for pages whose CSP forbids inline scripts. Default: srcdoc. */
  frame?: string | URL;
  /** Another registrable domain that serves our preview files. */
  previewOrigin?: string | URL;
  /**
   * Where packages come from; only from here, never from files in a sandbox. `pypi`: an index as PEP 503 and PEP 691
   * have it. `pyodide`: the folder of the wheels in pyodide's distribution. Default: where pyodide itself has them.
   */
  registries?: { npm?: string | URL; pypi?: string | URL; pyodide?: string | URL };
}

/** Settings with defaults filled in and URLs absolute. */
export interface Settings {
  readonly assets: string;
  readonly frame: string | undefined;
  readonly previewOrigin: string | undefined;
  readonly registries: {
    readonly npm: string | undefined;
    readonly pypi: string | undefined;
    readonly pyodide: string | undefined;
  };
}

// Two copies of the library on one page share one configuration, as they share one kernel.
const key = Symbol.for('wasm-elements.configuration');
interface Shared {
  values: Map<string, string>;
  fixed: boolean;
}

function shared(): Shared {
  const holder = globalThis as typeof globalThis & { [key]?: Shared };
  if (holder[key] === undefined) {
    Object.defineProperty(holder, key, { value: { values: new Map(), fixed: false }, enumerable: false });
  }
  return holder[key] as Shared;
}

/**
 * Sets page-wide options before the first boot. The same value again is fine.
 * Throws `KernelError` ECONFLICT for another value than before, or for a change after the first boot;
 * EINVAL for an unknown option or something that is no URL.
 */
export function configure(options: Configuration): void {
  const { values, fixed } = shared();
  for (const [name, value] of entries(options)) {
    const before = values.get(name) ?? (fixed ? fromPage(name) : undefined);
    if (before === value) continue;
    if (before !== undefined || fixed) {
      throw new KernelError(
        'ECONFLICT',
        fixed
          ? `configure({ ${name} }) came after the kernel had started.`
          : `configure({ ${name} }) was called before with another value, ${before}.`,
        { hint: 'Call configure() once, before the first widget runs.' },
      );
    }
    values.set(name, value);
  }
}

/** What is in force; from the first call on nothing can change any more. */
export function settings(): Settings {
  const all = shared();
  all.fixed = true;
  return read();
}

/** What would be in force, without fixing it. */
export function read(): Settings {
  const { values } = shared();
  const get = (name: string): string | undefined => values.get(name) ?? fromPage(name);
  const assets = get('assets') ?? new URL('./assets/', import.meta.url).href;
  return {
    assets: assets.endsWith('/') ? assets : `${assets}/`,
    frame: get('frame'),
    previewOrigin: get('previewOrigin'),
    registries: {
      npm: get('registries.npm'),
      pypi: get('registries.pypi'),
      pyodide: get('registries.pyodide'),
    },
  };
}

const metaNames: Readonly<Record<string, string>> = {
  assets: 'wasm-elements:assets',
  frame: 'wasm-elements:frame',
  previewOrigin: 'wasm-elements:preview-origin',
  'registries.pypi': 'wasm-elements:pypi',
  'registries.pyodide': 'wasm-elements:pyodide',
};

function fromPage(name: string): string | undefined {
  const meta = metaNames[name];
  if (meta === undefined) return undefined;
  const content = document.querySelector<HTMLMetaElement>(`meta[name="${meta}"]`)?.content.trim();
  return content === undefined || content === '' ? undefined : absolute(meta, content);
}

function entries(options: Configuration): [string, string][] {
  const { assets, frame, previewOrigin, registries, ...unknown } = options;
  const extra = Object.keys(unknown)[0];
  if (extra !== undefined) {
    throw new KernelError('EINVAL', `configure() has no option “${extra}”.`, {
      hint: 'The options are assets, frame, previewOrigin and registries.',
    });
  }
  const given: [string, string | URL | undefined][] = [
    ['assets', assets],
    ['frame', frame],
    ['previewOrigin', previewOrigin],
    ['registries.npm', registries?.npm],
    ['registries.pypi', registries?.pypi],
    ['registries.pyodide', registries?.pyodide],
  ];
  return given.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, absolute(name, value)] as [string, string]],
  );
}

function absolute(name: string, value: string | URL): string {
  try {
    return new URL(value, document.baseURI).href;
  } catch (cause) {
    throw new KernelError('EINVAL', `“${String(value)}” is not a URL for ${name}.`, { cause });
  }
}
