// elements/output: the output an author promises (`<script type="text/expected-output">`), before the first run.
// Small enough for the entry: no terminal, no escapes, plain text that looks as the real output will.

/** A labelled, static block with the author's expected output; styled by the element, whose entry it is part of. */
export function expectedOutput(text: string, label = 'Expected output'): HTMLElement {
  const element = document.createElement('div');
  element.className = 'expected';
  element.setAttribute('part', 'expected-output');
  element.setAttribute('role', 'group');
  element.ariaLabel = label;
  const caption = document.createElement('div');
  caption.className = 'expected-label';
  caption.textContent = label;
  const pre = document.createElement('pre');
  pre.className = 'expected-text';
  pre.textContent = text.replace(/\n$/, '');
  element.append(caption, pre);
  return element;
}
