// elements/terminal: what a list of commands has beside the look of every element.
const text = `
.copy { position: relative; min-height: 30px; padding: 0 8px; border: 0; font: inherit; color: inherit; background: none; border-radius: inherit; opacity: 0.8; }
.copy:hover { background: color-mix(in srgb, currentcolor 8%, transparent); opacity: 1; }
.copy::after { content: ''; position: absolute; inset: -7px 0; }
`;

let sheet: CSSStyleSheet | undefined;

/** One sheet for all elements of a page. */
export function commandStyles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
  }
  return sheet;
}
