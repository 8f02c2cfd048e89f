// client/wheels: from requirements to the wheels that satisfy them and what they need in turn. The distribution's own
// packages go first, then the index. Breadth first, without going back: two that cannot agree are told.
import { satisfies } from '@renovatebot/pep440';
import { KernelError } from '../kernel-error.js';
import { normalizedName } from './marker.js';
import { parseRequirement, type Requirement } from './requirement.js';
import { findWheel } from './simple-index.js';
import type { LockedPackage, Target } from './target.js';
import type { Wheel } from './wheel.js';

/** A wheel that is to be downloaded. */
export interface WheelSource {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface Resolved extends WheelSource {
  readonly wheel: Wheel;
  readonly isLibrary: boolean;
}

/** The index; whether one is configured, and may be asked: else its host. */
export type IndexAccess = { readonly url: string } | { readonly refused: string } | 'unset';

export interface ResolveHost {
  readonly target: Target;
  /** What is installed: normalized name → version. */
  readonly installed: ReadonlyMap<string, string>;
  readonly index: IndexAccess;
  /** The wheel, checked. */
  fetch(source: WheelSource): Promise<Wheel>;
}

interface Wish {
  readonly requirement: Requirement;
  /** The package that needs it; undefined: whoever called. */
  readonly by: string | undefined;
}

interface Choice {
  readonly version: string;
  readonly by: string | undefined;
  readonly found: Resolved | undefined;
  readonly extras: Set<string>;
}

/**
 * What has to be installed. Rejects with EPACKAGE (unknown, no wheel, conflict), EINVAL (no requirement) and as
 * downloads do.
 */
export async function resolvePackages(host: ResolveHost, texts: readonly string[]): Promise<Resolved[]> {
  const chosen = new Map<string, Choice>();
  let wishes: Wish[] = texts.map((text) => ({ requirement: parseRequirement(text), by: undefined }));
  while (wishes.length > 0) {
    const fresh = new Map<string, Wish[]>();
    const next: Wish[] = [];
    for (const wish of wishes) {
      const { requirement } = wish;
      // Markers that ask for an extra were decided by who has it.
      if (requirement.marker?.(host.target.environment, new Set()) === false) continue;
      const before = chosen.get(requirement.name);
      if (before === undefined) {
        fresh.set(requirement.name, [...(fresh.get(requirement.name) ?? []), wish]);
      } else {
        refuseConflict(wish, before);
        next.push(...requirementsOfExtras(requirement, before, host.target));
      }
    }
    const found = await Promise.all([...fresh.values()].map((each) => choose(host, each)));
    for (const choice of found) {
      chosen.set(choice.name, choice);
      next.push(...choice.needs);
    }
    wishes = next;
  }
  return [...chosen.values()].flatMap(({ found }) => found ?? []);
}

type Chosen = Choice & { readonly name: string; readonly needs: readonly Wish[] };

async function choose(host: ResolveHost, wishes: readonly Wish[]): Promise<Chosen> {
  const [first] = wishes as readonly [Wish];
  const { name } = first.requirement;
  const extras = new Set(wishes.flatMap(({ requirement }) => requirement.extras));
  const specifier = wishes.flatMap(({ requirement }) => requirement.specifier || []).join(',');
  const texts = [...new Set(wishes.map(({ requirement }) => requirement.text))].join(', ');
  const hashes = wishes.flatMap(({ requirement }) => requirement.hashes);
  const wanted: Requirement = { ...first.requirement, specifier, text: texts, hashes };
  const base = { name, by: first.by, extras };

  const installed = host.installed.get(name);
  if (installed !== undefined && allows(specifier, installed) && extras.size === 0) {
    return { ...base, version: installed, found: undefined, needs: [] };
  }
  const locked = lockedPackage(host.target, name);
  if (locked !== undefined && allows(specifier, locked.version)) {
    const source = sourceOfLocked(host.target, locked);
    if (hashes.length > 0 && !hashes.includes(source.sha256)) throw otherThanLocked(source);
    const wheel = await host.fetch(source);
    const found = { ...source, wheel, isLibrary: locked.install_dir === 'dynlib' };
    const choice = { ...base, version: locked.version, found };
    const needs = locked.depends.map((each) => ({ requirement: parseRequirement(each), by: name }));
    return {
      ...choice,
      needs: [...needs, ...requirementsOfExtras(wanted, { ...choice, extras: new Set() }, host.target)],
    };
  }
  if (host.index === 'unset' || 'refused' in host.index)
    throw notLocked(wanted, first.by, locked, host.index);
  const offer = await findWheel(host.index.url, wanted, host.target).catch((error: unknown) => {
    throw error instanceof KernelError && error.code === 'EPACKAGE' ? askedBy(error, first.by) : error;
  });
  if (offer.sha256 === undefined) {
    throw new KernelError(
      'EPACKAGE',
      `The index names no sha256 for the wheel of “${name}”, so it cannot be checked.`,
    );
  }
  const source = { ...offer, name, sha256: offer.sha256 };
  const wheel = await host.fetch(source);
  const needs = wheel.requirements
    .map(parseRequirement)
    .filter(({ marker }) => marker?.(host.target.environment, extras) !== false)
    .map((requirement) => ({ requirement: { ...requirement, marker: undefined }, by: name }));
  return { ...base, version: offer.version, found: { ...source, wheel, isLibrary: false }, needs };
}

/** What a package needs more when it is asked for with extras it was not chosen with. */
function requirementsOfExtras({ extras }: Requirement, choice: Choice, { environment }: Target): Wish[] {
  const more = extras.filter((extra) => !choice.extras.has(extra));
  if (more.length === 0 || choice.found === undefined) return [];
  for (const extra of more) choice.extras.add(extra);
  const { wheel, name } = choice.found;
  return wheel.requirements
    .map(parseRequirement)
    .filter(({ marker }) => marker?.(environment, new Set(more)) === true && !marker(environment, new Set()))
    .map((requirement) => ({ requirement: { ...requirement, marker: undefined }, by: name }));
}

function refuseConflict({ requirement, by }: Wish, before: Choice): void {
  if (allows(requirement.specifier, before.version)) return;
  const who = by === undefined ? 'What is asked for' : `“${by}”`;
  const other = before.by === undefined ? 'was asked for' : `is what “${before.by}” needs`;
  throw new KernelError(
    'EPACKAGE',
    `${who} needs “${requirement.text}”, but ${requirement.name} ${before.version} ${other}.`,
    { hint: `Name a version of ${requirement.name} that suits both.` },
  );
}

function notLocked(
  { text, name }: Requirement,
  by: string | undefined,
  locked: LockedPackage | undefined,
  index: 'unset' | { readonly refused: string },
): KernelError {
  const setting =
    index === 'unset'
      ? 'Packages of an index need configure({ registries: { pypi: … } }) or <meta name="wasm-elements:pypi" content="…">.'
      : `Programs may ask the index ${index.refused} only where network="${index.refused}" grants it; packages="${name}" on the page needs no grant.`;
  const message =
    locked === undefined
      ? `There is no “${name}” in the distribution of Python that runs here.`
      : `The distribution of Python that runs here has ${name} ${locked.version}, which is not “${text}”.`;
  return askedBy(new KernelError('EPACKAGE', message, { hint: setting }), by);
}

function sourceOfLocked(
  { distribution }: Target,
  { name, version, file_name, sha256 }: LockedPackage,
): WheelSource {
  if (distribution === undefined) {
    throw new KernelError('EPACKAGE', `It is not known where the packages of Python’s distribution are.`, {
      hint: 'Say it: configure({ registries: { pyodide: … } }) or <meta name="wasm-elements:pyodide" content="…">.',
    });
  }
  const base = distribution.endsWith('/') ? distribution : `${distribution}/`;
  return { name: normalizedName(name), version, url: new URL(file_name, base).href, sha256 };
}

const otherThanLocked = ({ name, version, sha256 }: WheelSource): KernelError =>
  new KernelError('EINTEGRITY', `None of the hashes given for “${name}” is that of its wheel.`, {
    hint: `Nothing was installed. Python’s distribution has its own wheel of ${name} ${version}: --hash=sha256:${sha256}.`,
  });

function lockedPackage({ locked }: Target, name: string): LockedPackage | undefined {
  const key = Object.hasOwn(locked, name)
    ? name
    : Object.keys(locked).find((each) => normalizedName(each) === name);
  return key === undefined ? undefined : locked[key];
}

const askedBy = (error: KernelError, by: string | undefined): KernelError =>
  by === undefined
    ? error
    : new KernelError(error.code, `“${by}” cannot be installed: ${error.message}`, {
        hint: error.hint,
        cause: error,
      });

const allows = (specifier: string, version: string): boolean =>
  specifier === '' || satisfies(version, specifier, { prereleases: true });
