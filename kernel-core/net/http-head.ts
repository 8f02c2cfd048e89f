// net: the status line and the header fields of an answer (RFC 9112, 4 and 5).
import { token, HttpError, type HeaderList } from './http-message.js';
import type { HttpReader } from './http-reader.js';

/** Bytes of all heads of one answer, interim ones included. */
export const headMax = 64 << 10;

export interface ResponseHead {
  readonly minor: 0 | 1;
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderList;
}

/** How many bytes of heads may still come. */
export interface HeadBudget {
  bytes: number;
}

const statusLine = /^HTTP\/1\.(\d) ([1-5]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
// eslint-disable-next-line no-control-regex
const forbidden = /[\x00-\x08\x0a-\x1f\x7f]/;

/** Reads one head. Undefined when the connection ends before its first byte. */
export async function readHead(
  reader: HttpReader,
  budget: HeadBudget,
  port: number,
): Promise<ResponseHead | undefined> {
  const before = reader.received - reader.buffered.length;
  const line = async (): Promise<string | undefined> => {
    const next = await reader.line(budget.bytes);
    if (next === 'too-long') throw new HttpError('head-too-large', port);
    if (next === 'end') return undefined;
    budget.bytes -= next.text.length + 2;
    return next.text;
  };
  let first = await line();
  // Some servers end a body with a line too many.
  while (first === '') first = await line();
  if (first === undefined) {
    if (reader.received === before) return undefined;
    throw new HttpError('closed', port);
  }
  const match = statusLine.exec(first);
  if (match === null) throw new HttpError('malformed', port, `it begins with ${quoted(first)}`);
  const headers = await readFields(line, port);
  return {
    minor: match[1] === '0' ? 0 : 1,
    status: Number(match[2]),
    statusText: match[3] ?? '',
    headers,
  };
}

/** Fields up to the empty line that ends them; also the trailer of a chunked body. */
export async function readFields(line: () => Promise<string | undefined>, port: number): Promise<HeaderList> {
  const fields: [string, string][] = [];
  for (;;) {
    const text = await line();
    if (text === undefined) throw new HttpError('cut', port);
    if (text === '') return fields;
    if (text.startsWith(' ') || text.startsWith('\t')) {
      // A folded line goes on with the value before it (RFC 9112, 5.2).
      const last = fields.at(-1);
      if (last === undefined) throw new HttpError('malformed', port, 'its headers begin with a space');
      last[1] = checked(`${last[1]} ${trimmed(text)}`.trimEnd(), port);
      continue;
    }
    const colon = text.indexOf(':');
    // Space before the colon is wrong and common enough; readers of answers drop it (RFC 9112, 5.1).
    const name = trimmed(text.slice(0, Math.max(0, colon)));
    if (!token.test(name)) throw new HttpError('malformed', port, `the header ${quoted(text)}`);
    fields.push([name, checked(trimmed(text.slice(colon + 1)), port)]);
  }
}

function checked(value: string, port: number): string {
  if (forbidden.test(value)) throw new HttpError('malformed', port, 'a header with control characters');
  return value;
}

/** Without the spaces and tabs around it; only those are space to HTTP. */
function trimmed(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
}

function quoted(text: string): string {
  // eslint-disable-next-line no-control-regex
  const shown = text.slice(0, 40).replace(/[\x00-\x1f\x7f-\x9f]/g, '\ufffd');
  return `“${shown}${text.length > 40 ? '…' : ''}”`;
}
