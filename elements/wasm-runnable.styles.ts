// elements/wasm-runnable: what stands on the page before the first click. Paid for by every page: keep it short.
//
// Nothing here may move the author's own <pre>: no padding, border or formatting context around the slot, so
// that its margins collapse through this element as they did before the upgrade. The toolbar lies over the
// corner of the code and takes no space.
const css = String.raw;

export const styles = new CSSStyleSheet();
styles.replaceSync(css`
  :host {
    display: block;
    --_line: var(--wasm-border-color, color-mix(in srgb, currentcolor 18%, transparent));
    --_round: var(--wasm-border-radius, 6px);
    /* Dark or bright enough to stand out where the text does. */
    --_accent: var(--wasm-accent-color, oklch(from currentcolor clamp(0.5, l * 999 - 600, 0.78) 0.15 257));
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  :host([theme='light']) {
    color-scheme: light;
    color: #1f2328;
  }
  :host([theme='dark']) {
    color-scheme: dark;
    color: #e6edf3;
  }
  .frame {
    position: relative;
  }
  .own {
    margin-block: 1em;
  }
  .boxed {
    border: 1px solid var(--_line);
    border-radius: var(--_round);
    overflow: clip;
  }
  .code {
    position: relative;
    display: flow-root;
  }
  .code:has(slot) {
    display: block;
  }
  .code:focus-visible,
  button:focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: -2px;
  }
  pre {
    margin: 0;
    padding: 1em;
    overflow: auto;
    color: var(--wasm-code-color, inherit);
    font: var(--wasm-code-font, 0.875em/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, monospace);
    tab-size: 4;
    text-align: left;
    border-radius: inherit;
  }
  .own:not(.boxed) .code {
    border-radius: var(--_round);
  }
  pre:only-child,
  .numbered {
    background: var(--wasm-code-background, color-mix(in srgb, currentcolor 5%, transparent));
  }
  .numbered {
    display: flex;
    border-radius: inherit;
  }
  .numbered pre:nth-child(2) {
    flex: 1;
    min-width: 0;
  }
  pre.gutter {
    flex: none;
    padding-right: 0;
    overflow: hidden;
    text-align: right;
    user-select: none;
    color: color-mix(in srgb, currentcolor 60%, transparent);
  }
  .expected {
    margin-block: 8px 1em;
    padding: 0.75em 1em;
    border: 1px solid var(--_line);
    border-radius: var(--_round);
    font: var(--wasm-code-font, 0.8125rem/1.55 ui-monospace, monospace);
  }
  .expected-label {
    font: 500 12px/1.5 var(--wasm-font-family, system-ui, sans-serif);
    opacity: 0.75;
  }
  .expected pre {
    padding: 0;
    font: inherit;
    background: none;
    white-space: pre-wrap;
  }
  [role='tablist'] {
    display: flex;
    overflow-x: auto;
    padding-right: 12em;
    border-bottom: 1px solid var(--_line);
  }
  [role='tab'] {
    padding: 0 1em;
    border: 0;
    color: inherit;
    background: none;
    opacity: 0.75;
    white-space: nowrap;
    min-height: 44px;
  }
  [role='tab'][aria-selected='true'] {
    opacity: 1;
    box-shadow: inset 0 -2px var(--_accent);
  }
  .corner {
    position: absolute;
    inset: 0 0 auto;
    container-type: inline-size;
    pointer-events: none;
    z-index: 1;
    direction: ltr;
  }
  .toolbar,
  [role='tab'] {
    font: 500 13px/1.2 var(--wasm-font-family, system-ui, sans-serif);
  }
  .toolbar {
    position: absolute;
    top: 6px;
    right: 6px;
    display: flex;
    align-items: center;
    /* Opaque, for there may be a dark block on a light page: black on white or white on black as the page's text. */
    background: Canvas;
    background: oklch(from currentcolor clamp(0.26, 600 - l * 999, 1) 0.008 257);
    border: 1px solid var(--_line);
    border-radius: var(--_round);
    pointer-events: auto;
    user-select: none;
  }
  .above .toolbar {
    top: 0;
    translate: 0 -50%;
  }
  .beside .corner {
    position: static;
  }
  .beside .toolbar {
    position: relative;
    display: inline-flex;
    inset: auto;
  }
  .below .toolbar {
    top: auto;
    bottom: 4px;
  }
  .label {
    padding-left: 10px;
    font-weight: 400;
    opacity: 0.8;
  }
  button {
    cursor: pointer;
  }
  .run {
    position: relative;
    display: flex;
    align-items: center;
    gap: 6px;
    min-height: 30px;
    padding: 0 10px;
    border: 0;
    font: inherit;
    color: inherit;
    background: none;
    border-radius: inherit;
  }
  /* A finger needs 44 pixels, the eye does not. */
  .run::after {
    content: '';
    position: absolute;
    inset: -7px;
  }
  .run::before {
    content: '';
    width: 10px;
    height: 12px;
    background: var(--_accent);
    clip-path: polygon(0 0, 100% 50%, 0 100%);
  }
  .stop::before {
    width: 10px;
    height: 10px;
    background: oklch(from currentcolor clamp(0.53, l * 999 - 600, 0.75) 0.19 27);
    clip-path: none;
  }
  .run:hover {
    background: color-mix(in srgb, currentcolor 8%, transparent);
  }
  @container (max-width: 400px) {
    .title {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .run::before {
      background: ButtonText;
      forced-color-adjust: none;
    }
    [role='tab'][aria-selected='true'] {
      border-bottom: 3px solid Highlight;
    }
  }
  @media print {
    .corner {
      display: none;
    }
  }
`);
