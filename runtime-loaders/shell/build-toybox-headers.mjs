// Makes the headers that toybox's own build generates with shell scripts and programs for the host: which commands
// there are (newtoys.h), which options are compiled (config.h), a bit for each option of each command (flags.h), the
// variables of each command (globals.h), numbers for the entries of tagged arrays (tags.h) and the help texts (help.h).
import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The generated headers of a toybox: the name of each and its text.
 *
 * @param applets Paths of the C files of commands that are compiled.
 * @param library Paths of the other C files.
 * @param unset Names of configuration symbols that are not set, though their file is compiled.
 */
export function toyboxHeaders({ applets, library, unset }) {
  const texts = new Map(applets.map((file) => [path.basename(file, '.c'), readFileSync(file, 'utf8')]));
  const symbols = [...texts.values()].flatMap((text) => helpTexts(text));
  const names = new Set(symbols.map(({ name }) => name));
  const isSet = (symbol) => names.has(symbol) && !unset.includes(symbol);
  const toys = [...texts.values()]
    .flatMap((text) => toyLines(text))
    .filter(({ symbol }) => names.has(symbol));
  return {
    'config.h': config(symbols, isSet),
    'newtoys.h': newToys(toys.filter(({ symbol }) => isSet(symbol))),
    'flags.h': flags(toys, isSet),
    'globals.h': globals(texts),
    'tags.h': tags([...texts.values(), ...library.map((file) => readFileSync(file, 'utf8'))]),
    'help.h': help(symbols),
  };
}

/** Settings of toybox as a whole. */
const settings = {
  TOYBOX: true,
  TOYBOX_FLOAT: true,
  TOYBOX_FORK: true,
  TOYBOX_HELP: true,
  TOYBOX_HELP_DASHDASH: true,
  TOYBOX_SUID: false,
  TOYBOX_LSM_NONE: true,
  TOYBOX_SELINUX: false,
  TOYBOX_SMACK: false,
  TOYBOX_LIBCRYPTO: false,
  TOYBOX_LIBZ: false,
  TOYBOX_FREE: false,
  TOYBOX_NORECURSE: false,
  TOYBOX_DEBUG: false,
  TOYBOX_ON_ANDROID: false,
  TOYBOX_FORCE_NOMMU: false,
};

function config(symbols, isSet) {
  const define = (name, set) =>
    set
      ? `#define CFG_${name} 1\n#define USE_${name}(...) __VA_ARGS__\n`
      : `#define CFG_${name} 0\n#define USE_${name}(...)\n`;
  return [
    ...Object.entries(settings).map(([name, set]) => define(name, set)),
    ...symbols.map(({ name }) => define(name, isSet(name))),
    '#define CFG_TOYBOX_UID_SYS 100\n#define CFG_TOYBOX_UID_USR 500\n',
  ].join('');
}

/** The lines `USE_X(NEWTOY(name, options, flags))`, in the order of the names: main.c searches them by halves. */
function toyLines(text) {
  const lines = text.match(/^USE_[^(\n]*\(.*TOY\(.*$/gm) ?? [];
  return lines.map((line) => {
    const [, symbol, kind, name, rest] = /^USE_(\w+)\((?:.*?)(NEW|OLD)TOY\(\s*([^,\s]+)\s*,\s*(.*)$/.exec(
      line,
    );
    return { line, symbol, kind, name, rest };
  });
}

function newToys(toys) {
  const byName = toys.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const first = 'USE_TOYBOX(NEWTOY(toybox, 0, TOYFLAG_STAYROOT|TOYFLAG_NOHELP))';
  return [first, ...byName.map(({ line }) => line)].join('\n') + '\n';
}

/**
 * The string of options. Where X is not set, the options in USE_X("…") become bytes 1, so that the bits of the others
 * stay. Null: the command takes none.
 */
function optionString(rest, isSet) {
  const parts = [
    ...rest.matchAll(/USE_(\w+)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)|"((?:[^"\\]|\\.)*)"|,\s*TOYFLAG/g),
  ];
  let text = '';
  let any = false;
  for (const [whole, symbol, inner, plain] of parts) {
    if (whole.startsWith(',')) break;
    any = true;
    if (plain !== undefined) text += plain;
    else
      text += isSet(symbol)
        ? inner.replaceAll(/"\s*|\s+"/g, '')
        : '\u0001'.repeat(/\w+/.exec(inner)[0].length);
  }
  return any ? text : null;
}

/**
 * The names of the options, the last one first: that is how lib/args.c counts their bits. An option is a letter with
 * the long names behind it, or a long name alone; `~` is a letter that only holds together the long names behind it.
 */
function optionNames(string) {
  const options = [];
  for (let at = 0; at < string.length && string[at] !== '[';) {
    const char = string[at];
    if (char === '(') {
      const end = string.indexOf(')', at);
      const long = string.slice(at + 1, end).replaceAll('-', '_');
      const last = options.at(-1);
      if (last?.letter) last.long = long;
      else options.push({ letter: null, long });
      at = end + 1;
    } else if ('^-:#|@*; %.'.includes(char) || ('?&0'.includes(char) && options.length === 0)) at += 1;
    else if ('<>='.includes(char))
      at += (options.length === 0 ? /^.\d/ : /^.-?\d+/).exec(string.slice(at))[0].length;
    else {
      options.push({ letter: char, long: null });
      at += 1;
    }
  }
  return options.map(({ letter, long }) => (letter === null || letter === '~' ? long : letter)).toReversed();
}

/** FLAG_ macros for each command, which its C file picks by defining FOR_<name>; 0 for options of a command not built. */
function flags(toys, isSet) {
  const start =
    '#undef FORCED_FLAG\n#ifdef FORCE_FLAGS\n#define FORCED_FLAG 1LL\n#else\n#define FORCED_FLAG 0LL\n#endif\n\n';
  const multiplexer = { symbol: 'TOYBOX', name: 'toybox', rest: '0' };
  const commands = [multiplexer, ...toys.filter(({ kind }) => kind === 'NEW')];
  const undefine = [];
  const define = [];
  for (const { symbol, name, rest } of commands) {
    const everything = optionString(rest, () => true);
    const options = isSet(symbol) ? optionString(rest, isSet) : everything;
    const names = everything === null ? [] : optionNames(everything);
    const compiled = new Set(isSet(symbol) && options !== null ? optionNames(options) : []);
    undefine.push(
      `#undef OPTSTR_${name}\n#define OPTSTR_${name} ${options === null ? '0' : `"${options.replaceAll('\u0001', '\\1')}"`}\n`,
      `#ifdef CLEANUP_${name}\n#undef CLEANUP_${name}\n#undef FOR_${name}\n`,
      ...names.map((each) => `#undef FLAG_${each}\n`),
      '#endif\n\n',
    );
    define.push(
      `#ifdef FOR_${name}\n#define CLEANUP_${name}\n#ifndef TT\n#define TT this.${name}\n#endif\n`,
      ...names.map(
        (each, bit) => `#define FLAG_${each} (${compiled.has(each) ? '1LL' : 'FORCED_FLAG'}<<${bit})\n`,
      ),
      '#endif\n\n',
    );
  }
  return [start, ...undefine, ...define].join('');
}

/** A union of the structures that files declare by GLOBALS(…). */
function globals(texts) {
  const structures = [];
  for (const [name, text] of texts) {
    const found = /^GLOBALS\(\n?([\s\S]*?)^\)/m.exec(text);
    if (found) structures.push({ name, body: found[1] });
  }
  return [
    ...structures.map(({ name, body }) => `struct ${name}_data {\n${body}};\n\n`),
    'extern union global_union {\n',
    ...structures.map(({ name }) => `  struct ${name}_data ${name};\n`),
    '} this;\n',
  ].join('');
}

/** Numbers and bits for the strings that begin the entries of TAGGED_ARRAY(NAME, {"entry", …}, …). */
function tags(texts) {
  const lines = [];
  for (const text of texts)
    for (const [, name, body] of text.matchAll(/TAGGED_ARRAY\(([^,]*),([\s\S]*?)^\s*\)/gm)) {
      const entries = [...body.matchAll(/\{[^{"]*"([^"]*)"/g)].map(([, entry]) =>
        entry.replaceAll(/\W/g, '_'),
      );
      for (const [index, entry] of entries.entries()) {
        lines.push(`#define ${name.trim()}_${entry} ${index}`);
        lines.push(`#define _${name.trim()}_${entry} (1${index > 31 ? 'LL' : ''}<<${index})`);
      }
    }
  return lines.join('\n') + '\n';
}

/** The `config NAME` blocks of a file's first comment, with their help text. */
function helpTexts(text) {
  const comment = /^config [A-Z][\s\S]*?^\*\//m.exec(text)?.[0] ?? '';
  return comment
    .split(/^config /m)
    .slice(1)
    .map((block) => {
      const name = /^\w+/.exec(block)[0];
      const lines = /^\s*(?:---)?help(?:---)?\s*\n([\s\S]*)/m.exec(block)?.[1].split('\n') ?? [];
      const indent = /^\s*/.exec(lines.find((line) => line.trim() !== '') ?? '')[0].length;
      const shown = lines.map((line) => line.trimEnd().slice(Math.min(indent, /^\s*/.exec(line)[0].length)));
      return {
        name,
        help: shown
          .join('\n')
          .replace(/\*\/\s*$/, '')
          .trim(),
      };
    });
}

function help(symbols) {
  return symbols
    .filter(({ help: text }) => text !== '')
    .map(({ name, help: text }) => `#define HELP_${name.toLowerCase()} ${JSON.stringify(text)}\n\n`)
    .concat(`#define HELP_toybox ${JSON.stringify(multiplexerHelp)}\n`)
    .join('');
}

const multiplexerHelp =
  'usage: toybox [COMMAND] [ARGUMENTS...]\n\nWith no arguments, shows the names of the commands.';
