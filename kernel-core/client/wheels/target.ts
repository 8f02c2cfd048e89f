// client/wheels: the Python that packages are for: its tags, its markers, and the packages of its distribution.
// All of it comes from the runtime's own asset lock.json.
import type { RuntimeVersion } from '../../abi/runtime.js';
import { fetchAsset, releaseAsset } from '../asset-store.js';
import { read as readSettings } from '../configuration.js';
import { KernelError } from '../kernel-error.js';
import type { MarkerEnvironment } from './marker.js';

/** A package of the distribution. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly file_name: string;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Normalized names. */
  readonly depends: readonly string[];
  /** `dynlib`: a library others link to; all else goes where modules are. */
  readonly install_dir: string;
}

interface LockFile {
  readonly info: {
    readonly python: string;
    readonly abi_version: string;
    readonly platform: string;
    readonly arch: string;
    /** Where the distribution has its files, by default. */
    readonly packages_url?: string;
  };
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface Target {
  /** `3.14`. */
  readonly series: string;
  /** `3.14.2`. */
  readonly python: string;
  readonly environment: MarkerEnvironment;
  /** Tags of wheels it takes (`cp314-cp314-…`), the best first. */
  readonly tags: readonly string[];
  /** The program that scripts name as their interpreter. */
  readonly executable: string;
  /** Where modules are installed. */
  readonly site: string;
  readonly locked: LockFile['packages'];
  /** The folder of the distribution's wheels; undefined: it is not known. */
  readonly distribution: string | undefined;
}

/** Rejects as downloads do. */
export async function targetOf(version: RuntimeVersion): Promise<Target> {
  const asset = version.assets.find(({ name }) => name === 'lock.json');
  if (asset === undefined) throw new KernelError('ENOSYS', 'This runtime takes no Python packages.');
  const blob = await fetchAsset(asset);
  const { info, packages } = JSON.parse(await blob.text()) as LockFile;
  releaseAsset(asset);
  const [major = '3', minor = '0'] = info.python.split('.');
  const series = `${major}.${minor}`;
  return {
    series,
    python: info.python,
    environment: environmentOf(info, series),
    tags: tagsOf(info, Number(major), Number(minor)),
    executable: `/usr/bin/python${series}`,
    site: `/usr/local/lib/python${series}/site-packages`,
    locked: packages,
    distribution: distributionOf(info),
  };
}

/** Where somebody else has it, `{version}` stands for pyodide's, which its own address ends in. */
function distributionOf({ packages_url: own }: LockFile['info']): string | undefined {
  const [, version = ''] = /\/v([^/]+)\/full\/$/.exec(own ?? '') ?? [];
  return readSettings().registries.pyodide?.replace(/%7Bversion%7D/i, version) ?? own;
}

function environmentOf({ python, platform, arch }: LockFile['info'], series: string): MarkerEnvironment {
  return {
    implementation_name: 'cpython',
    implementation_version: python,
    os_name: 'posix',
    platform_machine: arch,
    platform_python_implementation: 'CPython',
    platform_release: platform.replace(/^emscripten_/, '').replaceAll('_', '.'),
    platform_system: 'Emscripten',
    platform_version: '',
    python_full_version: python,
    python_version: series,
    sys_platform: 'emscripten',
  };
}

/** As packaging.tags orders them: what is made for this Python first. */
function tagsOf({ abi_version, platform, arch }: LockFile['info'], major: number, minor: number): string[] {
  const platforms = [
    `pyemscripten_${abi_version}_${arch}`,
    `pyodide_${abi_version}_${arch}`,
    `${platform}_${arch}`,
  ];
  const own = `cp${major}${minor}`;
  const earlier = (prefix: string): string[] =>
    Array.from({ length: minor + 1 }, (_none, index) => `${prefix}${major}${minor - index}`);
  const interpreters = [...earlier('py'), `py${major}`];
  return [
    ...platforms.map((each) => `${own}-${own}-${each}`),
    ...earlier('cp').flatMap((cp) => platforms.map((each) => `${cp}-abi3-${each}`)),
    ...platforms.map((each) => `${own}-none-${each}`),
    ...interpreters.flatMap((py) => platforms.map((each) => `${py}-none-${each}`)),
    `${own}-none-any`,
    ...interpreters.map((py) => `${py}-none-any`),
  ];
}
