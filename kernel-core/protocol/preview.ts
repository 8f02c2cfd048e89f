// protocol: page ↔ preview document. The page hands over files once; the rest goes over one port.
// Everything the document says is an attacker's word: `client/preview/reports.ts` checks it.

/** A file as the preview document gets it; the path is relative to the root of the shown site. */
export type PreviewFile = readonly [path: string, content: string | Uint8Array | Blob];

/** Payload of the preview's frame. ports: [control]. */
export interface PreviewPayload {
  /** Path of the HTML file that is shown; always among the files. */
  readonly entry: string;
  /** `#part` to scroll to, or ''. */
  readonly fragment: string;
  readonly files: readonly PreviewFile[];
  /** The grant, as the sentences about blocked requests name it; the policy enforces it. */
  readonly grant: 'none' | '*' | readonly string[];
}

/** Page → preview document, on the control port. */
export type PreviewRequest = { readonly type: 'ping' };

export type ConsoleLevel = 'log' | 'info' | 'debug' | 'warn' | 'error';

/** One entry of the preview's console. Lines and columns count from 1 and are those of the author's file. */
export interface ConsoleEntry {
  readonly level: ConsoleLevel;
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Preview document → page, on the control port. */
export type PreviewReport =
  /** Its code runs and the author's document comes next. */
  | { readonly type: 'started' }
  /** The author's document and what it refers to is loaded; what its scripts printed until then came before. */
  | { readonly type: 'loaded' }
  | { readonly type: 'pong' }
  | { readonly type: 'console'; readonly entries: readonly ConsoleEntry[]; readonly dropped: number }
  /** Height of the content in CSS pixels. */
  | { readonly type: 'height'; readonly px: number }
  /** A link to another page of the same files was followed. */
  | { readonly type: 'navigate'; readonly path: string; readonly fragment: string }
  /** The document is being unloaded: it reloads itself or tried to go elsewhere. */
  | { readonly type: 'leaving' };

/** Origin that the files seem to come from. `.invalid` never resolves (RFC 6761). */
export const previewOrigin = 'https://sandbox.invalid';
