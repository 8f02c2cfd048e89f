// elements/run: which line of which editor a traceback's `File "main.py", line 3` is.
import type { SourceFile } from '../markup/source-file.js';
import type { Places } from '../output/places.js';
import type { Editors } from './editors.js';
import type { ElementHost } from './host.js';
import { Session, type Member } from './session.js';

/** Programs start in /home/user, and CPython makes the path of what it runs absolute. */
const home = '/home/user/';

/** The places of an element's own files, and of the cells of its session, wherever they are. */
export function placesOf(host: ElementHost, editors: Editors, member: Member): Places {
  return (name, line) => {
    const cell = Session.of(member)?.whose(name);
    if (cell) return cell.place(line);
    const path = (name.startsWith(home) ? name.slice(home.length) : name).replace(/^(\.\/)+/, '');
    const unnamed = host.sample.label?.entry ?? 'main';
    return open(
      host,
      editors,
      host.sample.visible.find((file) => (file.name || unnamed) === path),
      line,
    );
  };
}

/** The place of a line of the entry file, which a cell is. */
export function placeInEntry(host: ElementHost, editors: Editors, line: number): (() => void) | undefined {
  const { entry } = host.sample;
  return open(host, editors, entry?.hidden === true ? undefined : entry, line);
}

function open(
  host: ElementHost,
  editors: Editors,
  file: SourceFile | undefined,
  line: number,
): (() => void) | undefined {
  if (file === undefined || typeof (file.edit ?? file.content) !== 'string') return undefined;
  return () => void editors.show(file, line, host.sample.visible.indexOf(file)).catch(offline);
}

/** The editor could not be downloaded; the code is still there to be read. */
const offline = (): void => undefined;
