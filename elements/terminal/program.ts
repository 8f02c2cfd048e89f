// elements/terminal: which program a terminal starts.
import {
  KernelError,
  resolveRuntime,
  runtimes,
  type Runtime,
  type RuntimeVersion,
} from '../../kernel-core/client/index.js';
import type { ElementHost } from '../run/host.js';
import { gather, type Sources } from '../run/sources.js';
import type { Command } from '../run/run.js';
import type { Settings } from '../run/settings.js';
import { splitWords } from '../run/words.js';

/** What a terminal starts that says nothing else. */
const shell = 'sh';

export interface TerminalProgram {
  /** `python`, `python@3.14`: what has to be downloaded. */
  readonly spec: string;
  /** For people. */
  readonly title: string;
  readonly runtime: Runtime;
  readonly version: RuntimeVersion;
  readonly sources: Sources;
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * By `command`, whose first word is a runtime or a program in the file tree; else the runtime, with the file to run if
 * there is one: `entry`, `src` or a script without a name. A runtime that can be typed into needs none. Rejects with
 * EINVAL, ERUNTIME, and as `gather`.
 */
export async function programOf(
  host: ElementHost,
  settings: Settings,
  signal: AbortSignal,
): Promise<TerminalProgram> {
  const asked = host.element.getAttribute('command');
  const words = asked === null ? [] : commandWords(asked, `The attribute command="${asked}"`);
  const spec =
    host.element.getAttribute('runtime')?.trim() || named(words[0]) || host.sample.label?.name || shell;
  const { runtime, version } = resolveRuntime(spec);
  if (runtime.kind === 'page') throw noTerminal(spec);
  const sources = await gather(host, signal, words.length === 0 && runtime.interactive !== true);
  const [command = spec, ...rest] = words;
  const args = words.length > 0 ? rest : sources.entry === '' ? [] : [sources.entry];
  const title = asked ?? runtime.title;
  return { spec, title, runtime, version, sources, command, args: [...args, ...settings.args] };
}

/** A word that is a runtime itself. */
function named(word: string | undefined): string | undefined {
  const name = word?.split('@')[0];
  return runtimes().some((runtime) => runtime.name === name) ? word : undefined;
}

/**
 * One of the commands of a list: a line of the shell, which is the runtime where nothing else is asked for; for other
 * runtimes words, the first of which is started. Throws EINVAL and ERUNTIME.
 */
export function listedCommand(element: Element, text: string): Command {
  const spec = element.getAttribute('runtime')?.trim() || shell;
  const { runtime } = resolveRuntime(spec);
  if (runtime.kind === 'page') throw noTerminal(spec);
  if (runtime.name === shell) return { spec, text, command: spec, args: ['-c', text] };
  const [command = spec, ...args] = commandWords(text, `The command “${text}”`);
  return { spec, text, command, args };
}

/** `what`: as an error calls the text. */
function commandWords(text: string, what: string): string[] {
  try {
    const words = splitWords(text);
    if (words.length > 0) return words;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new KernelError('EINVAL', `${what} is not valid: ${why}.`, { cause });
  }
  throw new KernelError('EINVAL', `${what} is empty.`, {
    hint: 'Write a command: command="python main.py". Pipes and the like are the shell’s: start="ls | wc -l".',
  });
}

const noTerminal = (spec: string): KernelError =>
  new KernelError('ENOSYS', `runtime="${spec}": a page does not run on a terminal.`, {
    hint: 'Show it with <wasm-runnable>.',
  });

/** The lines that `start` types for the reader. */
export function startLines(element: Element): string[] {
  const text = element.getAttribute('start')?.trim() ?? '';
  return text === '' ? [] : text.split(/\r?\n/).map((line) => line.trim());
}

/** Lines kept above the screen. Throws EINVAL. */
export function scrollbackOf(element: Element): number {
  const text = element.getAttribute('scrollback');
  if (text === null) return 5_000;
  const lines = Number(text.trim() || NaN);
  if (Number.isInteger(lines) && lines >= 0 && lines <= 1_000_000) return lines;
  throw new KernelError('EINVAL', `The attribute scrollback="${text}" is not valid.`, {
    hint: 'Write a number of lines: scrollback="1000".',
  });
}
