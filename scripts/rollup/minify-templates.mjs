// White space and comments in the `css` and `html` templates of the elements: terser does not look into them,
// and every page pays for them.

export function minifyTemplates(root) {
  return {
    name: 'minify-templates',
    transform(code, id) {
      if (!id.startsWith(`${root}/build/elements/`)) return null;
      const smaller = code.replace(
        /\b(css|html) ?`((?:[^`\\$]|\\.|\$(?!\{)|\$\{[^`{}]*\})*)`/gs,
        (whole, tag, text) =>
          `${tag}\`${tag === 'css' ? minifyCss(text) : text.replace(/\n\s+/g, ' ').trim()}\``,
      );
      return { code: smaller, map: null };
    },
  };
}

const minifyCss = (text) =>
  text
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}')
    .trim();
