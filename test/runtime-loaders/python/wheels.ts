// Wheels made by tests, and an index and a distribution's folder that serve them (test/server/shelf.mjs).
import { strToU8, zipSync } from 'fflate';
import { testConfig } from '../../test-config.js';

export interface WheelOptions {
  readonly name: string;
  readonly version?: string;
  /** Paths in the wheel. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** `Requires-Dist` lines. */
  readonly requires?: readonly string[];
  /** Default `py3-none-any`. */
  readonly tag?: string;
  readonly entryPoints?: string;
}

export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
}

export async function makeWheel(options: WheelOptions): Promise<Wheel> {
  const { name, version = '1.0', files, requires = [], tag = 'py3-none-any', entryPoints } = options;
  const info = `${name}-${version}.dist-info`;
  const metadata = ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`];
  metadata.push(...requires.map((each) => `Requires-Dist: ${each}`));
  const all: Record<string, string | Uint8Array> = {
    ...files,
    [`${info}/METADATA`]: `${metadata.join('\n')}\n\nA package of a test.\n`,
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n`,
    ...(entryPoints === undefined ? {} : { [`${info}/entry_points.txt`]: entryPoints }),
  };
  const record = [...Object.keys(all), `${info}/RECORD`].map((path) => `${path},,\n`).join('');
  const entries = Object.entries({ ...all, [`${info}/RECORD`]: record }).map(([path, content]) => [
    path,
    typeof content === 'string' ? strToU8(content) : content,
  ]);
  const zip = zipSync(Object.fromEntries(entries) as Record<string, Uint8Array>, {
    mtime: new Date(2024, 1, 1),
  });
  const bytes = new Uint8Array(zip);
  return { name, version, file: `${name}-${version}-${tag}.whl`, bytes, sha256: await sha256(bytes) };
}

/** A wheel that somebody else made. */
export async function wheelOf(file: string, bytes: Uint8Array<ArrayBuffer>): Promise<Wheel> {
  const [name = '', version = ''] = file.split('-');
  return { name, version, file, bytes, sha256: await sha256(bytes) };
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A folder of its own on the shelf; its `index` can be configured as `registries.pypi`. */
export class Shelf {
  readonly base: string;

  constructor() {
    this.base = `${testConfig.shelf}/${crypto.randomUUID()}`;
  }

  get index(): string {
    return `${this.base}/simple/`;
  }

  get distribution(): string {
    return `${this.base}/distribution/`;
  }

  /** `delayMs`: it is answered late. */
  async put(path: string, body: string | Uint8Array<ArrayBuffer>, type: string, delayMs = 0): Promise<void> {
    const headers = { 'content-type': type, 'x-delay': String(delayMs) };
    await fetch(`${this.base}/${path}`, { method: 'PUT', body, headers });
  }

  /** Offers the wheels of one project, as PEP 691 says. `more`: fields of every file. */
  async offer(project: string, wheels: readonly Wheel[], more: Record<string, unknown> = {}): Promise<void> {
    const page = {
      meta: { 'api-version': '1.0' },
      name: project,
      files: wheels.map(({ file, sha256: hash }) => ({
        filename: file,
        url: `../../files/${file}`,
        hashes: { sha256: hash },
        ...more,
      })),
    };
    await this.put(`simple/${project}/`, JSON.stringify(page), 'application/vnd.pypi.simple.v1+json');
    for (const { file, bytes } of wheels) await this.put(`files/${file}`, bytes, 'application/zip');
  }

  /** Paths that were asked for, from the shelf's folder on. */
  async requests(): Promise<string[]> {
    const folder = new URL(this.base).pathname;
    const response = await fetch(`${testConfig.shelf}/__shelf/requests?path=${folder}`);
    return ((await response.json()) as string[]).map((path) => path.slice(folder.length + 1));
  }
}
