// javascript loader: stacks of the three engines as one list of the program's own frames.
//   Chromium   Error: text\n    at f (/home/user/main.js:3:7)\n    at async /home/user/main.js:9:1
//   Firefox    f@/home/user/main.js:3:7\n@/home/user/main.js:9:1
//   WebKit     f@blob:null/0d1f…:3:7\nmodule code@blob:null/0d1f…:9:1
// Calls built-ins through intrinsics.ts only: console.log(error) comes here.
import {
  append,
  arrayJoin,
  mapGet,
  mapSet,
  NativeMap,
  objectToString,
  regExpExec,
  stringEndsWith,
  stringIndexOf,
  stringLastIndexOf,
  stringSlice,
  stringStartsWith,
} from './intrinsics.js';
import { nameOfDOMException } from './inspect-objects.js';
import type { Position, Source } from './source.js';

export interface Frame {
  /** Name of the function; '' for the top of a module and for functions without a name. */
  readonly name: string;
  readonly source: Source;
  readonly position: Position;
}

const v8Frame = /^\s*at (?:(.*) \()?((?:[^()]|\([^()]*\))*?)(?::(\d+):(\d+))?\)?$/;
const atFrame = /^(?:(.*?)@)?(.*?)(?::(\d+):(\d+))$/;
/** Names engines give to what has none. */
/** What the loader itself calls the body of a module, and a default export. */
const ownName = /^\$m_*(?:top|default)$/;
const noName =
  /^(?:module code|global code|eval code|async\*|anonymous|eval|<anonymous>|Object\.<anonymous>)$/;

export class Stacks {
  readonly #sources = new NativeMap<string, Source>();
  readonly #cwd: string;

  constructor(cwd: string) {
    this.#cwd = cwd === '/' ? '/' : `${cwd}/`;
  }

  /** Makes a source known by the names engines give it: its `sourceURL`, its blob URL. */
  add(source: Source, ...names: string[]): void {
    for (let index = 0; index < names.length; index += 1)
      mapSet(this.#sources, names[index] as string, source);
  }

  find(name: string): Source | undefined {
    return mapGet(this.#sources, name);
  }

  /** A path as people read it: relative where it is below the working directory. */
  display(path: string): string {
    return stringStartsWith(path, this.#cwd) ? stringSlice(path, this.#cwd.length) : path;
  }

  place(source: Source, position: Position): string {
    return `${this.display(source.path)}:${position.line}:${position.column}`;
  }

  /** The program's own frames of an error, innermost first. */
  framesOf(error: object): Frame[] {
    const stack = read(error, 'stack');
    const frames: Frame[] = [];
    if (typeof stack !== 'string') return frames;
    for (let from = 0; from <= stack.length;) {
      const end = stringIndexOf(stack, '\n', from);
      const line = stringSlice(stack, from, end === -1 ? stack.length : end);
      const frame = this.#frame(line);
      if (frame !== undefined) append(frames, frame);
      if (end === -1) break;
      from = end + 1;
    }
    return frames;
  }

  /** An error as it is shown: what it says, then the program's own frames. */
  textOf(error: object): string {
    const frames = this.framesOf(error);
    const lines: string[] = [headOf(error)];
    for (let index = 0; index < frames.length; index += 1) {
      const { name, source, position } = frames[index] as Frame;
      const place = this.place(source, position);
      append(lines, name === '' ? `    at ${place}` : `    at ${name} (${place})`);
    }
    return arrayJoin(lines, '\n');
  }

  #frame(line: string): Frame | undefined {
    const match = regExpExec(v8Frame, line) ?? regExpExec(atFrame, line);
    if (match === null) return undefined;
    const source = this.find(match[2] ?? '');
    if (source === undefined || match[3] === undefined) return undefined;
    const position = source.original({ line: +match[3], column: +(match[4] ?? 1) });
    return position && { name: plainName(match[1] ?? ''), source, position };
  }
}

function plainName(name: string): string {
  if (regExpExec(noName, name) !== null || regExpExec(ownName, name) !== null) return '';
  if (stringStartsWith(name, 'async*')) return plainName(stringSlice(name, 6));
  // Firefox writes outer/inner, and < for a function without a name.
  const slash = stringLastIndexOf(name, '/');
  if (slash !== -1) name = stringSlice(name, slash + 1);
  return stringEndsWith(name, '<') ? '' : name;
}

/** `TypeError: text`, from what the stack begins with (V8), else from name and message. */
function headOf(error: object): string {
  const stack = read(error, 'stack');
  const own = describe(error);
  if (typeof stack !== 'string') return own;
  const frames = regExpExec(/\n\s+at /, stack);
  if (frames !== null && frames.index > 0) {
    const head = stringSlice(stack, 0, frames.index);
    // A stack that was set by hand, or a message that was changed later, shows as it is.
    return stringIndexOf(head, '@') !== -1 && stringIndexOf(own, '@') === -1 ? own : head;
  }
  return own;
}

function describe(error: object): string {
  const message = read(error, 'message');
  const named = nameOfDOMException(error) ?? read(error, 'name');
  const name = typeof named === 'string' && named !== '' ? named : kindOf(error);
  return typeof message === 'string' && message !== '' ? `${name}: ${message}` : name;
}

function kindOf(error: object): string {
  const kind = objectToString(error);
  return kind === '[object Error]' ? 'Error' : stringSlice(kind, 8, -1);
}

function read(object: object, key: string): unknown {
  try {
    return (object as Record<string, unknown>)[key];
  } catch {
    return undefined; // a getter of the program's own making
  }
}
