// client/wheels: the inline metadata of a Python program (PEP 723): the packages it needs, and its Python.
import { satisfies } from '@renovatebot/pep440';
import { parse, TomlError } from 'smol-toml';
import { KernelError } from '../kernel-error.js';

export interface ScriptMetadata {
  /** As texts; see `requirement.ts`. */
  readonly dependencies: readonly string[];
  /** A PEP 440 specifier. */
  readonly requiresPython: string | undefined;
}

/** The regular expression of PEP 723: a block ends with the last `# ///` of the comments it begins. */
const blocks =
  /^# \/\/\/ (?<type>[a-zA-Z0-9-]+)[ \t]*\r?\n(?<content>(?:#(?:| [^\n]*)\r?\n)+)# \/\/\/[ \t]*\r?$/gm;

/** What a program's `# /// script` block says; a block that is not closed is none. Throws EINVAL with a sentence. */
export function scriptMetadata(source: string): ScriptMetadata {
  const contents = [...source.matchAll(blocks)].flatMap(({ groups }) =>
    groups?.['type'] === 'script' ? [groups['content'] ?? ''] : [],
  );
  if (contents.length > 1) throw unreadable('A program has one such block.');
  const { dependencies = [], 'requires-python': requiresPython } = tableOf(contents[0] ?? '');
  if (!Array.isArray(dependencies) || !dependencies.every((each) => typeof each === 'string'))
    throw unreadable('Packages are written as dependencies = ["name>=1.2", "other"].');
  if (requiresPython !== undefined && typeof requiresPython !== 'string')
    throw unreadable('Its Python is written as requires-python = ">=3.12".');
  return { dependencies, requiresPython };
}

/** Throws EINVAL where a program wants another Python than this version. */
export function checkPython({ requiresPython }: ScriptMetadata, version: string): void {
  if (requiresPython === undefined || satisfies(version, requiresPython)) return;
  throw new KernelError('EINVAL', `This program asks for Python ${requiresPython}; this is ${version}.`, {
    hint: 'Choose another with the attribute runtime, as in runtime="python@3.13".',
  });
}

function tableOf(content: string): Record<string, unknown> {
  try {
    return parse(content.replace(/^# ?/gm, ''));
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [said = ''] = cause.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw unreadable(`Line ${cause.line} of it: ${said}.`, cause);
  }
}

function unreadable(hint: string, cause?: unknown): KernelError {
  return new KernelError('EINVAL', 'The block “# /// script” of this program cannot be read.', {
    hint,
    cause,
  });
}
