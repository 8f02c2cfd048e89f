// elements/editor: which highlighter a language needs, each in a chunk of its own.
// Names are what pages write (`language-…` classes, file extensions, runtime names); unknown ones stay plain.
import { StreamLanguage, type StreamParser } from '@codemirror/language';
import type { Extension } from '@codemirror/state';

const stream = (parser: StreamParser<unknown>): Extension => StreamLanguage.define(parser);

const loaders: Readonly<Record<string, () => Promise<Extension>>> = {
  python: async () => (await import('@codemirror/lang-python')).python(),
  javascript: async () => (await import('@codemirror/lang-javascript')).javascript({ jsx: true }),
  typescript: async () => (await import('@codemirror/lang-javascript')).javascript({ typescript: true }),
  tsx: async () => (await import('@codemirror/lang-javascript')).javascript({ typescript: true, jsx: true }),
  html: async () => (await import('@codemirror/lang-html')).html(),
  css: async () => stream((await import('@codemirror/legacy-modes/mode/css')).css),
  json: async () => stream((await import('@codemirror/legacy-modes/mode/javascript')).json),
  shell: async () => stream((await import('@codemirror/legacy-modes/mode/shell')).shell),
  c: async () => stream((await import('@codemirror/legacy-modes/mode/clike')).c),
  cpp: async () => stream((await import('@codemirror/legacy-modes/mode/clike')).cpp),
  java: async () => stream((await import('@codemirror/legacy-modes/mode/clike')).java),
  ruby: async () => stream((await import('@codemirror/legacy-modes/mode/ruby')).ruby),
  lua: async () => stream((await import('@codemirror/legacy-modes/mode/lua')).lua),
  sql: async () => stream((await import('@codemirror/legacy-modes/mode/sql')).standardSQL),
  pgsql: async () => stream((await import('@codemirror/legacy-modes/mode/sql')).pgSQL),
  go: async () => stream((await import('@codemirror/legacy-modes/mode/go')).go),
  rust: async () => stream((await import('@codemirror/legacy-modes/mode/rust')).rust),
  xml: async () => stream((await import('@codemirror/legacy-modes/mode/xml')).xml),
  yaml: async () => stream((await import('@codemirror/legacy-modes/mode/yaml')).yaml),
  toml: async () => stream((await import('@codemirror/legacy-modes/mode/toml')).toml),
  wat: async () => stream((await import('@codemirror/legacy-modes/mode/wast')).wast),
};

const aliases: Readonly<Record<string, string>> = {
  ...{ py: 'python', python3: 'python', pyodide: 'python', pycon: 'python' },
  ...{ js: 'javascript', mjs: 'javascript', cjs: 'javascript', jsx: 'javascript', node: 'javascript' },
  ...{ ts: 'typescript', mts: 'typescript', cts: 'typescript', htm: 'html', svg: 'xml' },
  ...{ sh: 'shell', bash: 'shell', zsh: 'shell', console: 'shell', posix: 'shell' },
  ...{ h: 'c', cc: 'cpp', cxx: 'cpp', hpp: 'cpp', 'c++': 'cpp', clang: 'c' },
  ...{ rb: 'ruby', sqlite: 'sql', postgres: 'pgsql', postgresql: 'pgsql' },
  ...{ golang: 'go', rs: 'rust', yml: 'yaml', wast: 'wat' },
};

/**
 * The highlighter and indentation of a language, or undefined for one without. `python@3.14` counts as
 * `python`. Rejects where the chunk cannot be fetched.
 */
export async function languageSupport(name: string): Promise<Extension | undefined> {
  const plain = name.toLowerCase().split('@', 1)[0] ?? '';
  const known = aliases[plain] ?? plain;
  return Object.hasOwn(loaders, known) ? loaders[known]?.() : undefined;
}

/** What one level of indentation is in this text, or by custom of the language. */
export function indentationOf(text: string, language: string): string {
  const first = /^([ ]{2,8}|\t)\S/m.exec(text)?.[1];
  if (first !== undefined) return first;
  return /^(py|rust|c|java|go)/i.test(language) ? '    ' : '  ';
}
