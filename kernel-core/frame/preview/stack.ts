// frame/preview: stack traces of the three engines, reduced to the author's own files and lines.
import type { Place, SiteFiles } from './files.js';

export interface StackFrame extends Place {
  /** Function name, or '' at top level. */
  readonly name: string;
}

//                 V8: at [async ][new ]name (url:1:2) | at url:1:2         SpiderMonkey, JavaScriptCore: name@url:1:2
const framePattern =
  /^\s*at (?:(?:async )?(.*?) \()?((?:blob|https?):.+?):(\d+):(\d+)\)?$|^(.*?)@((?:blob|https?):.+?)(?: line \d+ > [^:]*)?:(\d+):(\d+)$/;

/** Frames in files of the site or on the network; ours and the browser's are left out. */
export function stackFrames(files: SiteFiles, stack: unknown): StackFrame[] {
  if (typeof stack !== 'string') return [];
  const frames: StackFrame[] = [];
  for (const row of stack.split('\n')) {
    const match = framePattern.exec(row);
    if (match === null) continue;
    const url = match[2] ?? match[6] ?? '';
    const line = Number(match[3] ?? match[7]);
    const column = Number(match[4] ?? match[8]);
    const place =
      files.place(url, line, column) ?? (url.startsWith('blob:') ? undefined : { file: url, line, column });
    if (place === undefined) continue;
    const name = (match[1] ?? match[5] ?? '').replace(
      /^(global code|module code|eval code|<anonymous>|anonymous)$/,
      '',
    );
    frames.push({ name, ...place });
  }
  return frames;
}

/** One line a frame, as V8 writes them. */
export function formatFrames(frames: readonly StackFrame[]): string {
  return frames
    .slice(0, 10)
    .map(({ name, file, line, column }) => {
      const place = `${file}:${line}:${column}`;
      return `\n    at ${name === '' ? place : `${name} (${place})`}`;
    })
    .join('');
}
