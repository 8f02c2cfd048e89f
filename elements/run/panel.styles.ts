// elements/run: the look of what appears after the first click. Colours come from the output's own sheet.
const text = `
.box {
  display: flow-root;
  border: 1px solid var(--_line);
  border-radius: var(--_round);
  color: light-dark(#1f2328, #e6edf3);
  background: var(--wasm-output-background, light-dark(#fff, #161b22));
  font: 13px/1.4 var(--wasm-font-family, system-ui, sans-serif);
  overflow: clip;
}
.progress, .status, .error, .offer, .question { padding: 6px var(--wasm-output-inset, 1rem); }
.output:not([hidden]) + .error[hidden] + .status { padding-top: 0; }
.progress { display: flex; align-items: center; gap: 12px; }
progress { flex: 1; min-width: 60px; max-width: 320px; height: 6px; accent-color: var(--_accent); appearance: none; border: 0; border-radius: 3px; background: light-dark(#e4e7eb, #30363d); overflow: hidden; }
progress::-webkit-progress-bar { background: light-dark(#e4e7eb, #30363d); border-radius: 3px; }
progress::-webkit-progress-value { background: var(--_accent); border-radius: 3px; transition: width 0.15s linear; }
progress::-moz-progress-bar { background: var(--_accent); border-radius: 3px; }
progress:indeterminate { animation: pulse 1.2s ease-in-out infinite alternate; background: var(--_accent); }
@keyframes pulse { from { opacity: 0.25; } to { opacity: 0.9; } }
.bytes, .status { color: light-dark(#59636e, #9198a1); font-variant-numeric: tabular-nums; }
.status:empty { display: none; }
.error { display: flex; flex-wrap: wrap; align-items: baseline; gap: 8px 12px; border-inline-start: 3px solid light-dark(#c5221f, #f28b82); background: light-dark(#fdf1f0, #2d1b1b); }
.question:not([hidden]) { display: flex; flex-wrap: wrap; align-items: baseline; gap: 8px 12px; border-top: 1px solid var(--_line); }
.question a { display: inline-block; padding-block: 5px; text-decoration: none; }
.sentence { flex: 1 1 16em; overflow-wrap: anywhere; }
.retry, .accept { font: inherit; flex: none; min-height: 32px; padding: 0 12px; color: inherit; background: none; border: 1px solid currentcolor; border-radius: var(--_round); }
.retry:hover, .accept:hover { background: color-mix(in srgb, currentcolor 8%, transparent); }
@media (prefers-reduced-motion: reduce) {
  progress:indeterminate { animation: none; opacity: 0.6; }
  progress::-webkit-progress-value { transition: none; }
}
@media (forced-colors: active) {
  progress { border: 1px solid CanvasText; }
  progress::-webkit-progress-value { background: Highlight; }
  progress::-moz-progress-bar { background: Highlight; }
}
@media print { .retry, .offer, .question, .progress { display: none; } }
`;

let sheet: CSSStyleSheet | undefined;

/** One sheet for all elements of a page. */
export function panelStyles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
  }
  return sheet;
}
