// client/wheels: a PyPI-compatible index (PEP 691, PEP 503) and the wheels it offers of one project.
import { compare, satisfies, valid } from '@renovatebot/pep440';
import { fetchText } from '../asset-store.js';
import { KernelError } from '../kernel-error.js';
import type { Requirement } from './requirement.js';
import type { Target } from './target.js';

/** A wheel that this Python can take. */
export interface OfferedWheel {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  /** Hexadecimal; undefined: the index does not say. */
  readonly sha256: string | undefined;
  /** Of its tag; 0 is the best. */
  readonly rank: number;
}

interface IndexFile {
  readonly filename: string;
  readonly url: string;
  readonly sha256: string | undefined;
  readonly requiresPython: string;
  readonly yanked: boolean;
}

const accept =
  'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01';

/**
 * The best wheel for a requirement. Rejects with EPACKAGE (no such project, none for this Python, no such version),
 * EINTEGRITY (none has a hash that is asked for) and as `fetchText`.
 */
export async function findWheel(
  index: string,
  requirement: Requirement,
  target: Target,
): Promise<OfferedWheel> {
  const { name, specifier, text, hashes } = requirement;
  const url = new URL(`${name}/`, index.endsWith('/') ? index : `${index}/`).href;
  const page = await fetchText(url, accept);
  if (page === 'missing') {
    throw new KernelError('EPACKAGE', `There is no Python package “${name}”.`, {
      hint: `Neither Python’s own distribution here nor the index ${new URL(index).host} has one of that name.`,
    });
  }
  const files = filesOf(page, url).filter(({ requiresPython }) => fits(target.python, requiresPython));
  const versions = new Set(files.map(({ filename }) => versionOfFile(filename)));
  const wheels = files.flatMap((file) => offered(file, target));
  const wanted = wheels.filter(({ version }) => specifier === '' || fits(version, specifier));
  // Releases first; what comes before a release only where there is nothing else.
  const releases = wanted.filter(({ version }) => satisfies(version, specifier));
  const fitting = (releases.length > 0 ? releases : wanted).sort(
    (a, b) => compare(b.version, a.version) || a.rank - b.rank,
  );
  const best =
    hashes.length === 0
      ? fitting[0]
      : fitting.find(({ sha256 = '' }) => hashes.includes(sha256.toLowerCase()));
  if (best !== undefined) return best;
  if (fitting[0] !== undefined) {
    throw new KernelError('EINTEGRITY', `None of the hashes given for “${name}” is that of its wheel.`, {
      hint: `Nothing was installed. The index has version ${fitting[0].version} with another SHA-256: correct the hash, or ask why it has changed.`,
    });
  }
  const newest = wheels.sort((a, b) => compare(b.version, a.version))[0]?.version;
  if (newest !== undefined) {
    throw new KernelError('EPACKAGE', `There is no version of “${name}” for “${text}” that runs here.`, {
      hint: `The newest one that does is ${newest}.`,
    });
  }
  throw new KernelError('EPACKAGE', `“${name}” has no wheel for Python ${target.series} in a browser.`, {
    hint:
      versions.size === 0
        ? `The index has no file of it for Python ${target.series}.`
        : 'It has code that must be compiled, and nobody has done that for WebAssembly yet.',
  });
}

function offered({ filename, url, sha256, yanked }: IndexFile, target: Target): OfferedWheel[] {
  const [, name, version, pythons = '', abis = '', platforms = ''] =
    /^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl$/.exec(filename) ?? [];
  if (name === undefined || version === undefined || yanked || valid(version) === null) return [];
  const tags = pythons
    .split('.')
    .flatMap((python) =>
      abis
        .split('.')
        .flatMap((abi) => platforms.split('.').map((platform) => `${python}-${abi}-${platform}`)),
    );
  const ranks = tags.map((tag) => target.tags.indexOf(tag)).filter((rank) => rank >= 0);
  return ranks.length === 0 ? [] : [{ name, version, url, sha256, rank: Math.min(...ranks) }];
}

const versionOfFile = (filename: string): string => filename.split('-')[1] ?? '';

function fits(version: string, specifier: string): boolean {
  try {
    return specifier === '' || satisfies(version, specifier, { prereleases: true });
  } catch {
    return false;
  }
}

function filesOf(page: { readonly text: string; readonly type: string }, base: string): IndexFile[] {
  if (page.type.endsWith('json')) {
    try {
      return filesOfJson(JSON.parse(page.text), base);
    } catch (cause) {
      throw new KernelError('EPACKAGE', `${base} is no page of a package index.`, { cause });
    }
  }
  const anchors = new DOMParser().parseFromString(page.text, 'text/html').querySelectorAll('a[href]');
  return [...anchors].map((anchor) => {
    const url = new URL(anchor.getAttribute('href') ?? '', base);
    const sha256 = /^#sha256=([0-9a-f]{64})$/i.exec(url.hash)?.[1];
    url.hash = '';
    return {
      filename: decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf('/') + 1)),
      url: url.href,
      sha256,
      requiresPython: anchor.getAttribute('data-requires-python') ?? '',
      yanked: anchor.hasAttribute('data-yanked'),
    };
  });
}

function filesOfJson(page: unknown, base: string): IndexFile[] {
  const { files } = page as { files: unknown };
  if (!Array.isArray(files)) throw new RangeError('no files');
  return (files as Record<string, unknown>[]).map((file) => {
    const hash = (file['hashes'] as Record<string, unknown> | undefined)?.['sha256'];
    const requires = file['requires-python'];
    return {
      filename: String(file['filename']),
      url: new URL(String(file['url']), base).href,
      sha256: typeof hash === 'string' ? hash : undefined,
      requiresPython: typeof requires === 'string' ? requires : '',
      yanked: file['yanked'] !== undefined && file['yanked'] !== false,
    };
  });
}
