// elements/display: how objects stand among the text. Part of the output's sheet, whose colours it uses.

export const displayStyles = `
.output.displays { max-block-size: var(--wasm-output-max-height, min(48rem, 85vh)); }
.display {
  margin-inline: var(--inset);
  margin-block: 0.5rem;
  overflow-wrap: anywhere;
  font: 400 0.875rem/1.5 var(--wasm-font-family, system-ui, sans-serif);
  color: var(--color);
  background-color: var(--paper);
  /* Never drawn; the frame is told this colour. */
  outline: 0 solid var(--rule);
  transition: color 1ms, background-color 1ms;
}
.display-markdown, .display-latex, .display-plain { white-space: pre-wrap; }
.display-latex, .display-plain { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
/* Pictures without a ground of their own are drawn for white paper. */
.display img { display: block; max-inline-size: 100%; block-size: auto; border-radius: 3px; background: #fff; color: #1f2328; }
.display-html:has(> .display-frame) { line-height: 0; }
.display-frame { block-size: 0; visibility: hidden; overflow: hidden; }
.display-frame.ready { visibility: visible; }
.display > .note { margin-inline: 0; }
@media print { .output.displays { max-block-size: none; } }
`;
