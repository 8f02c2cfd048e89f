// abi: what a program may ask of the reader, through the page: each needs the reader's own click.

export const askKinds = {
  /** Text: an address to show in a tab of its own. Answer: nothing. */
  open: 1,
  /** Text: absolute path of a file that the reader may save. Answer: nothing. */
  download: 2,
  /** Text: absolute path of a directory that takes files the reader chooses. Answer: their names, each with a line feed. */
  upload: 3,
} as const;

export type AskKind = (typeof askKinds)[keyof typeof askKinds];
