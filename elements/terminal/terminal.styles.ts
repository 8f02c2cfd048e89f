// elements/terminal: the look of a running terminal, beside that of the panel (`run/panel.styles.ts`). Colours inside
// the screen are `look.ts`.
import { xtermCss } from 'virtual:xterm-css';

const text = `
:host { margin-block: 1em; }
.panel { display: contents; }
.terminal { display: flex; flex-direction: column; position: relative; height: 100%; min-height: 0; margin: 0; box-sizing: border-box; }
.bar { display: flex; flex: none; align-items: center; gap: 2px; min-height: 36px; padding: 0 4px 0 12px; border-bottom: 1px solid var(--_line); }
.bar .state { flex: 1; min-width: 0; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.terminal button { font: inherit; color: inherit; background: none; border: 0; border-radius: var(--_round); }
.bar button, .find button { position: relative; flex: none; min-height: 30px; padding: 0 9px; }
.terminal button:not(:disabled):not([aria-disabled]):hover { background: color-mix(in srgb, currentcolor 8%, transparent); }
.terminal button:disabled, .menu [aria-disabled] { opacity: 0.5; cursor: default; }
.terminal .retry { border: 1px solid currentcolor; }
.screen { position: relative; flex: 1; min-height: 3em; margin: 6px 2px 2px 10px; contain: strict; }
.screen .xterm { position: absolute; inset: 0; }
.screen .xterm .xterm-viewport, .screen .xterm .xterm-scrollable-element { background: none; }
.screen .xterm-cursor-blink { animation: none !important; }
.screen.unlit .xterm-focus.xterm-rows .xterm-cursor.xterm-cursor-blink { background-color: inherit !important; color: inherit !important; box-shadow: none !important; border-bottom-color: transparent !important; }
.terminal:has(.xterm.focus) { outline: 2px solid var(--_accent); outline-offset: -2px; }
.probe { position: absolute; visibility: hidden; border: 1px solid var(--_accent); color: var(--wasm-output-color, light-dark(#1f2328, #e6edf3)); background: var(--wasm-output-background, light-dark(#fff, #161b22)); font: var(--wasm-output-font, 0.8125rem/1.4 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace); }
.terminal .progress, .terminal .error, .question, .hint { flex: none; }
.question { padding-inline: 12px; }
.find[hidden] { display: none; }
.hint { min-height: 1.4em; padding: 2px 12px 4px; font-size: 12px; color: light-dark(#59636e, #9198a1); overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.find { display: flex; flex: none; align-items: center; gap: 8px; padding: 4px 4px 4px 12px; border-bottom: 1px solid var(--_line); }
.find input { flex: 0 1 20em; min-width: 6em; min-height: 30px; padding: 0 8px; font: inherit; color: inherit; background: none; border: 1px solid var(--_line); border-radius: var(--_round); }
.find [role='status'] { flex: 1; }
.menu { position: absolute; z-index: 20; min-width: 13em; max-height: 100%; overflow: auto; padding: 4px; background: light-dark(#fff, #1f242c); border: 1px solid var(--_line); border-radius: var(--_round); box-shadow: 0 6px 20px rgb(0 0 0 / 0.25); }
.menu button { display: flex; justify-content: space-between; gap: 2em; width: 100%; min-height: 32px; align-items: center; padding: 0 10px; text-align: start; }
.menu button:focus { background: color-mix(in srgb, currentcolor 10%, transparent); outline: none; }
.menu button:focus-visible { outline: 2px solid var(--_accent); outline-offset: -2px; }
.menu [aria-checked='true'] span::after { content: ' ✓'; }
.menu kbd { font: inherit; opacity: 0.7; }
@media (pointer: coarse) { .bar button, .menu button { min-height: 44px; } }
@media (max-width: 30em) { .bar button:nth-of-type(2) { display: none; } }
@media (forced-colors: active) {
  .screen .xterm { forced-color-adjust: none; }
  .menu { border-color: CanvasText; }
  .menu button:focus { outline: 2px solid Highlight; }
}
@media print { .bar, .hint, .find { display: none; } }
`;

let sheets: readonly CSSStyleSheet[] | undefined;

/** One pair for all terminals of a page: xterm's and ours. */
export function terminalStyles(): readonly CSSStyleSheet[] {
  sheets ??= [xtermCss, text].map((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    return sheet;
  });
  return sheets;
}
