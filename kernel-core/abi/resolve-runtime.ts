// abi: from what an author wrote (`python`, `py`, `python@3.14`) to a runtime and version.
import type { Runtime, RuntimeVersion } from './runtime.js';

export type Resolution =
  | { readonly found: true; readonly runtime: Runtime; readonly version: RuntimeVersion }
  /** `message` names what there is. */
  | { readonly found: false; readonly runtime: Runtime | undefined; readonly message: string };

/** Resolves `name[@version]`; a version matches the newest that begins with it (`3` → 3.14.0). */
export function resolveRuntime(runtimes: readonly Runtime[], text: string): Resolution {
  const at = text.indexOf('@');
  const name = (at < 0 ? text : text.slice(0, at)).trim().toLowerCase();
  const wanted = at < 0 ? '' : text.slice(at + 1).trim();
  const runtime = runtimes.find((each) => each.name === name || each.aliases.includes(name));
  if (runtime === undefined && at < 0) {
    for (const each of runtimes) {
      const named = each.versions.find(({ aliases }) => aliases?.includes(name));
      if (named !== undefined) return { found: true, runtime: each, version: named };
    }
  }
  if (runtime === undefined) {
    const names = runtimes.map((each) => each.name).join(', ');
    return { found: false, runtime, message: `There is no runtime “${text}”. There are: ${names}.` };
  }
  const version = runtime.versions.find(
    (each) =>
      wanted === '' ||
      wanted === 'latest' ||
      each.version === wanted ||
      each.version.startsWith(`${wanted}.`),
  );
  if (version === undefined) {
    const versions = runtime.versions.map((each) => each.version).join(', ');
    return {
      found: false,
      runtime,
      message: `There is no ${runtime.title} ${wanted}. There are: ${versions}.`,
    };
  }
  return { found: true, runtime, version };
}
