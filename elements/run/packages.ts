// elements/run: `packages`, requirements.txt and what the program itself asks for, before a run; and the package a
// failed run turned out to miss.
import {
  installPackages,
  packageNames,
  takesPackages,
  KernelError,
  type FileContent,
  type Progress,
  type Sandbox,
} from '../../kernel-core/client/index.js';
import type { Sources } from './sources.js';

/** A run's files, as they are to be written, and its packages. */
export interface Wanted {
  readonly sources: Sources;
  readonly requirements: readonly string[];
}

/**
 * What has to be installed for a run. `accepted`: what the reader agreed to. Rejects with ENOSYS where the runtime
 * has no packages, and as `packageNames`.
 */
export async function wantedPackages(
  attribute: string | null,
  runtime: string,
  sources: Sources,
  accepted: readonly string[],
): Promise<Wanted> {
  if (!takesPackages(runtime)) {
    if (attribute === null) return { sources, requirements: [] };
    throw new KernelError(
      'ENOSYS',
      `packages="${attribute}": packages of “${runtime}” cannot be installed.`,
      {
        hint: 'Take the attribute away to run the code without it.',
      },
    );
  }
  const { files, entry } = sources;
  const [program, list] = await Promise.all([textOf(files[entry]), textOf(files['requirements.txt'])]);
  const { requirements, source } = await packageNames(runtime, attribute, list, program);
  return {
    requirements: [...requirements, ...accepted],
    sources: source === undefined ? sources : { entry, files: { ...files, [entry]: source } },
  };
}

/** Installs them; what is there already costs a look into the tree. Rejects as `installPackages`. */
export async function install(
  sandbox: Promise<Sandbox>,
  runtime: string,
  requirements: readonly string[],
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  if (requirements.length === 0) return;
  await installPackages(await sandbox, runtime, requirements, { signal, onProgress });
}

/** The package a Python program ended without, as its last words name it; undefined: none that is known. */
export function missingPackage(stderr: string): string | undefined {
  return /^The package '([\w.-]+)' is not installed/m.exec(stderr.slice(-2_000))?.[1];
}

/** What is an address only is read when it is needed; one that cannot be read fails there. */
export async function textOf(content: FileContent | undefined): Promise<string | undefined> {
  if (content === undefined || typeof content === 'string') return content;
  if (content instanceof URL) {
    const response = await fetch(content).catch(() => undefined);
    return response?.ok === true ? response.text() : undefined;
  }
  return content instanceof Blob ? content.text() : new TextDecoder().decode(content);
}
