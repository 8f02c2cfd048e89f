// elements/run: attributes → what a run is started with. One sentence for each that does not parse.
import { KernelError, parseGrant, type NetworkGrant } from '../../kernel-core/client/index.js';
import { splitWords } from './words.js';

/** What the attributes of an element ask for. */
export interface Settings {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The whole input, known in advance; undefined: the reader is asked. */
  readonly stdin: string | undefined;
  readonly network: NetworkGrant;
  readonly timeoutMs: number | undefined;
  /** Wasm memory of one process. */
  readonly memoryBytes: number | undefined;
  /** Elements that name the same session share a sandbox. */
  readonly session: string | undefined;
  /** Id or selector of a block that runs before the code. */
  readonly setup: string | undefined;
  /** `last`: the value of the program's last expression is shown. */
  readonly display: string | undefined;
}

/** What every program is given; `env` of a process replaces it whole. */
export const baseEnvironment = { HOME: '/home/user', PATH: '/usr/bin', LANG: 'C.UTF-8' };

/** Attributes of DESIGN §5 that this version knows but cannot honour. */
const notYet = {
  persist: 'cannot keep files over a reload yet',
} as const;

/** Throws KernelError EINVAL naming attribute, value and an example; ENOSYS for what does not exist yet. */
export function readSettings(element: Element): Settings {
  for (const [name, what] of Object.entries(notYet)) {
    const value = element.getAttribute(name);
    if (value !== null)
      throw new KernelError('ENOSYS', `${name}="${value}": this version of wasm-elements ${what}.`, {
        hint: 'Take the attribute away to run the code without it.',
      });
  }
  const read = <T>(name: string, parse: (value: string) => T, hint: string): T | undefined => {
    const value = element.getAttribute(name);
    if (value === null) return undefined;
    try {
      return parse(value);
    } catch (cause) {
      const why = cause instanceof Error && cause.message ? `: ${cause.message.replace(/\.$/, '')}` : '';
      throw new KernelError('EINVAL', `The attribute ${name}="${value}" is not valid${why}.`, {
        hint,
        cause,
      });
    }
  };
  read(
    'boot',
    oneOf('click', 'visible', 'idle', 'eager'),
    'Write boot="click", "visible", "idle" or "eager".',
  );
  read('theme', oneOf('auto', 'light', 'dark'), 'Write theme="auto", "light" or "dark".');
  return {
    args: read('args', splitWords, `Write it as in a shell: args="--name 'Ada L.' 42".`) ?? [],
    env: read('env', parseEnvironment, `Write NAME=value words: env="LANG=de GREETING='good day'".`) ?? {},
    stdin: element.getAttribute('stdin') ?? undefined,
    network:
      read('network', parseGrant, 'Write network="none", network="*" or hosts: network="api.example.com".') ??
      'none',
    timeoutMs: read('timeout', parseDuration, 'Write a number and a unit: timeout="10s", "500ms" or "1m".'),
    memoryBytes: read('memory', parseMemory, 'Write a number and a unit: memory="256MB" or "1GB".'),
    session: element.getAttribute('session')?.trim() || undefined,
    setup: element.getAttribute('setup')?.trim() || undefined,
    display: read('display', oneOf('last'), 'Write display="last", or take the attribute away.'),
  };
}

/** `10s`, `500ms`, `1.5m` → milliseconds. Throws a RangeError. */
export function parseDuration(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|min|h)\s*$/i.exec(text);
  const factor = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 }[match?.[2]?.toLowerCase() ?? ''];
  if (!match || !factor)
    throw new RangeError(/^\s*[\d.]+\s*$/.test(text) ? 'it has no unit' : 'it is not a time');
  const ms = Number(match[1]) * factor;
  if (ms < 1) throw new RangeError('it is shorter than a millisecond');
  // Timers count milliseconds in 31 bits; a longer limit is none in practice.
  return Math.min(ms, 2 ** 31 - 1);
}

/** `256MB`, `1 GiB` → bytes; units are powers of 1,024, as memory is counted. Throws a RangeError. */
export function parseMemory(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(k|m|g)i?b?\s*$/i.exec(text);
  const factor = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[match?.[2]?.toLowerCase() ?? ''];
  if (!match || !factor)
    throw new RangeError(/^\s*[\d.]+\s*$/.test(text) ? 'it has no unit' : 'it is not a size');
  const bytes = Math.floor(Number(match[1]) * factor);
  if (bytes < 65_536) throw new RangeError('it is less than one page of wasm memory, 64 KB');
  return Math.min(bytes, 2 ** 32);
}

function parseEnvironment(text: string): Record<string, string> {
  return Object.fromEntries(
    splitWords(text).map((word) => {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
      if (name === undefined || value === undefined) throw new RangeError(`“${word}” is not NAME=value`);
      return [name, value];
    }),
  );
}

function oneOf(...allowed: readonly string[]): (value: string) => string {
  return (value) => {
    if (allowed.includes(value)) return value;
    throw new RangeError('');
  };
}
