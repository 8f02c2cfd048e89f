// Modules made by the bundler (scripts/rollup/virtual-modules.mjs).
declare module 'virtual:frames' {
  /** The outer document of every frame, the same text as dist/frame.html. */
  export const outerHtml: string;
  /** Scripts of inner documents by role, with their CSP hashes (`'sha256-…'`). */
  export const innerScripts: Readonly<Record<'kernel' | 'broker' | 'markup', { text: string; hash: string }>>;
}
declare module 'virtual:preview' {
  /** The script of preview documents (kernel-core/frame/preview-document.ts). */
  export const previewScript: string;
}
declare module 'virtual:runtimes' {
  /** `readonly Runtime[]`; an ambient module cannot import the type. */
  export const runtimes: unknown;
}
