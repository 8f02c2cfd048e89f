// elements: what an element runs, how much that downloads, and the button that starts it. Draws what it is given.
import { html, type TemplateResult } from 'lit/html.js';
import type { Sample } from './markup/sample.js';
import { formatBytes } from './markup/size.js';
import { bytesOf } from './markup/source-file.js';

export interface ToolbarView {
  readonly element: HTMLElement;
  readonly sample: Sample;
  /** Of the button: while nothing runs, while something does. */
  readonly words: readonly [string, string];
  readonly busy: boolean;
  readonly cached: boolean;
  readonly onRun: () => void;
  readonly onReady: (event: Event) => void;
}

export function toolbar({
  element,
  sample,
  words,
  busy,
  cached,
  onRun,
  onReady,
}: ToolbarView): TemplateResult {
  const { label } = sample;
  const spec = element.getAttribute('runtime') ?? '';
  const title = label?.title ?? spec;
  const bytes = bytesOf(label, spec);
  const size = cached ? 'cached' : bytes ? formatBytes(bytes) : '';
  return html`<div class="toolbar" part="toolbar">
    <span class="label" part="label" id="label" ?hidden=${!title}
      >${size ? html`<span class="title">${title} · </span>${size}` : title}</span
    >
    <button
      class="run ${busy ? 'stop' : ''}"
      part="run-button"
      aria-describedby="label"
      @click=${onRun}
      @pointerdown=${onReady}
      @focus=${onReady}
    >
      ${words[+busy]}
    </button>
  </div>`;
}
