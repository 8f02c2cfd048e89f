// Made by the bundler (scripts/rollup/virtual-modules.mjs) from the table of runtimes, so that the entry can
// name a runtime and its size without a request.
declare module 'virtual:runtime-labels' {
  export interface RuntimeLabel {
    /** `python` */
    readonly name: string;
    readonly aliases: readonly string[];
    /** For people: `Python`. */
    readonly title: string;
    readonly kind: 'process' | 'page';
    /** Of the entry file, with the dot. */
    readonly extensions: readonly string[];
    /** The editor's name of the language. */
    readonly language: string;
    /** What the entry file is called when the code has no name: `main.py`. */
    readonly entry: string;
    /** Newest first, with what each downloads in all. */
    readonly versions: readonly { readonly version: string; readonly bytes: number }[];
  }
  export const runtimeLabels: readonly RuntimeLabel[];
}

declare module 'virtual:xterm-css' {
  export const xtermCss: string;
}
