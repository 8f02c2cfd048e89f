// Modules made by the bundler (scripts/rollup/virtual-modules.mjs).
declare module 'virtual:frames' {
  /** The outer document of every frame, the same text as dist/frame.html. */
  export const outerHtml: string;
  /** Scripts of inner documents by role, with their CSP hashes (`'sha256-…'`). */
  export const innerScripts: Readonly<Record<'kernel' | 'broker' | 'preview', { text: string; hash: string }>>;
}
declare module 'virtual:runtimes' {
  import type { Runtime } from '../abi/runtime.js';
  export const runtimes: readonly Runtime[];
}
