// javascript loader: what an import specifier names. Files of the sandbox, URLs, or a sentence why not.
import { normalize } from '../../kernel-core/abi/path.js';
import type { View } from '../view/view.js';

/** A module's identity: an absolute path, or a URL. */
export type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'remote'; readonly url: string }
  /** Handed to the engine as it is: `blob:` and `data:`. */
  | { readonly kind: 'foreign'; readonly url: string };

/** The target, or one sentence for the program's author. */
export type Resolution = Target | { readonly kind: 'problem'; readonly message: string };

const typescriptFile = /\.[mc]?tsx?$/;
/** What may be left out or written as its compiled name. */
const typescriptEndings = [
  '.ts',
  '.tsx',
  '.mts',
  '.js',
  '.mjs',
  '.jsx',
  '.json',
  '/index.ts',
  '/index.tsx',
  '/index.js',
];
const compiledEndings: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/**
 * Resolves as browsers do, from the importing module's URL (`file:` for files of the sandbox).
 * TypeScript files may leave out endings and may name `./a.ts` as `./a.js`.
 */
export function resolve(view: View, specifier: string, referrer: string): Resolution {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(specifier)?.[1]?.toLowerCase();
  if (scheme === 'blob' || scheme === 'data') return { kind: 'foreign', url: specifier };
  if (scheme === 'node') {
    return problem(
      `Cannot import '${specifier}': this is the browser's engine, not Node.js, and has none of Node's modules.`,
    );
  }
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https' && scheme !== 'file') {
    return problem(`Cannot import '${specifier}': only files and https: URLs can be imported.`);
  }
  if (scheme === undefined && !/^\.{0,2}\//.test(specifier)) {
    return problem(
      `Cannot import '${specifier}': a bare name needs a package manager, and there is none here. ` +
        `Import a file ('./${specifier}') or a URL ('https://…') that the network attribute allows.`,
    );
  }
  let url: URL;
  try {
    url = new URL(specifier, referrer);
  } catch {
    return problem(`Cannot import '${specifier}': it is not a valid URL.`);
  }
  if (url.protocol !== 'file:') return { kind: 'remote', url: url.href };
  return resolveFile(
    view,
    specifier,
    decodePath(url.pathname),
    typescriptFile.test(new URL(referrer).pathname),
  );
}

/** `import.meta.resolve`: the address, whether or not there is anything; throws a TypeError for bare names. */
export function addressOf(view: View, specifier: string, referrer: string): string {
  const resolution = resolve(view, specifier, referrer);
  if (resolution.kind === 'file') return fileUrl(resolution.path);
  if (resolution.kind !== 'problem') return resolution.url;
  if (/^(?:\.{0,2}\/|file:)/.test(specifier)) return new URL(specifier, referrer).href;
  throw new TypeError(resolution.message);
}

function resolveFile(view: View, specifier: string, path: string, typescript: boolean): Resolution {
  const found = typeAt(view, path);
  if (found === 'file') return { kind: 'file', path };
  const candidates = candidatesOf(path).filter((candidate) => typeAt(view, candidate) === 'file');
  const [nearest] = candidates;
  if (nearest !== undefined && typescript) return { kind: 'file', path: nearest };
  if (found === 'directory') {
    return problem(`Cannot import '${specifier}': ${path} is a directory. Name the file inside it.`);
  }
  const hint = nearest === undefined ? '' : ` Did you mean '${specifierLike(specifier, path, nearest)}'?`;
  return problem(`Cannot find '${specifier}': there is no file ${path}.${hint}`);
}

function candidatesOf(path: string): string[] {
  const ending = /\.[a-z]+$/.exec(path)?.[0] ?? '';
  const stem = path.slice(0, path.length - ending.length);
  const compiled = (compiledEndings[ending] ?? []).map((other) => stem + other);
  return [...compiled, ...typescriptEndings.map((other) => path + other)];
}

function specifierLike(specifier: string, path: string, found: string): string {
  let common = 0;
  while (common < path.length && path[common] === found[common]) common += 1;
  return specifier.slice(0, specifier.length - (path.length - common)) + found.slice(common);
}

function typeAt(view: View, path: string): string | undefined {
  try {
    return view.resolve(path).type;
  } catch (error) {
    if (isErrno(error)) return undefined;
    throw error;
  }
}

/** An Errno of the process worker, which is bundled apart from the loader and has a class of its own. */
export function isErrno(error: unknown): error is Error & { readonly errno: number } {
  return error instanceof Error && typeof (error as { errno?: unknown }).errno === 'number';
}

/** The text of a file; throws an Errno. */
export function readText(view: View, path: string): string {
  const text = new TextDecoder().decode(view.contents(view.resolve(path)));
  return text;
}

export function fileUrl(path: string): string {
  return `file://${encodePath(path)}`;
}

/** A path as it stands in a URL and in `sourceURL`, which ends at white space. */
export function encodePath(path: string): string {
  return encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
}

function decodePath(pathname: string): string {
  try {
    return normalize(decodeURIComponent(pathname));
  } catch {
    return normalize(pathname); // a stray % is part of the name
  }
}

function problem(message: string): Resolution {
  return { kind: 'problem', message };
}
