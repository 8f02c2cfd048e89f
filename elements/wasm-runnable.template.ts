// elements/wasm-runnable: what stands in the shadow root. Draws what it is given and owns nothing.
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Sample } from './markup/sample.js';
import { textOf, type SourceFile } from './markup/source-file.js';
import { expectedOutput } from './output/expected-output.js';
import { toolbar } from './toolbar.template.js';

export interface RunnableView {
  readonly element: HTMLElement;
  readonly sample: Sample;
  /** Of the visible files, the one that is shown. */
  readonly tab: number;
  readonly busy: boolean;
  readonly cached: boolean;
  /** The toolbar would lie over the first line. */
  readonly crowded: boolean;
  readonly expected: string | undefined;
  readonly error: string;
  readonly onRun: () => void;
  readonly onReady: (event: Event) => void;
  readonly onCode: (event: Event) => void;
  readonly onTab: (index: number) => void;
}

/** What shows one file; whoever edits it finds the file here. */
export interface CodeElement extends HTMLElement {
  readonly file?: SourceFile;
}

/** Nobody else may add nodes inside the code of a file while what shows it changes, or before the panel. */
export function runnableTemplate(view: RunnableView): TemplateResult {
  const { visible } = view.sample;
  const tabs = visible.length > 1;
  return html`<div class="frame ${placeOf(view, visible)}" part="frame">
      ${tabs ? tabList(view, visible) : nothing}${visible.map((file, index) => codeOf(view, file, index, tabs))}
      <div class="corner">${toolbar({ ...view, words: ['Run', 'Stop'] })}</div>
    </div>
    ${view.expected === undefined ? nothing : expectedOutput(view.expected)}
    ${view.error ? html`<p role="alert" part="error">${view.error}</p>` : nothing}
    <div class="panel" part="panel"></div>`;
}

/** Where the toolbar goes, and whether the margins are ours to set. */
function placeOf({ element, sample, crowded }: RunnableView, visible: readonly SourceFile[]): string {
  if (visible.length > 1) return 'own boxed';
  if (visible[0]) return `${blockOf(element, visible[0]) ? '' : 'own'} ${crowded ? 'above' : ''}`;
  const { borrowed } = sample;
  return borrowed && element.previousElementSibling?.contains(borrowed) ? 'below' : 'beside';
}

/** The author's block, unless it is to have line numbers, which need a block of ours; colours are not given up. */
function blockOf(element: Element, { shown }: SourceFile): Element | null | undefined {
  return element.hasAttribute('line-numbers') && !shown?.querySelector('span') ? null : shown;
}

function tabList({ sample, tab, onTab }: RunnableView, visible: readonly SourceFile[]): TemplateResult {
  const onKey = (event: KeyboardEvent): void => {
    const last = visible.length - 1;
    const index = {
      ArrowRight: tab < last ? tab + 1 : 0,
      ArrowLeft: tab > 0 ? tab - 1 : last,
      Home: 0,
      End: last,
    }[event.key];
    if (index === undefined) return;
    event.preventDefault();
    onTab(index);
    ((event.currentTarget as Element).children[index] as HTMLElement).focus();
  };
  return html`<div role="tablist" part="tabs" @keydown=${onKey}>
    ${visible.map(
      (file, index) =>
        html`<button
          role="tab"
          part="tab"
          id="tab${index}"
          aria-controls="code${index}"
          aria-selected=${index === tab}
          tabindex=${index === tab ? 0 : -1}
          @click=${() => onTab(index)}
        >
          ${file.name || sample.label?.entry}
        </button>`,
    )}
  </div>`;
}

function codeOf(view: RunnableView, file: SourceFile, index: number, tabs: boolean): TemplateResult {
  // What has not been read yet, or is no text, shows its name.
  const text = textOf(file) || (typeof file.content === 'string' ? '' : file.name);
  const shown = blockOf(view.element, file);
  const numbered = !shown && view.element.hasAttribute('line-numbers');
  const numbers = text
    .split('\n', 9999)
    .map((_, line) => `${line + 1}\n`)
    .join('');
  // prettier-ignore
  return html`<div class="code ${numbered ? 'numbered' : ''}" part="code" id="code${index}" tabindex="0"
    role=${tabs ? 'tabpanel' : 'group'} aria-label=${file.name || 'Code'} ?hidden=${tabs && index !== view.tab}
    .file=${file} @pointerdown=${view.onCode} @focus=${view.onCode}>${
      shown
        ? html`<slot .shown=${shown}></slot>`
        : html`${numbered ? html`<pre class="gutter" part="gutter" aria-hidden="true">${numbers}</pre>` : nothing}<pre part="source" dir="ltr"><code>${text}</code></pre>`
    }</div>`;
}
