// client/wheels: modules of a wheel as Python has compiled them, kept in the browser's cache beside the wheel, so that
// a page loaded again imports them at once. Programs say by what they leave in __pycache__ which modules are worth it,
// and nothing else: what they wrote there is never kept, for other sandboxes will run it. The same modules are
// compiled once more, from the wheel, in a sandbox of its own in which no code of anybody runs.
import { zipSync } from 'fflate';
import { openCache } from '../asset-store.js';
import type { Sandbox } from '../sandbox.js';
import { TreePacker } from '../tree-packer.js';
import type { WheelSource } from './resolve.js';
import type { Target } from './target.js';
import { Wheel, type WheelFile } from './wheel.js';

/** An installed wheel whose modules may be compiled. */
export interface InstalledWheel extends WheelSource {
  /** Its modules, from the folder they are installed in. */
  readonly modules: readonly string[];
}

/** A reader who tries things runs again within this time; the compiler would be in the way. */
const quietMs = 2_000;
const compileMs = 60_000;
const modulesMax = 2_000;

/** Nothing is imported from here, not even by a .pth file. */
const place = '/tmp/wheel';

const program = `
import py_compile, sys
for module in open('/tmp/modules').read().split('\\n'):
    try:
        py_compile.compile(f'${place}/{module}', dfile=f'{sys.argv[1]}/{module}', doraise=True)
    except py_compile.PyCompileError:
        pass
`;

/** What is kept of a wheel: empty where nothing is. */
export async function readCompiled(source: WheelSource, target: Target): Promise<readonly WheelFile[]> {
  const cache = await openCache();
  const kept = await cache?.match(keyOf(source, target));
  if (kept === undefined) return [];
  const files = await Wheel.read(source.name, await kept.blob()).catch(() => undefined);
  return files?.files ?? [];
}

/**
 * Whenever the sandbox has nothing to run any more: compiles what its programs imported of these wheels and keeps it.
 * `fetch` gives a wheel again.
 */
export function keepCompiled(
  sandbox: Sandbox,
  runtime: string,
  target: Target,
  wheels: readonly InstalledWheel[],
  fetch: (source: WheelSource) => Promise<Wheel>,
): void {
  if (wheels.length === 0 || !('caches' in globalThis)) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  sandbox.addEventListener('idle', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!sandbox.isIdle) return;
      // Without it the next page only compiles again.
      compileImported(sandbox, runtime, target, wheels, fetch).catch(() => undefined);
    }, quietMs);
  });
}

async function compileImported(
  sandbox: Sandbox,
  runtime: string,
  target: Target,
  wheels: readonly InstalledWheel[],
  fetch: (source: WheelSource) => Promise<Wheel>,
): Promise<void> {
  for (const wheel of wheels) {
    const imported = await importedModules(sandbox, target, wheel.modules);
    const kept = await readCompiled(wheel, target);
    const paths = new Set(kept.map(({ path }) => path));
    const missing = imported.filter((module) => !paths.has(compiledPath(module, target)));
    if (missing.length === 0) continue;
    const compiled = await compile(sandbox, runtime, target, await fetch(wheel), missing);
    await keep(wheel, target, [...kept, ...compiled]);
  }
}

/** Modules of which there is something in __pycache__. */
async function importedModules(
  { fs }: Sandbox,
  target: Target,
  modules: readonly string[],
): Promise<readonly string[]> {
  const folders = new Set(modules.map(folderOf));
  const found = new Set<string>();
  for (const folder of folders) {
    const entries = await fs.readdir(`${target.site}/${folder}__pycache__`).catch(() => []);
    for (const { name } of entries) found.add(`${folder}__pycache__/${name}`);
  }
  return modules.filter((module) => found.has(compiledPath(module, target))).slice(0, modulesMax);
}

async function compile(
  sandbox: Sandbox,
  runtime: string,
  target: Target,
  wheel: Wheel,
  modules: readonly string[],
): Promise<WheelFile[]> {
  const compiler = await sandbox.sibling();
  try {
    const tree = new TreePacker();
    wheel.unpackInto(tree, { ...target, site: place });
    tree.file('tmp/modules', modules.join('\n'));
    await compiler.fs.putTree('/', tree.finish());
    await compiler.run(runtime, ['-c', program, target.site], { timeoutMs: compileMs });
    const read = modules.map(async (module): Promise<WheelFile[]> => {
      const path = compiledPath(module, target);
      const bytes = await compiler.fs.readFile(`${place}/${path}`).catch(() => undefined);
      return bytes === undefined ? [] : [{ path, bytes, modifiedMs: 0 }];
    });
    return (await Promise.all(read)).flat();
  } finally {
    await compiler.dispose();
  }
}

async function keep(source: WheelSource, target: Target, files: readonly WheelFile[]): Promise<void> {
  if (files.length === 0) return;
  const zip = zipSync(Object.fromEntries(files.map(({ path, bytes }) => [path, bytes])), { level: 1 });
  const cache = await openCache();
  await cache?.put(keyOf(source, target), new Response(zip));
}

/** The key names the wheel's content and the Python that compiled it. */
function keyOf({ url, sha256 }: WheelSource, { python }: Target): string {
  const key = new URL(url);
  key.searchParams.set('compiled', python);
  key.searchParams.set('sha256', sha256);
  return key.href;
}

function compiledPath(module: string, { series }: Target): string {
  const name = module.slice(folderOf(module).length).replace(/\.py$/, '');
  return `${folderOf(module)}__pycache__/${name}.cpython-${series.replace('.', '')}.pyc`;
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
