// elements/output: the style sheet of the output, its notes and the input field.
// Public custom properties (`--wasm-…`) are read with a default here, so a page may set them on any
// ancestor. Light and dark come from `color-scheme` alone.
import { ansiNames, ansiText, cssColor, paper } from './palette.js';

const ansiRules = ansiNames
  .map((name, index) => {
    const [light, dark] = [cssColor(ansiText.light[index] ?? 0), cssColor(ansiText.dark[index] ?? 0)];
    return `.output .fg${index} { --ink: var(--wasm-ansi-${name}, light-dark(${light}, ${dark})); }`;
  })
  .join('\n');

/** An `OutputView` adopts it in its root. */
export const outputStyles = `
.output {
  --paper: var(--wasm-output-background, light-dark(${cssColor(paper.light)}, ${cssColor(paper.dark)}));
  --color: var(--wasm-output-color, light-dark(#1f2328, #e3e6ea));
  --muted: var(--wasm-muted-color, light-dark(#5b636d, #9aa3ad));
  --rule: var(--wasm-border-color, light-dark(#d9dde2, #333a43));
  --accent: var(--wasm-accent-color, light-dark(#0b57d0, #8ab4f8));
  --error: var(--wasm-error-color, light-dark(#b3261e, #ff8a80));
  --warning: var(--wasm-warning-color, light-dark(#9a6700, #e0af4b));
  --inset: var(--wasm-output-inset, 1rem);
  position: relative;
  box-sizing: border-box;
  max-block-size: var(--wasm-output-max-height, min(28rem, 70vh));
  overflow: auto;
  overscroll-behavior: auto;
  padding-block: 0.75rem;
  background: var(--paper);
  color: var(--color);
  font: var(--wasm-output-font, var(--wasm-code-font, 400 0.8125rem/1.55 ui-monospace, SFMono-Regular, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace));
  font-variant-ligatures: none;
  letter-spacing: normal;
  text-align: start;
  text-indent: 0;
  text-transform: none;
  tab-size: 8;
  -webkit-text-size-adjust: 100%;
  text-size-adjust: 100%;
}
.output[hidden] { display: none; }
.output[tabindex='-1'] { outline: 0; }
.output[tabindex='0']:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }

.block {
  padding-inline: var(--inset);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
.block.stderr {
  border-inline-start: 3px solid var(--error);
  padding-inline-start: calc(var(--inset) - 3px);
  background: color-mix(in srgb, var(--error) 5%, transparent);
}
/* Read out and never copied; the bar says the same to the eye. */
.block.stderr.start::before {
  content: 'Error output: ';
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.bold { font-weight: 700; }
.dim { color: var(--muted); }
.italic { font-style: italic; }
.underline { text-decoration: underline; }
.strike { text-decoration: line-through; }
.underline.strike { text-decoration: underline line-through; }
.inverse { background: var(--color); color: var(--paper); }
.ansi, .rgb { color: var(--ink); }
.rgb { --ink: light-dark(var(--light), var(--dark)); }
.ansi.inverse, .rgb.inverse { background: var(--ink); color: var(--paper); }
.on { background: var(--ground); color: var(--text); }
.on.inverse { background: var(--text); color: var(--ground); }
.echo { color: var(--accent); }
.place { color: var(--accent); text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 2px; cursor: pointer; }
.place:hover { text-decoration-thickness: 2px; }
.place:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; border-radius: 2px; }
${ansiRules}

.note {
  margin-inline: var(--inset);
  padding-block: 0.125rem;
  font-family: var(--wasm-font-family, system-ui, sans-serif);
  font-size: 0.8125rem;
  line-height: 1.5;
  color: var(--muted);
  overflow-wrap: anywhere;
  white-space: pre-line;
}
.rows + .note { margin-block-start: 0.5rem; }
.note + .rows { margin-block-start: 0.5rem; }
.note-error, .note-limit {
  margin-block: 0.375rem;
  padding: 0.5rem 0.75rem;
  border-inline-start: 3px solid var(--tone);
  border-radius: 3px;
  background: color-mix(in srgb, var(--tone) 9%, transparent);
  color: var(--color);
}
.rows + .note-error, .rows + .note-limit { margin-block-start: 0.625rem; }
.note-error:last-child, .note-limit:last-child { margin-block-end: 0.25rem; }
.note-error { --tone: var(--error); }
.note-limit { --tone: var(--warning); }

.input { display: inline-flex; align-items: baseline; gap: 0.5rem; max-inline-size: 100%; vertical-align: baseline; }
.input.resting { position: absolute; inline-size: 1px; overflow: hidden; clip-path: inset(50%); pointer-events: none; }
.input.resting .input-end { display: none; }
.input-text {
  box-sizing: content-box;
  inline-size: calc(var(--characters, 0) * 1ch + 1ch);
  min-inline-size: min(24ch, 40vw);
  max-inline-size: 100%;
  margin: 0;
  padding: 0 0.25ch;
  border: 0;
  border-block-end: 1px solid var(--accent);
  border-radius: 0;
  background: color-mix(in srgb, var(--accent) 8%, transparent);
  color: var(--accent);
  caret-color: currentcolor;
  font: inherit;
  line-height: inherit;
  letter-spacing: inherit;
  appearance: none;
  outline: 0;
}
.input-text::placeholder { color: var(--muted); opacity: 1; }
.input-text:focus { box-shadow: 0 1px 0 var(--accent); background: color-mix(in srgb, var(--accent) 12%, transparent); }
.input-end {
  flex: none;
  padding: 0.0625rem 0.5rem;
  border: 1px solid var(--rule);
  border-radius: 4px;
  background: transparent;
  color: var(--muted);
  font: 0.75rem/1.4 var(--wasm-font-family, system-ui, sans-serif);
  cursor: pointer;
  user-select: none;
}
.input-end:hover { color: var(--color); border-color: var(--muted); }
.input-end:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }

@media (forced-colors: active) {
  .inverse, .ansi.inverse, .rgb.inverse, .on.inverse { forced-color-adjust: none; background: CanvasText; color: Canvas; }
  .input-text:focus { outline: 2px solid Highlight; outline-offset: 1px; }
}
@media print {
  .output { max-block-size: none; }
  .rows { content-visibility: visible !important; }
  .input { display: none; }
}
`;
