// elements/output: the output an author promises (`<script type="text/expected-output">`), before the first run.
// Small enough for the entry: no terminal, no escapes, plain text that looks as the real output will.

/**
 * A labelled, static block with the author's expected output. It looks right once `outputStyles` is adopted
 * in the same root; without them it is a plain `<pre>` under a label.
 */
export function expectedOutput(text: string, label = 'Expected output'): HTMLElement {
  const element = document.createElement('div');
  element.className = 'output expected';
  element.setAttribute('part', 'expected-output');
  element.setAttribute('role', 'group');
  element.ariaLabel = label;
  const caption = document.createElement('div');
  caption.className = 'expected-label';
  caption.textContent = label;
  const pre = document.createElement('pre');
  pre.className = 'block expected-text';
  pre.textContent = text.replace(/\n$/, '');
  element.append(caption, pre);
  return element;
}
