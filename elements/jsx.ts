// elements: attributes for JSX and templates. Types only; nothing here reaches a bundle.
//
//   React 19     declare module 'react' { namespace JSX { interface IntrinsicElements extends WasmElements {} } }
//   Preact       declare module 'preact' { namespace JSX { interface IntrinsicElements extends WasmElements {} } }
//   Solid        declare module 'solid-js' { namespace JSX { interface IntrinsicElements extends WasmElements {} } }
//
// after `import type { WasmElements } from 'wasm-elements'`. The global JSX namespace (older React, Qwik …)
// is extended by itself.

/** `true` and '' set a boolean attribute, `false` and `undefined` leave it away. */
export type BooleanAttribute = boolean | '' | undefined;

/** What the elements have in common (DESIGN §5). */
export interface WasmElementAttributes {
  /** `python`, `python@3.14`, `javascript`, `typescript`, `html`, `wasi`; missing: told from the files. */
  runtime?: string | undefined;
  /** Address of the code. */
  src?: string | undefined;
  /** Id or selector of a block of code elsewhere on the page, read at Run. */
  for?: string | undefined;
  /** `for`, as React spells it. */
  htmlFor?: string | undefined;
  /** Manifest, `.zip` or `.tar.gz` to unpack into the working directory. */
  'files-src'?: string | undefined;
  /** File to run. */
  entry?: string | undefined;
  /** Arguments, split as a shell would. */
  args?: string | undefined;
  /** `NAME=value` words. */
  env?: string | undefined;
  /** The whole input, known in advance. */
  stdin?: string | undefined;
  /** Elements that name the same session share one sandbox. */
  session?: string | undefined;
  /** `none` (default), hosts, or `*`. */
  network?: string | undefined;
  /** `10s`, `500ms`, `1m`; waiting for input does not count. */
  timeout?: string | undefined;
  /** Of one process: `256MB`. */
  memory?: string | undefined;
  boot?: 'click' | 'visible' | 'idle' | 'eager' | undefined;
  autorun?: BooleanAttribute;
  readonly?: BooleanAttribute;
  'line-numbers'?: BooleanAttribute;
  theme?: 'auto' | 'light' | 'dark' | undefined;
}

/** Those of `<wasm-terminal>`. */
export interface WasmTerminalAttributes extends Omit<
  WasmElementAttributes,
  'for' | 'htmlFor' | 'readonly' | 'line-numbers'
> {
  /** What to start instead of the runtime alone: `python -i main.py`. */
  command?: string | undefined;
  /** A list of commands instead of a screen. */
  commands?: BooleanAttribute;
  /** Typed for the reader, a line each time the program waits. */
  start?: string | undefined;
  /** Names the runtime's own installer understands. */
  packages?: string | undefined;
  /** Lines kept above the screen. */
  scrollback?: number | string | undefined;
}

/** What every HTML element takes, in the spellings of the JSX dialects. */
interface AnyElementAttributes {
  id?: string | undefined;
  class?: string | undefined;
  className?: string | undefined;
  style?: unknown;
  slot?: string | undefined;
  hidden?: BooleanAttribute;
  key?: string | number | bigint | null | undefined;
  ref?: unknown;
  children?: unknown;
  dangerouslySetInnerHTML?: { __html: string } | undefined;
}

/** Tag → attributes, for `IntrinsicElements`. */
export interface WasmElements {
  'wasm-runnable': WasmElementAttributes & AnyElementAttributes;
  'wasm-terminal': WasmTerminalAttributes & AnyElementAttributes;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- that is what JSX calls it
  namespace JSX {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- adds all members of the other
    interface IntrinsicElements extends WasmElements {}
  }
}
