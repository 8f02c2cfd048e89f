// Gets what the shell and its tools are made from: Debian's source packages, through the machine's own package
// client. It is told to use folders of ours (build/.sources) for its lists and downloads, so that nothing of the
// machine changes; where the packages are comes from the machine's own lists.
//
// Only the upstream tarball is taken, and only with the SHA-256 that a recipe pins. Patches of ours
// (patches/<name>/*.patch) go on top; one that does not fit ends the build.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { applyPatch } from './build-patches.mjs';

const run = promisify(execFile);
const here = import.meta.dirname;

/** Thrown where a source package cannot be had; everything else can still be built. */
export class SourcesUnavailable extends Error {}

export class Sources {
  #folder;
  #log;
  #updated;

  /** `folder`: what is downloaded and unpacked is kept there. */
  constructor(folder, log) {
    this.#folder = folder;
    this.#log = log;
  }

  /**
   * The folder of an upstream source, unpacked and patched. `version` is Debian's (`59c-28`), `sha256` that of the
   * upstream tarball. Throws SourcesUnavailable.
   */
  debian(name, { version, sha256 }) {
    return this.#prepared(name, { version, sha256 }, () => this.#tarball(name, version, sha256), unpack);
  }

  /**
   * The same of what an npm package carries: `archive` is the path of a tarball in it. `sha256` is that of the package's
   * own. Throws SourcesUnavailable.
   */
  npm(name, { version, sha256, archive }) {
    return this.#prepared(
      name,
      { version, sha256 },
      () => this.#npmTarball(name, version, sha256),
      async (tarball, target) => {
        await unpack(tarball, target);
        const inner = path.join(target, archive);
        renameSync(inner, `${target}.inner`);
        rmSync(target, { recursive: true });
        mkdirSync(target);
        await unpack(`${target}.inner`, target);
        rmSync(`${target}.inner`);
      },
    );
  }

  async #prepared(name, { version, sha256 }, tarballOf, unpack) {
    const patches = patchesOf(name);
    const state = fingerprint([sha256, ...patches.map(({ text }) => text)]);
    const target = path.join(this.#folder, `${name}-${version}`);
    const stamp = `${target}.stamp`;
    if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return target;
    const tarball = await tarballOf();
    rmSync(target, { recursive: true, force: true });
    rmSync(`${target}.part`, { recursive: true, force: true });
    mkdirSync(`${target}.part`, { recursive: true });
    await unpack(tarball, `${target}.part`);
    for (const { file, text } of patches) applyPatch(`${target}.part`, text, file);
    renameSync(`${target}.part`, target);
    writeFileSync(stamp, state);
    return target;
  }

  async #npmTarball(name, version, sha256) {
    const downloads = this.#downloads();
    const tarball = path.join(downloads, `${name}-${version}.tgz`);
    const isRight = () => existsSync(tarball) && fingerprint([readFileSync(tarball)]) === sha256;
    if (isRight()) return tarball;
    this.#log(`downloading ${name}@${version}`);
    let failure = 'another tarball than the pinned one';
    try {
      await run('npm', ['pack', `${name}@${version}`, '--pack-destination', downloads], { cwd: downloads });
    } catch (error) {
      failure = lastLine(error);
    }
    if (isRight()) return tarball;
    throw new SourcesUnavailable(`The npm package ${name} ${version} cannot be had here (${failure}).`);
  }

  #downloads() {
    const downloads = path.join(this.#folder, 'downloads');
    mkdirSync(downloads, { recursive: true });
    return downloads;
  }

  async #tarball(name, version, sha256) {
    const downloads = this.#downloads();
    const kept = find(downloads, name, sha256);
    if (kept !== undefined) return kept;
    const failures = [];
    // A mirror drops revisions of Debian's, or lacks the newest; the upstream tarball of the others is the same.
    for (const wanted of [`${name}=${version}`, name, ...(await this.#others(name))]) {
      try {
        const options = await (this.#updated ??= this.#update());
        this.#log(`downloading the source of ${wanted}`);
        await run('apt-get', [...options, '--download-only', '--tar-only', 'source', wanted], {
          cwd: downloads,
        });
      } catch (error) {
        failures.push(lastLine(error));
      }
      const found = find(downloads, name, sha256);
      if (found !== undefined) return found;
    }
    throw new SourcesUnavailable(
      `The source package of ${name} ${version} cannot be had here (${[...new Set(failures)].join('; ') || 'another tarball than the pinned one'}).`,
    );
  }

  /** The revisions there are, as apt names them. */
  async #others(name) {
    try {
      const options = await (this.#updated ??= this.#update());
      const { stdout } = await run('apt-cache', [...options, 'showsrc', name]);
      return [...stdout.matchAll(/^Version: (.+)$/gm)].map(([, version]) => `${name}=${version}`);
    } catch {
      // What is wrong is said where the source is asked for.
      return [];
    }
  }

  /** Options that keep apt to folders of ours, with lists of source packages fetched. */
  async #update() {
    const own = path.join(this.#folder, 'apt');
    rmSync(own, { recursive: true, force: true });
    for (const each of ['parts', 'lists/partial', 'cache/archives/partial'])
      mkdirSync(path.join(own, each), { recursive: true });
    writeSourceLists(path.join(own, 'parts'));
    const options = [
      '-q',
      ...['-o', 'Dir::Etc::SourceList=/dev/null'],
      ...['-o', `Dir::Etc::SourceParts=${own}/parts`],
      ...['-o', `Dir::State::Lists=${own}/lists`],
      ...['-o', `Dir::Cache=${own}/cache`],
      ...['-o', 'APT::Sandbox::User='],
      ...['-o', 'Acquire::Retries=3'],
    ];
    await run('apt-get', [...options, 'update']);
    return options;
  }
}

const unpack = (tarball, target) => run('tar', ['-xf', tarball, '-C', target, '--strip-components=1']);

/** The machine's lists, asking for sources instead of programs. */
function writeSourceLists(folder) {
  const parts = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(parts) ? readdirSync(parts).map((each) => `${parts}/${each}`) : []),
  ].filter((each) => /\.(list|sources)$/.test(each) && existsSync(each));
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    const wanted = file.endsWith('.list')
      ? text.replace(/^deb(?=\s)/gm, 'deb-src')
      : text.replace(/^Types:.*$/gim, 'Types: deb-src');
    writeFileSync(path.join(folder, path.basename(file)), wanted);
  }
}

function find(downloads, name, sha256) {
  const isTarball = (each) => each.startsWith(`${name}_`) && /\.orig[\w-]*\.tar\.\w+$/.test(each);
  return readdirSync(downloads)
    .filter(isTarball)
    .map((each) => path.join(downloads, each))
    .find((file) => fingerprint([readFileSync(file)]) === sha256);
}

function patchesOf(name) {
  const folder = path.join(here, 'patches', name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((each) => each.endsWith('.patch'))
    .sort()
    .map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));
}

function fingerprint(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Why a client of packages failed, in its own last words if it had any. */
function lastLine(error) {
  if (error.code === 'ENOENT') return `there is no ${error.path} on this machine`;
  return (error.stderr || error.message).trim().split('\n').at(-1);
}
