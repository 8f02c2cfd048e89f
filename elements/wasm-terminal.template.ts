// elements/wasm-terminal: what stands in the shadow root. Draws what it is given and owns nothing.
import { html, nothing, type TemplateResult } from 'lit/html.js';
import { toolbar, type ToolbarView } from './toolbar.template.js';

export interface TerminalView extends Omit<ToolbarView, 'words' | 'busy'> {
  /** A program has been started. */
  readonly ran: boolean;
  readonly error: string;
}

export function terminalTemplate(view: TerminalView): TemplateResult {
  const { transcript } = view.sample.markup;
  // A half that could not be downloaded leaves the transcript and the button where they are.
  const shown = !view.ran || view.error;
  const block = transcript?.shown
    ? html`<slot .shown=${transcript.shown}></slot>`
    : transcript && html`<pre part="source" dir="ltr">${transcript.content}</pre>`;
  return html`<div
      class="frame ${block ? (transcript?.shown ? '' : 'own') : 'beside'}"
      part="frame"
      ?hidden=${!shown}
    >
      ${block ? html`<div class="code">${block}</div>` : nothing}
      <div class="corner">${toolbar({ ...view, words: ['Start', 'Start'], busy: false })}</div>
    </div>
    ${view.error ? html`<p role="alert" part="error">${view.error}</p>` : nothing}
    <div class="panel" part="panel"></div>`;
}
