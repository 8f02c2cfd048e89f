// client: `packages` of a runtime, before their installer is loaded: which runtimes have one, and what a sample's
// files ask for. The installer itself is imported when there is something to install.
import type { InstalledPackage, InstallOptions } from './wheels/install.js';
import { resolveRuntime } from './runtimes.js';
import type { Sandbox } from './sandbox.js';

/** Whether `packages` can be installed for a runtime (`python`, `python@3.14`). Throws ERUNTIME. */
export function takesPackages(runtime: string): boolean {
  return resolveRuntime(runtime).version.assets.some(({ name }) => name === 'lock.json');
}

export interface Asked {
  readonly requirements: readonly string[];
  /** The program as it is to run, where its text has to change for that. */
  readonly source?: string;
}

/**
 * What a sample asks for: the words of its `packages` attribute, its requirements.txt, the inline metadata of its
 * program (PEP 723) and its `%pip install` lines. Rejects with EINVAL where that metadata cannot be read or asks for
 * another version than the runtime's.
 */
export async function packageNames(
  runtime: string,
  attribute: string | null,
  requirementsFile: string | undefined,
  program: string | undefined,
): Promise<Asked> {
  const asks = (pattern: RegExp): string => (program !== undefined && pattern.test(program) ? program : '');
  const described = asks(/^# \/\/\/ script/m);
  const withMagic = asks(/^[%!]pip[ \t]+install/m);
  const dependencies = described === '' ? [] : await dependenciesOf(described, runtime);
  if (attribute === null && requirementsFile === undefined && withMagic === '' && dependencies.length === 0)
    return { requirements: [] };
  const { requirementWords, requirementsOfFile, takeMagic } = await import('./wheels/requirement.js');
  const magic = takeMagic(withMagic);
  return {
    requirements: [
      ...requirementWords(attribute ?? ''),
      ...requirementsOfFile(requirementsFile ?? ''),
      ...dependencies,
      ...magic.requirements,
    ],
    ...(magic.requirements.length > 0 ? { source: magic.source } : {}),
  };
}

async function dependenciesOf(program: string, runtime: string): Promise<readonly string[]> {
  const { checkPython, scriptMetadata } = await import('./wheels/script-metadata.js');
  const metadata = scriptMetadata(program);
  checkPython(metadata, resolveRuntime(runtime).version.version);
  return metadata.dependencies;
}

/** See `wheels/install.ts`. */
export async function installPackages(
  sandbox: Sandbox,
  runtime: string,
  requirements: readonly string[],
  options: InstallOptions = {},
): Promise<readonly InstalledPackage[]> {
  if (requirements.length === 0) return [];
  const { installPackages: install } = await import('./wheels/install.js');
  return install(sandbox, runtime, requirements, options);
}
