// client/preview: what a preview document says, checked. Whoever holds its port may be the author's code.
import type { ConsoleEntry, ConsoleLevel, PreviewReport } from '../../protocol/preview.js';

const levels: ReadonlySet<unknown> = new Set<ConsoleLevel>(['log', 'info', 'debug', 'warn', 'error']);
const textMax = 20_000;
const entriesMax = 1_000;

/** The report, in our own objects; undefined for anything else. */
export function checkReport(data: unknown): PreviewReport | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { type, px, path, fragment, entries, dropped } = data as Record<string, unknown>;
  switch (type) {
    case 'started':
    case 'loaded':
    case 'pong':
    case 'leaving':
      return { type };
    case 'height':
      return typeof px === 'number' && Number.isFinite(px) && px >= 0 ? { type, px } : undefined;
    case 'navigate':
      return typeof path === 'string' && typeof fragment === 'string' ? { type, path, fragment } : undefined;
    case 'console':
      if (!Array.isArray(entries)) return undefined;
      return {
        type,
        entries: entries.slice(0, entriesMax).flatMap(checkEntry),
        dropped: typeof dropped === 'number' && dropped > 0 ? Math.floor(dropped) : 0,
      };
    default:
      return undefined;
  }
}

function checkEntry(data: unknown): ConsoleEntry[] {
  if (typeof data !== 'object' || data === null) return [];
  const { level, text, file, line, column } = data as Record<string, unknown>;
  if (!levels.has(level) || typeof text !== 'string') return [];
  const place = typeof file === 'string' && isCount(line);
  return [
    {
      level: level as ConsoleLevel,
      text: text.slice(0, textMax),
      ...(place ? { file: file.slice(0, 500), line } : {}),
      ...(place && isCount(column) ? { column } : {}),
    },
  ];
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
