// elements/editor: how the editor looks: like the static code it stands for, plus syntax colours.
// The box and the type come from `static-look.ts` by inheritance and custom properties; `--wasm-syntax-…`
// override a colour. Mounted by style-mod as constructed style sheets, so a strict `style-src` is fine.
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const ink = (name: string, light: string, dark: string): string =>
  `var(--wasm-syntax-${name}, light-dark(${light}, ${dark}))`;

const highlight = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword],
    color: ink('keyword', '#a8253a', '#ff8f85'),
  },
  {
    tag: [tags.string, tags.special(tags.string), tags.character],
    color: ink('string', '#0b4a8f', '#a5d6ff'),
  },
  { tag: [tags.regexp, tags.escape], color: ink('escape', '#0b6673', '#7fdbe6') },
  {
    tag: [tags.number, tags.bool, tags.null, tags.atom, tags.self, tags.unit],
    color: ink('constant', '#0b57b8', '#8cc2ff'),
  },
  { tag: [tags.comment, tags.meta, tags.processingInstruction], color: ink('comment', '#5a636d', '#9aa3ad') },
  {
    tag: [
      tags.function(tags.variableName),
      tags.function(tags.propertyName),
      tags.function(tags.definition(tags.variableName)),
    ],
    color: ink('function', '#6b36b8', '#d9b3ff'),
  },
  { tag: [tags.typeName, tags.className, tags.namespace], color: ink('type', '#8a4000', '#ffb877') },
  { tag: [tags.tagName, tags.heading], color: ink('tag', '#1a6b34', '#7ee296') },
  { tag: [tags.attributeName, tags.labelName], color: ink('attribute', '#0b57b8', '#8cc2ff') },
  { tag: tags.invalid, textDecoration: 'underline wavy' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strong, fontWeight: '700' },
]);

const base = EditorView.theme({
  '&': { flex: '1 1 auto', minBlockSize: '0', color: 'inherit', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'inherit', lineHeight: 'inherit', overflow: 'auto', zIndex: 'auto' },
  '.cm-content': {
    padding: 'var(--top) 0 var(--bottom)',
    caretColor: 'var(--caret)',
    tabSize: 'inherit',
  },
  '.cm-line': { padding: '0 var(--right) 0 var(--left)' },
  '.cm-gutters': {
    minInlineSize: 'var(--gutter, auto)',
    justifyContent: 'flex-end',
    backgroundColor: 'transparent',
    border: '0',
    color: 'var(--gutter-color, inherit)',
    opacity: 'var(--gutter-opacity, 0.6)',
  },
  '.cm-lineNumbers .cm-gutterElement': {
    padding: '0 var(--gutter-end, 1ch) 0 var(--gutter-start, 1ch)',
    minInlineSize: '2ch',
  },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'color-mix(in srgb, currentcolor 16%, transparent)',
    outline: '1px solid color-mix(in srgb, currentcolor 30%, transparent)',
    outlineOffset: '-1px',
  },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'transparent' },
  '.cm-error-line': {
    backgroundColor: 'color-mix(in srgb, var(--error) 9%, transparent)',
    boxShadow: 'inset 3px 0 var(--error)',
  },
  '.cm-error-message': {
    color: 'var(--error)',
    fontFamily: 'var(--wasm-font-family, system-ui, sans-serif)',
    fontSize: '0.875em',
    lineHeight: '1',
    paddingInlineStart: '2ch',
    userSelect: 'none',
    pointerEvents: 'none',
  },
});

/** The look of every editor. One value, so that style-mod mounts its rules once per root. */
export const editorLook: Extension = [base, syntaxHighlighting(highlight)];

/** Rules of the wrapper, which is not CodeMirror's; see `CodeEditor`. */
export const wrapperStyles = `
.editor {
  --error: var(--wasm-error-color, light-dark(#b3261e, #ff8a80));
  box-sizing: border-box;
  display: flex;
  flex-direction: column;
  overflow: hidden;
}
.editor:focus-within {
  outline: 2px solid color-mix(in srgb, var(--wasm-accent-color, light-dark(#0b57d0, #8ab4f8)) 60%, transparent);
  outline-offset: -2px;
}
@media (forced-colors: active) {
  .editor:focus-within { outline-color: Highlight; }
  .cm-error-line { outline: 1px solid CanvasText; }
}
`;
