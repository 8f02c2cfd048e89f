// elements/markup: light DOM → files. Reads only; the author's nodes stay as and where they are.
import { dedent } from './dedent.js';
import type { SourceFile } from './source-file.js';

/** What the children of an element say. */
export interface Markup {
  readonly files: SourceFile[];
  /** Language named by a highlighter's class: `python` of `<code class="language-python">`. */
  readonly language: string;
  /** `<script type="text/expected-output">`, or `<pre data-expected-output>`, which is there without JavaScript. */
  readonly expected: string | undefined;
  /** `<script type="text/x-check">` */
  readonly check: string | undefined;
  /** Of a terminal: what a session looked like. */
  readonly transcript: SourceFile | undefined;
}

/**
 * Reads the children; of a terminal, blocks and text without a name are its transcript.
 *
 *   <script type="text/plain" filename="a.py" [src] [hidden] [selected] [readonly]>   an inert file
 *   <template filename="a.html">, <pre data-filename="a.py">                          the same
 *   <pre><code class="language-python">, also inside a highlighter's wrapper          code without a name
 *   <script type="text/expected-output">, <pre data-expected-output>                  shown before the first run
 *   anything else                                                                     its text is the code
 */
export function readChildren(host: Element, hasTranscript: boolean): Markup {
  const files: SourceFile[] = [];
  let transcript: SourceFile | undefined;
  let loose = '';
  let language = '';
  let expected: string | undefined;
  let check: string | undefined;
  for (const node of host.childNodes) {
    if (!(node instanceof Element)) {
      if (node.nodeType === Node.TEXT_NODE) loose += node.nodeValue ?? '';
      continue;
    }
    // Highlighters put line numbers into a first pre, the code into the last.
    const pre = node.matches('pre') ? node : [...node.querySelectorAll('pre')].at(-1);
    const name = attribute(node, 'filename') ?? (pre && attribute(pre, 'filename')) ?? '';
    const type = node.matches('script') ? node.getAttribute('type') : null;
    if (type === 'text/expected-output') expected = inert(node);
    else if (pre?.hasAttribute('data-expected-output')) expected = dedent(codeIn(pre));
    else if (type === 'text/x-check') check = inert(node);
    else if (pre || name || type === 'text/plain') {
      const src = attribute(node, 'src');
      if (hasTranscript && pre && !name) {
        transcript ??= { name, content: dedent(codeIn(pre)), shown: node };
        continue;
      }
      files.push({
        name: name || (src ? fileName(src) : ''),
        content: src ? new URL(src, document.baseURI) : pre ? dedent(codeIn(pre)) : inert(node),
        shown: pre && !src ? node : null,
        hidden: node.hasAttribute('hidden') || node.hasAttribute('data-hidden'),
        selected: node.hasAttribute('selected') || node.hasAttribute('data-selected'),
        readonly: node.hasAttribute('readonly') || node.hasAttribute('data-readonly'),
        markup: true,
      });
      language ||= languageOf(node);
    } else if (!node.matches('script,style,template')) loose += node.textContent;
  }
  if (hasTranscript && loose.trim()) transcript ??= { name: '', content: dedent(loose) };
  else if (!files.length && loose.trim()) files.push({ name: '', content: dedent(loose), markup: true });
  return { files, language, expected, check, transcript };
}

/** The text of a block of code, wherever a page keeps one: `pre`, `code`, an inert script, a text field. */
export function textIn(element: Element): string {
  if (element.matches('script,template')) return inert(element);
  if ('value' in element && typeof element.value === 'string') return element.value;
  return dedent(codeIn(element.matches('pre') ? element : (element.querySelector('pre') ?? element)));
}

/** `python` of a highlighter's class, say `<code class="language-python">`. */
export function languageOf(block: Element): string {
  const classes = [block, ...block.querySelectorAll('pre,code')]
    .map((element) => element.className)
    .join(' ');
  return /\b(?:lang(?:uage)?|highlight-source)-([\w+#]+)/.exec(classes)?.[1] ?? '';
}

/** Last part of an address: `main.py` of `code/main.py?v=2`. */
export function fileName(url: string): string {
  return url.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
}

const codeIn = (pre: Element): string => (pre.querySelector('code') ?? pre).textContent;

function inert(element: Element): string {
  if (!(element instanceof HTMLTemplateElement))
    return dedent(element.textContent.replace(/<\\\/script/gi, '</script'));
  // A template that holds elements is markup to keep; one that holds text only has its entities resolved.
  return dedent(element.content.firstElementChild ? element.innerHTML : element.content.textContent);
}

const attribute = (element: Element, name: string): string | null =>
  element.getAttribute(name) ?? element.getAttribute(`data-${name}`);
