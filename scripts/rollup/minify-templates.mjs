// White space and comments in the `css` and `html` templates of the elements: terser does not look into them,
// and every page pays for them.

export function minifyTemplates(root) {
  return {
    name: 'minify-templates',
    transform(code, id) {
      if (!id.startsWith(`${root}/build/elements/`)) return null;
      let smaller = code;
      // From the end, so that what lies before keeps its place.
      const pieces = [...templatePieces(this.parse(code))].sort((one, other) => other.start - one.start);
      for (const { start, end, minify } of pieces)
        smaller = smaller.slice(0, start) + minify(smaller.slice(start, end)) + smaller.slice(end);
      return { code: smaller, map: null };
    },
  };
}

/** The texts of all templates, also of those in the values of others. */
function* templatePieces(node) {
  if (node === null || typeof node !== 'object') return;
  if (node.type === 'TaggedTemplateExpression') {
    const minify = { css: minifyCss, html: minifyHtml }[node.tag.name ?? node.tag.property?.name];
    const { quasis } = node.quasi;
    for (const [index, { start, end }] of quasis.entries()) {
      if (!minify) continue;
      const isFirst = index === 0;
      const isLast = index === quasis.length - 1;
      yield { start, end, minify: (text) => trimmed(minify(text), isFirst, isLast) };
    }
  }
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (child !== null && typeof child?.type === 'string') yield* templatePieces(child);
}

function trimmed(text, isFirst, isLast) {
  const started = isFirst ? text.trimStart() : text;
  return isLast ? started.trimEnd() : started;
}

const minifyHtml = (text) => text.replace(/\n\s+/g, ' ');

const minifyCss = (text) =>
  text
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}');
