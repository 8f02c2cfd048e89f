// javascript loader: what stderr shows of an error that ended the program.
//
//   main.js:3
//     throw new Error('x');
//           ^
//
//   Error: x
//       at f (main.js:3:9)
//       at main.js:5:1
import type { Inspect } from './console.js';
import { hintFor } from './hints.js';
import { isError } from './inspect-objects.js';
import { ImportProblem, SyntaxProblem } from './module-graph.js';
import type { Place } from './source.js';
import type { Stacks } from './stack.js';

/** The whole text, ending in a line break. `place` is used when the error says none. */
export function errorReport(error: unknown, stacks: Stacks, inspect: Inspect, place?: Place): string {
  const own = error instanceof SyntaxProblem || error instanceof ImportProblem ? error.place : undefined;
  if (own !== undefined) return `${excerpt(own, stacks)}${String(error)}\n`;
  if (typeof error !== 'object' || error === null || !isError(error)) {
    return `${excerpt(place, stacks)}Uncaught ${typeof error === 'string' ? `'${error}'` : inspect(error)}\n`;
  }
  const [frame] = stacks.framesOf(error);
  const text = frame === undefined ? unbracketed(inspect(error)) : inspect(error);
  const hint = hintFor(error);
  return `${excerpt(frame ?? place, stacks)}${text}\n${hint === undefined ? '' : `\n${hint}\n`}`;
}

/** An error without frames is shown in brackets inside other values, not here. */
function unbracketed(text: string): string {
  return text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
}

const excerptWidth = 160;

function excerpt(place: Place | undefined, stacks: Stacks): string {
  if (place === undefined) return '';
  const { source, position } = place;
  const head = `${stacks.display(source.path)}:${position.line}\n`;
  const whole = source.line(position.line);
  if (whole === undefined) return `${head}\n`;
  // A long (minified) line is cut around the place.
  const from = position.column > excerptWidth - 20 ? position.column - excerptWidth / 2 : 0;
  const line = whole.slice(from, from + excerptWidth);
  const column = Math.min(position.column - 1 - from, line.length);
  // Tabs stay tabs, so that the mark stands below its place.
  const before = line.slice(0, Math.max(column, 0)).replace(/[^\t]/g, ' ');
  const mark = '^'.repeat(Math.max(1, Math.min(place.length ?? 1, line.length - column)));
  return `${head}${line}\n${before}${mark}\n\n`;
}
