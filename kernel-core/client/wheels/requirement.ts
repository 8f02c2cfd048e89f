// client/wheels: what asks for a package: one requirement of PEP 508, and the texts that hold several of them
// (`packages="…"`, requirements.txt, `%pip install`).
import { validRange } from '@renovatebot/pep440';
import { KernelError } from '../kernel-error.js';
import { normalizedName, parseMarker, type Marker } from './marker.js';

export interface Requirement {
  /** As it was written but for its hashes, for sentences. */
  readonly text: string;
  /** Normalized. */
  readonly name: string;
  readonly extras: readonly string[];
  /** Versions as PEP 440 has them; empty: any. */
  readonly specifier: string;
  readonly marker: Marker | undefined;
  /** SHA-256, hexadecimal, of the files it may be satisfied with; empty: any. */
  readonly hashes: readonly string[];
}

const pattern =
  /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(@[^;]*|\(?[^;()]*\)?)\s*(?:;(.*))?$/s;

/** Reads one requirement, with `--hash=sha256:…` behind it if it has any; throws EINVAL with a sentence. */
export function parseRequirement(written: string): Requirement {
  const [text = '', ...options] = written.trim().split(/\s+(?=--hash\b)/);
  const hashes = options.map((option) => {
    const hash = /^--hash[=\s]sha256:([0-9a-f]{64})$/i.exec(option)?.[1];
    if (hash !== undefined) return hash.toLowerCase();
    throw unreadable(written, 'Hashes are written as --hash=sha256:… with 64 hexadecimal digits.');
  });
  const [, name, extras, versions = '', marker] = pattern.exec(text) ?? [];
  if (name === undefined)
    throw unreadable(text, 'A package is asked for as name, name==1.2 or name[extra]>=1.');
  if (versions.trimStart().startsWith('@')) {
    throw unreadable(text, 'Packages come from the configured registries only, not from an address.');
  }
  const specifier = versions.replace(/^\s*\(|\)\s*$/g, '').trim();
  if (specifier !== '' && !validRange(specifier)) {
    throw unreadable(text, 'Versions are written as in name>=1.2,<2.');
  }
  try {
    return {
      text: text.trim(),
      name: normalizedName(name),
      extras: (extras ?? '')
        .split(',')
        .flatMap((extra) => (extra.trim() ? [normalizedName(extra.trim())] : [])),
      specifier,
      marker: marker === undefined ? undefined : parseMarker(marker),
      hashes,
    };
  } catch (cause) {
    throw unreadable(text, cause instanceof RangeError ? `${cause.message}.` : '', cause);
  }
}

function unreadable(text: string, hint: string, cause?: unknown): KernelError {
  return new KernelError('EINVAL', `“${text.trim()}” does not name a Python package.`, { hint, cause });
}

/**
 * The requirements of a requirements.txt, as texts. Of its options hashes are kept and all others passed over:
 * registries are configured.
 */
export function requirementsOfFile(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/(^|\s)#.*$/, '')
        .replace(/\s--(?!hash\b).*?(?=\s--|$)/g, '')
        .trim(),
    )
    .filter((line) => line !== '' && !line.startsWith('-'));
}

/** A notebook's `%pip install …`: what it asks for, and the program with these lines as comments. */
export function takeMagic(source: string): { readonly requirements: string[]; readonly source: string } {
  const requirements: string[] = [];
  const rest = source.replace(/^[%!]pip[ \t]+install[ \t]+(.*)$/gm, (line, words: string) => {
    requirements.push(...requirementWords(words));
    return `#${line.slice(1)}`;
  });
  return { requirements, source: rest };
}

/** Requirements side by side, as in `packages="numpy pandas>=2"`. Commas and quotes may stand between them. */
export function requirementWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g)]
    .map(([, double, single, word]) => double ?? single ?? word?.replace(/,$/, '') ?? '')
    .filter((word) => word !== '' && !word.startsWith('-'));
}
