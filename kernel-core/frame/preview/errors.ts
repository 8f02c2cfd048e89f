// frame/preview: errors nobody caught, and requests the policy refused, as console entries.
import { previewOrigin, type ConsoleEntry } from '../../protocol/preview.js';
import type { Channel } from './channel.js';
import { errorWithFrames } from './console.js';
import type { Place, SiteFiles } from './files.js';
import { inspect } from './inspect.js';
import { stackFrames } from './stack.js';

/** Listens on the window; `document.open()` removes listeners, so this comes after it. */
export function reportErrors(channel: Channel, files: SiteFiles): void {
  addEventListener('error', (event) => {
    if (event instanceof ErrorEvent) channel.print(uncaught(files, event));
  });
  addEventListener('unhandledrejection', (event) => {
    const { reason } = event as { reason: unknown };
    channel.print({
      level: 'error',
      text: `Uncaught (in promise) ${describe(files, reason)}`,
      ...placeOf(files, reason),
    });
  });
}

function uncaught(files: SiteFiles, event: ErrorEvent): ConsoleEntry {
  const error = event.error as unknown;
  const { filename, lineno: line, colno: column } = event;
  const place =
    line === 0
      ? undefined
      : (files.place(filename, line, column) ??
        (/^https?:/.test(filename) ? { file: filename, line, column } : undefined));
  const text =
    error !== null && error !== undefined
      ? describe(files, error)
      : event.message === 'Script error.'
        ? 'error in an event-handler attribute; this browser does not say more.'
        : event.message.replace(/^Uncaught /, '');
  return { level: 'error', text: `Uncaught ${text}`, ...(place ? withColumn(place) : placeOf(files, error)) };
}

/** WebKit gives no column for an error of syntax. */
function withColumn({ file, line, column }: Place): { file: string; line: number; column?: number } {
  return column > 0 ? { file, line, column } : { file, line };
}

function describe(files: SiteFiles, thrown: unknown): string {
  if (!(thrown instanceof Error)) return inspect(thrown);
  // One frame only repeats where the entry itself says it happened.
  return stackFrames(files, thrown.stack).length > 1
    ? errorWithFrames(files, thrown)
    : errorWithFrames(files, { name: thrown.name, message: thrown.message });
}

function placeOf(files: SiteFiles, thrown: unknown): { file?: string; line?: number; column?: number } {
  const frame = thrown instanceof Error ? stackFrames(files, thrown.stack)[0] : undefined;
  return frame === undefined ? {} : { file: frame.file, line: frame.line, column: frame.column };
}

/** Why a request did not leave, once a URL. */
export function reportViolations(
  channel: Channel,
  files: SiteFiles,
  granted: (url: string) => boolean,
  grant: 'none' | '*' | readonly string[],
): void {
  const told = new Set<string>();
  addEventListener('securitypolicyviolation', (event) => {
    if (event.disposition !== 'enforce') return;
    const { blockedURI, effectiveDirective: directive } = event;
    // A missing file; told where it is named, with the names of those there are.
    if (blockedURI.startsWith(`${previewOrigin}/`) || blockedURI === previewOrigin) return;
    const key = `${directive} ${blockedURI}`;
    if (told.has(key)) return;
    told.add(key);
    const file = files.nameOf(event.sourceFile);
    channel.print({
      level: 'error',
      text: sentence(blockedURI, directive, granted(blockedURI), grant),
      ...(file === undefined || event.lineNumber === 0 ? {} : { file, line: event.lineNumber }),
    });
  });
}

function sentence(
  blocked: string,
  directive: string,
  granted: boolean,
  grant: 'none' | '*' | readonly string[],
): string {
  if (directive === 'form-action')
    return 'blocked: a form was to be sent — forms of a page shown here are not sent anywhere.';
  if (directive === 'frame-src' || directive === 'child-src') {
    return `blocked: ${blocked} — a page shown here cannot hold other pages.`;
  }
  if (!/^(https?|wss?):/.test(blocked) || granted) {
    return (
      `blocked: ${blocked} (${directive}) — the policy of the page around forbids it. ` +
      'Its author can point `frame` at a hosted frame.html.'
    );
  }
  const { host } = new URL(blocked);
  const has =
    grant === 'none' ? 'this page has no network grant' : 'this page’s network grant does not include it';
  return `blocked: ${blocked} — ${has}; add network="${host}".`;
}
